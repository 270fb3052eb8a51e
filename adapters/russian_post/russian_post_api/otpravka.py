"""The client of Otpravka: every method of the groups, over one HTTP client and one set of credentials."""

from __future__ import annotations

from russian_post_api.calls_account import AccountCalls
from russian_post_api.calls_batches import BatchCalls
from russian_post_api.calls_forms import FormCalls
from russian_post_api.calls_offices import OfficeCalls
from russian_post_api.calls_orders import OrderCalls


class Otpravka(AccountCalls, OrderCalls, BatchCalls, FormCalls, OfficeCalls):
    """Otpravka REST. ``Otpravka(http, auth, base_url=OTPRAVKA)``; ``auth`` is :class:`OtpravkaAuth`.

    Every method sends one request and never retries. It raises

    - ``httpx`` errors: no answer, or an error status without an error of the Post's in it;
    - :class:`OtpravkaError`: the Post's own error, whatever the HTTP status. 500 with code 1002 is what bad
      input gets as well, so it is not always worth a repetition;
    - ``msgspec.DecodeError``: an answer that is not what the Post documents; its subclass :class:`NoOutcome`
      where the answer to a change says neither that it was done nor that it was refused;
    - ``ValueError`` for what cannot be one step of a path.

    Errors of single items, under HTTP 200, are in the answer. Requests that may be repeated freely (reads,
    quotes, cleaning, forms) carry the request extension ``{"safe": True}``.

    Left out is what nothing of the hub calls: the README says what.
    """

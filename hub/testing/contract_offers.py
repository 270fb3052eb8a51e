"""Before a booking: credentials, what goods are worth, prices, addresses."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec
import pytest

from hub.calls.sending import is_safe
from hub.plugin_api.errors import AuthFailed, HubError, Rejected
from hub.plugin_api.models import Quote
from hub.plugin_api.settings import Secret, secret_fields
from hub.testing.contract_knobs import AnyCarrier, Knobs
from hub.testing.driving import booked, fresh, needs, quote_request, reading, watched, worth_nothing
from hub.testing.long_texts import filled

_SHOWN = 15  # so many characters of a text tell that it was sent


class Offers(Knobs):
    """What a carrier says before it is booked."""

    # --- credentials ------------------------------------------------------------------------------

    async def test_check_names_the_account(self, carrier: AnyCarrier) -> None:
        needs(carrier, "check")
        first = await reading(carrier, carrier.check)
        assert first.external_id, "references are made of it"
        assert (await reading(carrier, carrier.check)).external_id == first.external_id

    async def test_wrong_credentials_are_told_as_such(self, carrier: AnyCarrier) -> None:
        needs(carrier, "check")
        wrong = {name: Secret("wrong") for name in secret_fields(type(carrier.settings))}
        if carrier.for_comparison and not wrong:
            pytest.skip(f"{carrier.title} has no credentials")
        settings = msgspec.structs.replace(carrier.settings, **wrong)
        other = type(carrier)(settings, carrier.http, carrier.account)
        try:
            await reading(other, other.check)
        except AuthFailed:
            return
        except HubError as error:
            pytest.fail(
                f"check with wrong credentials raised {type(error).__name__}, not AuthFailed: a 401 is that "
                "by itself; where the vendor says it otherwise (under 200), raise hub.AuthFailed",
                pytrace=False,
            )
        pytest.fail("check took credentials that are wrong: ask something that needs them", pytrace=False)

    # --- what goods are worth ---------------------------------------------------------------------

    async def test_the_currency_of_values_is_one_or_none(self, carrier: AnyCarrier) -> None:
        to = self.bookable.recipient.address
        assert to is not None
        currency = carrier.value_currency(self.bookable.sender.address, to)
        assert currency == "" or (len(currency) == 3 and currency.isalpha() and currency.isupper())
        if currency and self.bookable.declared_value is not None:
            assert self.bookable.declared_value.currency == currency, "the bookable request is told in it"

    # --- prices -----------------------------------------------------------------------------------

    async def test_quotes_are_prices_that_can_be_booked(self, carrier: AnyCarrier) -> None:
        needs(carrier, "quote")
        quotes = await reading(carrier, lambda: carrier.quote(quote_request(self.bookable)))
        assert self.bookable.service.code in [quote.service.code for quote in quotes]
        assert len({quote.service.code for quote in quotes}) == len(quotes)
        for quote in quotes:
            assert quote.price.amount > 0
            assert quote.price.amount == round(quote.price.amount, 2)
            assert len(quote.price.currency) == 3
            assert quote.price.currency.isupper()
            assert quote.service.name
            if quote.days_min is not None and quote.days_max is not None:
                assert 0 <= quote.days_min <= quote.days_max

    async def test_goods_that_cost_nothing_are_booked_where_they_have_an_offer(
        self, carrier: AnyCarrier
    ) -> None:
        needs(carrier, "quote", "book")
        gift = worth_nothing(self.bookable)
        quotes: Sequence[Quote] = ()
        with suppress(Rejected):  # which says why there is none
            quotes = await reading(carrier, lambda: carrier.quote(quote_request(gift)))
        for quote in quotes[:3]:
            order = fresh(carrier, msgspec.structs.replace(gift, service=quote.service))
            booking = await booked(carrier, order, self.pass_time)
            assert booking.state == "confirmed", f"{quote.service.code} was offered: {booking.reason}"

    async def test_an_address_that_is_not_served_has_no_offers(self, carrier: AnyCarrier) -> None:
        needs(carrier, "quote")
        asked = msgspec.structs.replace(quote_request(self.bookable), recipient=self.unserved)
        quotes: Sequence[Quote] = ()
        with suppress(Rejected):  # which says why there is none
            quotes = await reading(carrier, lambda: carrier.quote(asked))
        assert list(quotes) == []

    # --- addresses --------------------------------------------------------------------------------

    async def test_a_clear_address_is_booked_as_it_was_cleaned(self, carrier: AnyCarrier) -> None:
        needs(carrier, "clean", "book")
        recipient = self.bookable.recipient
        told = await reading(carrier, lambda: carrier.clean(recipient))
        assert told.clear, "the bookable request goes to a clear address"
        assert told.doubts == ()
        assert told.address is not None
        assert recipient.address is not None
        assert told.address.country == recipient.address.country
        to = msgspec.structs.replace(recipient, address=told.address)
        request = msgspec.structs.replace(self.bookable, recipient=to, cleaned=told)
        booking = await booked(carrier, fresh(carrier, request), self.pass_time)
        assert booking.state == "confirmed", booking.reason

    async def test_an_unclear_address_says_what_is_in_doubt(self, carrier: AnyCarrier) -> None:
        needs(carrier, "clean")
        recipient = msgspec.structs.replace(self.bookable.recipient, address=self.unclear)
        told = await reading(carrier, lambda: carrier.clean(recipient))
        assert not told.clear
        assert told.doubts
        shown = {self.unclear.street, self.unclear.city, self.unclear.postal_code} - {""}
        assert not any(word in repr(told) or word in " ".join(told.doubts) for word in shown)

    # --- texts ------------------------------------------------------------------------------------

    async def test_texts_of_the_longest_length_go_out_whole(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book")
        limits = carrier.text_limits
        if not limits:
            pytest.skip(f"{carrier.title} declares no lengths of texts")
        request, texts = filled(self.bookable, limits)
        with watched(carrier.http) as requests:
            booking = await booked(carrier, fresh(carrier, request), self.pass_time)
        assert booking.state == "confirmed", f"text_limits are too long for the vendor: {booking.reason}"
        bodies = " ".join(one.content.decode("utf-8", "replace") for one in requests if not is_safe(one))
        for field, text in texts.items():
            assert text[:_SHOWN] not in bodies or text in bodies, f"{field} was cut: the hub does that"

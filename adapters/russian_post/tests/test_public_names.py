"""What the package exports is what it defines; what is secret or personal is not shown."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import httpx
import pytest
import russian_post_api as post
from adapters.conftest import VendorHttp
from russian_post_api import OTPRAVKA, BatchTracking, Calculator, Otpravka, OtpravkaAuth, Tracking

INTERNAL = {
    *("Sent", "Received", "Private", "Calls", "OrderFields", "Unpacker", "ElementCutter", "Element"),
    *("AccountCalls", "OrderCalls", "BatchCalls", "FormCalls", "OfficeCalls"),
    *(
        "decode",
        "convert",
        "read",
        "part",
        "params_of",
        "given",
        "element",
        "add",
        "envelope",
        "call",
        "parse",
    ),
    *("history_of", "elements_of", "raise_for_error", "error_of_whole", "errors_of_items"),
    *("orders_made", "ids_done", "batches_made", "checked_in"),
    *("decode_part", "decode_whole", "lost"),
}


def test_all_is_complete() -> None:
    defined = set()
    for module in pkgutil.iter_modules(post.__path__, "russian_post_api."):
        for name, member in vars(importlib.import_module(module.name)).items():
            public = inspect.isclass(member) or inspect.isfunction(member)
            if public and member.__module__ == module.name and not name.startswith("_"):
                defined.add(name)
    exported = {name for name in post.__all__ if not isinstance(getattr(post, name), int | str | frozenset)}
    values = {"PrintType", "PrintTypeForm", "FIRST_ANSWER", "KEPT"}
    assert exported - values == defined - INTERNAL
    assert len(set(post.__all__)) == len(post.__all__)


@pytest.mark.parametrize("client", [Otpravka, Calculator, Tracking, BatchTracking])
def test_public_methods_are_documented_and_typed(client: type[Any]) -> None:
    for name, method in inspect.getmembers(client, inspect.isfunction):
        if not name.startswith("_"):
            assert method.__doc__, name
            kinds = {parameter.kind for parameter in inspect.signature(method).parameters.values()}
            assert inspect.Parameter.VAR_KEYWORD not in kinds, name


async def test_secrets_and_persons_are_not_shown() -> None:
    async with httpx.AsyncClient() as http:
        shown = [
            OtpravkaAuth("hush", "hush", "hush"),
            Tracking(http, "hush", "hush"),
            BatchTracking(http, "hush", "hush"),
            post.Order(id=1, recipient_name="hush", raw_address="hush"),
            post.AddressToClean(id="1", original_address="hush"),
            post.CleanName(id="1", surname="hush"),
            post.FiscalData(customer_name="hush"),
            post.PaymentDetails(bank_account="hush"),
            post.HistoryRecord(recipient="hush"),
            post.SenderAddress(address_type="DEFAULT", index="1", region="hush", place="hush"),
        ]
    assert "hush" not in "".join(map(repr, shown))


async def test_both_headers_are_sent_and_only_to_the_post(vendor_http: VendorHttp) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(302, headers={"location": "https://elsewhere.example/"})

    http = vendor_http(OTPRAVKA, handler, follow_redirects=True)
    with pytest.raises(httpx.HTTPStatusError):
        await Otpravka(http, OtpravkaAuth("app", "me", "secret")).settings_limit()
    [request] = seen
    assert request.headers["Authorization"] == "AccessToken app"
    assert request.headers["X-User-Authorization"] == "Basic bWU6c2VjcmV0"

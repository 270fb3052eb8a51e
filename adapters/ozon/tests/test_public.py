"""The public names, and what must never show."""

from __future__ import annotations

import importlib
import pkgutil
from io import StringIO

import httpx
import msgspec
import ozon_api
import pytest
import respx
from ozon_api.wire import Body, Reply
from rich.console import Console

SECRET = "3f1c-not-a-real-key"


def modules() -> list[object]:
    return [
        importlib.import_module(f"ozon_api.{module.name}")
        for module in pkgutil.iter_modules(ozon_api.__path__)
    ]


def test_all_is_what_is_there() -> None:
    assert len(set(ozon_api.__all__)) == len(ozon_api.__all__)
    assert all(hasattr(ozon_api, name) for name in ozon_api.__all__)
    imported = {name for name in vars(ozon_api) if not name.startswith("_")}
    submodules = {module.name for module in pkgutil.iter_modules(ozon_api.__path__)}
    assert imported - submodules == set(ozon_api.__all__)


def test_every_struct_is_public() -> None:
    structs = {
        name
        for module in modules()
        for name, member in vars(module).items()
        if isinstance(member, type) and issubclass(member, msgspec.Struct) and not name.startswith("_")
    }
    assert structs - {"Body", "Reply", "Personal", "Nothing"} <= set(ozon_api.__all__)


def test_structs_are_frozen() -> None:
    for name in ozon_api.__all__:
        member = getattr(ozon_api, name)
        if isinstance(member, type) and issubclass(member, msgspec.Struct):
            config = member.__struct_config__
            assert config.frozen, name
            assert issubclass(member, (Body, Reply)), name


def test_the_key_is_hidden() -> None:
    auth = ozon_api.ApiKey("1234", SECRET)
    assert "1234" in repr(auth)
    assert SECRET not in repr(auth) + str(auth)


@pytest.mark.parametrize("value", ["", " k", "k\n", "ключ", "a\r\nHost: x"])
def test_a_key_that_no_header_can_carry(value: str) -> None:
    with pytest.raises(ValueError, match="Api-Key") as caught:
        ozon_api.ApiKey("1234", value)
    assert not value.strip() or value.strip() not in str(caught.value)


def test_personal_data_is_hidden() -> None:
    raw = (
        b'{"posting_number": "1", "status": "x", "products": [],'
        b'"customer": {"name": "Anna", "phone": "+70000000001", "address": {"city": "Tver"}},'
        b'"addressee": {"name": "Anna", "phone": "+70000000001", "pin": "4711"},'
        b'"legal_info": {"company_name": "Anna", "inn": "770"}, "courier": {"name": "Anna"}}'
    )
    posting = ozon_api.decode_posting(raw)
    assert posting.addressee is not None
    assert posting.addressee.pin == "4711"
    out = StringIO()
    Console(file=out, width=400).print(posting, posting.customer)
    for shown in (repr(posting), f"{posting.customer} {posting.addressee}", out.getvalue()):
        assert not any(text in shown for text in ("Anna", "+7000", "Tver", "4711", "770")), shown


def test_a_document_does_not_print_itself() -> None:
    assert repr(ozon_api.Document(content=b"x" * 999, media_type="application/pdf")) == "Document(...)"


@respx.mock
async def test_no_error_shows_a_secret() -> None:
    respx.route().respond(502, text="<html>")
    async with httpx.AsyncClient() as http:
        client = ozon_api.Client(http, ozon_api.ApiKey("1234", SECRET))
        with pytest.raises(httpx.HTTPStatusError) as caught:
            await client.roles()
    assert SECRET not in repr(caught.value) + str(caught.value)


def test_decoding_errors_name_the_place_only() -> None:
    raw = b'{"posting_number": {"secret": "Anna"}, "status": "x", "products": []}'
    with pytest.raises(msgspec.ValidationError) as caught:
        ozon_api.decode_posting(raw)
    assert "posting_number" in str(caught.value)
    assert "Anna" not in str(caught.value)

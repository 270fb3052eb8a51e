"""What the package exports is what it defines, no more and no less."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from decimal import Decimal

import spsr_api
from spsr_api import Client, Invoice, InvoiceInfo, KnownParty, Party, Piece, Session

INTERNAL_MODULES = {"spsr_api.documents", "spsr_api.structs", "spsr_api.values"}
EXPORTED_FROM_THEM = {"Element", "Key", "parse", "time_of"}
INTERNAL = {
    "active_orders_of", "cities_of", "converter_node", "offices_of",
    "results_of", "tariffs_of",
}  # fmt: skip
VALUES = {
    "BATCH_LIMIT", "LOGIN_ERRORS", "MEANINGS", "NOT_FOUND", "PRODUCTS", "SESSION_GONE",
    "UNCLEAR", "Product", "DeliveryTime",
}  # fmt: skip


def test_all_is_complete() -> None:
    defined = VALUES | EXPORTED_FROM_THEM
    for module in pkgutil.iter_modules(spsr_api.__path__, "spsr_api."):
        if module.name in INTERNAL_MODULES:
            continue
        for name, member in vars(importlib.import_module(module.name)).items():
            public = inspect.isclass(member) or inspect.isfunction(member)
            if public and member.__module__ == module.name and not name.startswith("_"):
                defined.add(name)
    assert set(spsr_api.__all__) == defined - INTERNAL
    assert len(set(spsr_api.__all__)) == len(spsr_api.__all__)


def test_public_methods_are_documented_and_typed() -> None:
    for name, method in inspect.getmembers(Client, inspect.isfunction):
        if not name.startswith("_"):
            assert (method.__doc__ or "").startswith(("WA", "TARIFFCOMPUTE_2")), name
            kinds = {parameter.kind for parameter in inspect.signature(method).parameters.values()}
            assert inspect.Parameter.VAR_KEYWORD not in kinds, name


def test_secrets_and_persons_are_not_shown() -> None:
    party = Party(city="hush", address="hush")
    box = Piece(weight=Decimal(1), length=Decimal(1), width=Decimal(1), depth=Decimal(1))
    invoice = Invoice(reference="R", product="Dox", shipper=party, receiver=party, pieces=(box,))
    known = InvoiceInfo(number="1", receiver=KnownParty(contact="hush"))
    for shown in (Session("hush", "hush", "hush"), party, invoice, known, known.receiver):
        assert "hush" not in repr(shown)


def test_there_is_no_default_address() -> None:
    assert inspect.signature(Client).parameters["base_url"].default is inspect.Parameter.empty

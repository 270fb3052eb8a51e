"""What the package exports is what it defines, no more and no less."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import cdek_api
import httpx
from cdek_api import Client, Contact, OAuth, Phone
from cdek_api.auth import Token

INTERNAL = {"Sent", "Received", "Private", "Answer", "ArrayCutter", "Token", "decode", "convert"}
INTERNAL |= {"decode_part", "lost"}


def test_all_is_complete_and_sorted() -> None:
    defined = {"EDUCATIONAL", "PRODUCTION", "TOKEN_ERRORS"}
    for module in pkgutil.iter_modules(cdek_api.__path__, "cdek_api."):
        for name, member in vars(importlib.import_module(module.name)).items():
            public = inspect.isclass(member) or inspect.isfunction(member)
            if public and member.__module__ == module.name and not name.startswith("_"):
                defined.add(name)
    assert set(cdek_api.__all__) == defined - INTERNAL
    assert len(set(cdek_api.__all__)) == len(cdek_api.__all__)
    for name in cdek_api.__all__:
        assert hasattr(cdek_api, name)


def test_public_methods_are_documented_and_typed() -> None:
    for name, method in inspect.getmembers(Client, inspect.isfunction):
        if not name.startswith("_"):
            assert (method.__doc__ or "").split()[0] in {"GET", "POST", "PATCH", "DELETE"}, name
            kinds = {parameter.kind for parameter in inspect.signature(method).parameters.values()}
            assert inspect.Parameter.VAR_KEYWORD not in kinds, name


def test_secrets_and_persons_are_not_shown() -> None:
    assert "hush" not in repr(OAuth("hush-id", "hush-secret", "https://cdek.example"))
    assert "hush" not in repr(Token(access_token="hush"))
    assert "hush" not in repr(Contact(name="hush", phones=(Phone(number="hush"),), passport_number="hush"))
    assert "hush" not in repr(httpx.Headers({"Authorization": "Bearer hush"}))

"""Settings as people type them: a list with commas or repeated, a number, a word; no JSON is needed."""

from __future__ import annotations

from typing import Any

import click
import pytest
from hub_cdek import CdekSettings
from hub_ozon import OzonSettings

from hub.cli.settings_given import read, typed
from hub.plugin_api.settings import Settings, load_settings
from hub.words import render
from tests.cli.conftest import Run

CDEK = ("client_id=x", "client_secret=y")
OZON = ("client_id=1", "api_key=k")


def given(kind: type[Settings], *pairs: str) -> Any:
    return load_settings(kind, typed(kind, "plugin", read(pairs)))


@pytest.mark.parametrize(
    ("pairs", "hosts"),
    [
        (["file_hosts=https://a.example"], ("https://a.example",)),
        (["file_hosts=https://a.example, https://b.example"], ("https://a.example", "https://b.example")),
        (["file_hosts=https://a.example", "file_hosts=https://b.example"], ("https://a.example", "https://b.example")),
        (['file_hosts=["https://a.example"]'], ("https://a.example",)),
        (["file_hosts="], ()),
    ],
)  # fmt: skip
def test_a_list_of_texts(pairs: list[str], hosts: tuple[str, ...]) -> None:
    assert given(OzonSettings, *OZON, *pairs).file_hosts == hosts


@pytest.mark.parametrize(
    "pairs",
    [["tariffs=136,137"], ["tariffs= 136 , 137,"], ["tariffs=136", "tariffs=137"], ["tariffs=[136, 137]"]],
)  # fmt: skip
def test_a_list_of_numbers(pairs: list[str]) -> None:
    assert given(CdekSettings, *CDEK, *pairs).tariffs == (136, 137)


@pytest.mark.parametrize(("written", "read_as"), [("false", False), ("True", True), ("FALSE", False)])
def test_yes_and_no(written: str, read_as: bool) -> None:
    assert given(CdekSettings, *CDEK, f"ask_identity={written}").ask_identity is read_as


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ("tariffs=136,door", "--set tariffs: write a whole number"),
        ("ask_identity=maybe", "write true or false"),
    ],
)
def test_what_is_of_another_kind_is_named_by_its_setting(pair: str, told: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        given(CdekSettings, *CDEK, pair)
    assert told in caught.value.message
    assert "целое число" in render(caught.value.message, "ru") or "true" in told


def test_a_text_that_looks_like_a_number_or_has_commas_stays_a_text() -> None:
    assert given(CdekSettings, *CDEK, "shipment_point=65,66").shipment_point == "65,66"


def test_one_value_given_twice_is_refused(run: Run) -> None:
    with pytest.raises(click.UsageError):
        given(CdekSettings, *CDEK, "currency=CNY", "currency=RUB")
    ended = run(
        "--lang", "ru", "account", "add", "alpha", "ozon", "--set", "client_id=1", "--set", "client_id=2"
    )
    assert ended.code == 2
    assert "client_id" in ended.err
    assert "2" in ended.err

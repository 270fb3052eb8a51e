"""What commands say of small slips: the name that is wrong, the one that may be meant, the missing key."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.flow.opening import open_app
from hub.store import rows
from hub.words.texts import choice_text
from tests.cli.conftest import Run
from tests.web.seed import Seeded


@pytest.mark.parametrize(
    "command",
    [("postings",), ("products", "list"), ("account", "list"), ("rules", "show"), ("records", "show")],
)
def test_an_unknown_seller_is_named_and_the_near_one_too(
    run: Run, seeded: dict[str, Seeded], command: tuple[str, ...]
) -> None:
    refused = run("--lang", "en", *command, "alhpa")
    assert refused.code == 1
    assert "no such seller: 'alhpa' (did you mean 'alpha'?)" in refused.err


def test_an_unknown_seller_of_a_catalogue_and_of_a_key(
    run: Run, seeded: dict[str, Seeded], tmp_path: Path
) -> None:
    (tmp_path / "p.csv").write_text("offer_id\nTEA-1\n", encoding="utf-8")
    for command in (
        ("products", "import", "betta", str(tmp_path / "p.csv")),
        ("key", "add", "--seller", "betta", "x"),
    ):
        assert "'betta' (did you mean 'beta'?)" in run("--lang", "en", *command).err


def test_no_folder_is_made_for_a_file(run: Run, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    """And nothing is done first: what was handed over cannot be handed over again for its sheet."""
    out = tmp_path / "misspelt" / "l.pdf"
    for command in (
        ("labels", "--seller", "alpha", "--out", str(out)),
        ("slips", "--seller", "alpha", "--out", str(out)),
        ("handover", "alpha", "--out", str(out)),
        ("backup", str(out)),
    ):
        refused = run("--lang", "en", *command)
        assert refused.code == 1
        assert f"there is no folder {out.parent}: make it first" in refused.err
    assert not out.parent.exists()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "the file is empty"),
        ("{}", "name: this key is missing"),
        ('{"name": "Li Wei"}', "address: this key is missing"),
        ('{"name": "Li Wei", "address": {}}', "address.country: this key is missing"),
    ],
)
def test_a_senders_file_that_lacks_something(run: Run, tmp_path: Path, written: str, told: str) -> None:
    file = tmp_path / "sender.json"
    file.write_text(written, encoding="utf-8")
    given = ("--title", "Gamma", "--time-zone", "Europe/Moscow", "--sender", str(file))
    refused = run("--lang", "en", "seller", "add", "gamma", *given)
    assert refused.code == 2
    assert f"sender.json: {told}" in " ".join(refused.err.split())


def test_a_catalogue_of_headers_alone_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("offer_id,weight_g\n", encoding="utf-8")
    done = run("--lang", "en", "products", "import", "alpha", str(tmp_path / "p.csv"))
    assert (done.code, "no line below its header" in done.err) == (0, True)


def test_a_blank_between_thousands_is_read(run: Run, tmp_path: Path) -> None:
    lines = "offer_id;weight_g;name_ru;name_en\nTEA-1;1 500;Чай;Tea\nTEA-2;15 00;;\nTEA-3;2\u00a0000;Кофе;\n"
    (tmp_path / "p.csv").write_text(lines, encoding="utf-8")
    done = run("--lang", "en", "products", "import", "alpha", str(tmp_path / "p.csv"))
    assert "'15 00' is no whole number of grams" in done.err
    shown = run("--lang", "en", "products", "list", "alpha").out
    assert "1500 g" in shown
    assert "2000 g" in shown
    assert "Tea" in shown, "in the reader's language"
    assert "Кофе" in shown, "where there is none in it, in one that there is"
    assert "Чай" in run("--lang", "ru", "products", "list", "alpha").out


def test_health_is_said_in_words(run: Run) -> None:
    shown = run("--lang", "en", "health").out
    assert "()" not in shown
    assert "False" not in shown


def test_a_time_is_read_in_the_zone_that_the_table_shows(
    run: Run, home: Path, seeded: dict[str, Seeded]
) -> None:
    async def fill() -> datetime:
        app = open_app(home)
        try:
            (row,) = [
                one
                for one in rows.postings.all(app.store.reader, "")
                if one.id == seeded["alpha"].postings[0].id
            ]
            assert row.ship_by is not None
            return row.ship_by
        finally:
            await app.aclose()

    due = asyncio.run(fill())
    shown = run("--lang", "en", "seller", "list", "--json").json
    zone = ZoneInfo(next(one["time_zone"] for one in shown if one["slug"] == "alpha"))
    assert due.astimezone(zone).replace(tzinfo=None) != due.astimezone(UTC).replace(tzinfo=None)
    found = []
    for minutes in (-1, 1):
        here = due.timestamp() + 60 * minutes
        typed = datetime.fromtimestamp(here, zone).strftime("%Y-%m-%d %H:%M")
        page = run("postings", "alpha", "--ship-before", typed, "--json").json
        found.append(seeded["alpha"].postings[0].number in {one["number"] for one in page["items"]})
    assert found == [False, True]


def test_offers_of_one_price_are_not_so_much_dearer() -> None:
    why = {
        "reason": "cheapest_in_time",
        "next_carrier": "cdek",
        "next_more": {"amount": "0.00", "currency": "RUB"},
        "next_dearer": True,
    }
    said = choice_text(why, "en")
    assert "cdek: the same price" in said
    assert "0.00" not in said
    dearer = why | {"next_more": {"amount": "0.01", "currency": "RUB"}}
    assert "cdek: 0.01 RUB more" in choice_text(dearer, "en")


def test_an_account_that_was_there_already_is_said(run: Run, home: Path) -> None:
    file = home / "plugins.toml"
    file.write_text(
        f'{file.read_text("utf-8")}\n[addresses]\nozon = ["http://127.0.0.1:1"]\n', encoding="utf-8"
    )
    given = ("--set", "client_id=7", "--set", "api_key=x", "--set", "base_url=http://127.0.0.1:1", "--keep")
    first = run("--lang", "en", "account", "add", "alpha", "ozon", "--name", "shop-2", *given)
    again = run("--lang", "en", "account", "add", "alpha", "ozon", "--name", "shop-2", *given)
    assert (first.code, again.code) == (0, 0), again.err
    assert "already" not in first.err
    assert "'shop-2' was there already" in again.err

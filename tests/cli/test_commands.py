"""Every command once with good input and once with bad; ``--json`` beside every table."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hub.cli.commands import papers
from hub.flow import orders
from hub.flow.history.results import LabelsResult
from hub.plugin_api.models import CancelReason
from tests.cli.conftest import Run
from tests.web.seed import PDF, Seeded

CSV = "offer_id;sku;weight_g;length_mm;width_mm;height_mm;name_ru\nTEA-1;1001;250;100;80;60;Чай улун\n"


def _error(run: Run, *arguments: str, code: int = 1) -> str:
    """The words of a refusal: in plain words without ``--json``, as JSON with it."""
    plain = run("--lang", "en", *arguments)
    assert plain.code == code, plain
    assert plain.out == ""
    assert "Traceback" not in plain.err
    as_json = run(*arguments, "--json")
    assert (as_json.code, as_json.out) == (code, "")
    error = msgspec.json.decode(as_json.err)["error"]
    assert error["message"]
    return plain.err


def test_init_makes_a_home_once(tmp_path: Path, run: Run) -> None:
    from hub.cli import root

    fresh = tmp_path / "fresh"
    assert root.run(["--home", str(fresh), "init"]) == 0
    assert (fresh / "plugins.toml").read_text(encoding="utf-8")
    before = {path.name: path.read_bytes() for path in fresh.iterdir()}
    assert root.run(["--home", str(fresh), "--json", "init"]) == 0
    assert {name: (fresh / name).read_bytes() for name in before} == before
    assert run("init", "--json").json["made"] == []


def test_plugins(run: Run) -> None:
    assert {view["name"] for view in run("plugins", "--json").json} == {"ozon", "cdek", "sample", "labels"}
    ended = run("plugins")
    assert ended.code == 0
    assert "cdek" in ended.out


def test_plugins_are_shown_before_there_is_a_key(run: Run, home: Path) -> None:
    (home / "hub.key").unlink()
    assert run("plugins").code == 0


def test_sellers(run: Run, tmp_path: Path) -> None:
    sender = tmp_path / "sender.json"
    sender.write_text('{"name": "Склад", "address": {"country": "RU", "city": "Москва"}}', encoding="utf-8")
    made = run(
        "seller", "add", "gamma", "--title", "Гамма", "--time-zone", "Asia/Shanghai", "--plugin", "ozon",
        "--sender", str(sender), "--default-weight-g", "300", "--default-size-mm", "200x150x50", "--json",
    )  # fmt: skip
    assert made.code == 0, made.err
    assert made.json["slug"] == "gamma"
    assert {view["slug"] for view in run("seller", "list", "--json").json} == {"alpha", "beta", "gamma"}
    assert "Гамма" in run("seller", "list").out


def test_a_seller_is_corrected(run: Run, tmp_path: Path) -> None:
    sender = tmp_path / "sender.json"
    sender.write_text('{"name": "Li", "address": {"country": "CN"}}', encoding="utf-8")
    run("seller", "add", "gamma", "--title", "Gama", "--time-zone", "Asia/Shanghai", "--plugin", "ozon",
        "--sender", str(sender), "--language", "zh")  # fmt: skip
    changed = run(
        "seller", "change", "gamma", "--title", "Gamma", "--plugin", "ozon", "--plugin", "cdek", "--json"
    )
    assert changed.code == 0, changed.err
    assert {**changed.json, "title": "Gamma", "plugins": ["ozon", "cdek"], "language": "zh"} == changed.json
    assert "permanent" not in _error(run, "seller", "change", "gamma")
    assert "plugins.toml" in _error(run, "seller", "change", "alpha", "--title", "Other")
    assert "may not run here" in _error(run, "--lang", "en", "seller", "change", "gamma", "--plugin", "cdeck")
    sender.write_text('{"name": "Li", "address": {"country": "China"}}', encoding="utf-8")
    assert "two capitals" in _error(run, "--lang", "en", "seller", "change", "gamma", "--sender", str(sender))
    for misspelt, key in (
        ('{"name": "Li", "phon": "+7", "address": {"country": "CN"}}', "phon"),
        ('{"name": "Li", "address": {"country": "CN", "zip": "1"}}', "address.zip"),
    ):
        sender.write_text(misspelt, encoding="utf-8")
        error = _error(run, "--lang", "en", "seller", "change", "gamma", "--sender", str(sender), code=2)
        assert f"{key}: no such key; there are " in error


def test_a_lost_key_is_not_made_anew_by_the_way(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    (home / "hub.key").unlink()
    assert "bring back" in _error(run, "postings", "alpha")
    assert "bring back" in _error(run, "init")
    assert not (home / "hub.key").exists()
    assert run("init", "--new-key").code == 0
    assert (home / "hub.key").exists()


def test_a_damaged_database_is_no_mistake_of_the_hub(
    run: Run, home: Path, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PARCELHUB_TRACEBACK", raising=False)
    for ending in ("", "-wal", "-shm"):
        (home / f"hub.sqlite{ending}").unlink(missing_ok=True)
    (home / "hub.sqlite").write_bytes(b"this is a letter to the carrier" * 200)
    words = _error(run, "postings", "alpha")
    assert "made a mistake" not in words
    assert "hub doctor" in words
    assert "hub restore" in words


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (
            'plugin = "cdek"\nsettings = { client_id = "a", client_secret = "sesame" }',
            "a secret does not belong",
        ),
        ('plugin = "labels"', "has accounts"),
    ],
)
def test_what_is_wrong_with_an_account_of_plugins_toml_is_told_at_once(
    run: Run, home: Path, account: str, words: str
) -> None:
    with (home / "plugins.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[sellers.alpha.accounts.new]\n{account}\n")
    told = _error(run, "seller", "list")
    assert words in told
    assert "sesame" not in told


def test_a_seller_that_cannot_be(run: Run) -> None:
    _error(run, "seller", "add", "alpha", "--title", "x", "--time-zone", "Europe/Moscow")
    assert "Mars" in _error(run, "seller", "add", "delta", "--title", "x", "--time-zone", "Mars/Base")
    bad = run("seller", "add", "delta", "--title", "x", "--time-zone", "UTC", "--default-size-mm", "20x3")
    assert bad.code == 2
    assert "--default-weight-g" in bad.err


def test_accounts(run: Run, seeded: dict[str, Seeded]) -> None:
    views = run("account", "list", "--json").json
    assert {view["id"] for view in views} == {one.account for one in seeded.values()}
    only = run("account", "list", "alpha", "--json").json
    assert [view["seller"] for view in only] == ["alpha"]
    _error(run, "account", "list", "nobody")
    _error(run, "account", "check", "nobody")


def test_account_settings_are_refused_by_name(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = run("account", "add", "alpha", "ozon", "--set", "no_such=very-secret")
    assert words.code == 2
    assert "no_such" in words.err
    assert "client_id" in words.err
    assert "very-secret" not in words.err
    assert run("account", "add", "alpha", "ozon", "--set", "client_id").code == 2
    monkeypatch.delenv("NOT_SET", raising=False)
    assert "NOT_SET" in run("account", "add", "alpha", "ozon", "--set", "api_key=env:NOT_SET").err
    missing = run("account", "add", "alpha", "ozon", "--set", f"api_key=@{tmp_path / 'none'}")
    assert missing.code == 2
    _error(run, "account", "add", "alpha", "no_such_plugin")


def test_keys(run: Run) -> None:
    made = run("key", "add", "shop", "--seller", "alpha", "--json").json
    assert made["token"]
    listed = run("key", "list", "--json")
    assert made["id"] in {view["id"] for view in listed.json}
    assert made["token"] not in listed.out
    assert run("key", "revoke", made["id"], "--json").json == {"revoked": made["id"]}
    assert made["id"] not in {view["id"] for view in run("key", "list", "--json").json}
    assert run("key", "add", "shop").code == 2
    _error(run, "key", "add", "shop", "--seller", "nobody")
    _error(run, "key", "revoke", "ak_nobody")


def test_products(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "products.csv"
    file.write_text(CSV, encoding="utf-8-sig")
    assert run("products", "import", "alpha", str(file), "--json").json["added"] == 1
    assert "Чай улун" in run("products", "list", "alpha").out
    assert run("products", "list", "alpha", "--json").json["items"][0]["weight_g"] == 250
    file.write_text(CSV + "CUP-2;1002;heavy;1;1;1;Чашка\n", encoding="utf-8")
    again = run("products", "import", "alpha", str(file), "--json")
    assert again.code == 1
    assert [problem["line"] for problem in again.json["problems"]] == [3]
    _error(run, "products", "import", "nobody", str(file))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("货号,重量（克）\nTEA-1,260\n".encode())))
    assert run("products", "import", "alpha", "-", "--json").json["changed"] == 1
    assert run("products", "import", "alpha", str(tmp_path / "none.csv")).code == 2


def test_tables_are_written_as_excel_files(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    source = tmp_path / "in.csv"
    source.write_text("offer_id,sku,weight_g\nTEA-9,=1+1,250\n", encoding="utf-8")
    assert run("products", "import", "alpha", str(source)).code == 0
    assert run("products", "list", "alpha", "--xlsx", str(file)).code == 0
    again = run("products", "import", "alpha", str(file), "--json").json
    assert (again["added"], again["changed"], again["problems"]) == (0, 0, [])
    for command in (
        ("prices", "list", "alpha"),
        ("records", "alpha"),
        ("postings", "alpha", "--open"),
        ("problems", "--seller", "alpha"),
    ):
        file.unlink()
        assert run(*command, "--xlsx", str(file), "--json").json == {"out": str(file)}
        assert file.read_bytes().startswith(b"PK")
    assert run("problems", "--xlsx", str(file)).code == 2
    assert run("products", "list", "alpha", "--xlsx", str(tmp_path / "none" / "x.xlsx")).code == 1


def test_postings(run: Run, seeded: dict[str, Seeded]) -> None:
    page = run("postings", "alpha", "--limit", "2", "--json").json
    assert [item["number"] for item in page["items"]] == [row.number for row in seeded["alpha"].postings[:2]]
    rest = run("postings", "alpha", "--cursor", page["next"], "--open", "--stage", "waiting", "--json").json
    assert [item["number"] for item in rest["items"]] == [row.number for row in seeded["alpha"].postings[2:]]
    assert seeded["alpha"].posting.number in run("postings", "alpha").out
    assert run("postings", "alpha", "--stage", "packing").code == 2
    _error(run, "postings", "nobody")


def test_show(run: Run, seeded: dict[str, Seeded]) -> None:
    row = seeded["alpha"].posting
    details = run("show", row.number, "--json").json
    assert details["posting"]["id"] == row.id
    ended = run("show", row.id)
    assert ended.code == 0
    for part in (row.number, "Чай улун [red] 乌龙茶", "708.00 RUB", "1000000001", "778.80"):
        assert part in ended.out
    assert "+70000000000" not in ended.out
    _error(run, "show", "no-such-posting")


def test_show_in_russian_and_chinese(run: Run, seeded: dict[str, Seeded]) -> None:
    number = seeded["alpha"].posting.number
    assert "отгрузить до" in run("--lang", "ru", "show", number).out
    assert "发货截止" in run("--lang", "zh", "show", number).out
    assert "действует до" in run("--lang", "ru", "show", number).out


def test_an_ambiguous_number_lists_the_candidates(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    import asyncio

    from hub.flow.opening import open_app
    from hub.store import rows
    from tests.web.seed import posting_row

    first = seeded["alpha"].posting
    twin = posting_row("beta", first.number, account=seeded["beta"].account)

    async def add() -> None:
        app = open_app(home)
        app.store.write_now(lambda tx: rows.postings.insert(tx, twin))
        await app.aclose()

    asyncio.run(add())
    words = _error(run, "show", first.number)
    assert twin.id in words
    assert first.id in words
    assert run("show", twin.id, "--json").json["posting"]["seller"] == "beta"


def test_problems(run: Run, seeded: dict[str, Seeded]) -> None:
    listed = run("problems", "--json").json["items"]
    assert {view["id"] for view in listed} == {one.problem for one in seeded.values()}
    mine = run("problems", "--seller", "alpha", "--json").json["items"]
    assert [view["seller"] for view in mine] == ["alpha"]
    assert seeded["alpha"].posting.number in run("problems").out
    _error(run, "problems", "answer", seeded["alpha"].problem, "no_such_answer")
    _error(run, "problems", "answer", "prb_nobody", "retry")


def test_ship_queues_without_waiting(run: Run, seeded: dict[str, Seeded]) -> None:
    row = seeded["alpha"].postings[1]
    ended = run("ship", row.number, "--no-wait", "--json")
    assert ended.code == 0, ended.err
    assert [result["state"] for result in ended.json["results"]] == ["queued"]
    table = run("ship", row.number, "--no-wait")
    assert row.number in table.out
    _error(run, "ship", "no-such-posting")
    assert run("ship").code == 2


def test_labels_of_what_is_ready(run: Run, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    _error(run, "labels", "no-such-posting", "--out", str(tmp_path / "labels.pdf"))
    assert run("labels", "--out", str(tmp_path / "labels.pdf")).code == 2
    assert not (tmp_path / "labels.pdf").exists()


def test_slips(run: Run, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    out = tmp_path / "slips.pdf"
    ended = run("slips", seeded["alpha"].posting.number, "--out", str(out), "--json")
    assert ended.code == 0, ended.err
    assert ended.json["postings"] == [seeded["alpha"].posting.number]
    assert out.read_bytes().startswith(PDF[:5])
    _error(run, "slips", "no-such-posting", "--out", str(out))


def test_a_file_that_cannot_be_written(run: Run, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file, not a folder")
    _error(run, "slips", seeded["alpha"].posting.number, "--out", str(taken / "slips.pdf"))


def test_a_plugin_that_is_off_is_no_misspelling(run: Run) -> None:
    said = _error(run, "account", "add", "alpha", "spsr")
    assert "'spsr' is installed" in said or "'spsr' установлен" in said
    assert "did you mean" not in said
    assert "'sample'" in _error(run, "account", "add", "alpha", "sample", "--set", "key=k")
    assert "did you mean 'ozon'" in _error(run, "--lang", "en", "account", "add", "alpha", "ozom")


def test_cancelling_says_which_reasons_there_are(
    run: Run, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = seeded["alpha"].posting.number
    assert "--marketplace" in _error(run, "cancel", number, code=2)

    async def known(app: object, posting: str) -> list[CancelReason]:
        return [CancelReason(id="352", title="Out of stock"), CancelReason(id="402", title="Other")]

    monkeypatch.setattr(orders, "cancel_reasons", known)
    said = _error(run, "cancel", number, "--marketplace", code=2)
    assert "352  Out of stock" in said
    assert "402  Other" in said


@pytest.mark.parametrize(("state", "code"), [("cancelled", 0), ("requested", 0), ("refused", 1)])
def test_cancelling_says_what_became_of_it(
    run: Run, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch, state: str, code: int
) -> None:
    async def ordered(*given: object, **more: object) -> bool:
        return True

    monkeypatch.setattr(orders, "cancel", ordered)
    monkeypatch.setattr(orders, "cancel_state", lambda app, posting: state)
    monkeypatch.setattr("hub.jobs.driving.drive", ordered)
    number = seeded["alpha"].posting.number
    ended = run("cancel", number, "--reason", "x", "--json")
    assert (ended.code, ended.json["cancel"], ended.json["number"]) == (code, state, number)
    shown = run("--lang", "en", "cancel", number, "--reason", "x")
    assert shown.code == code
    assert state in shown.out
    assert "hub problems answer" in shown.err


def test_handover_of_nothing(run: Run) -> None:
    assert run("handover", "alpha", "--json").json["handovers"] == []
    assert run("handover", "alpha").code == 0
    _error(run, "handover", "nobody")


def test_unknown_things_everywhere(run: Run) -> None:
    _error(run, "quote", "no-such-posting")
    _error(run, "track", "no-such-posting")
    _error(run, "cancel", "no-such-posting", "--reason", "x")
    _error(run, "sync", "nobody")


def test_sync_of_a_seller_without_accounts(run: Run) -> None:
    ended = run("sync", "alpha", "--json")
    assert (ended.code, ended.json) == (0, [])


def test_health(run: Run) -> None:
    assert "sqlite" in run("health", "--json").json
    assert "SQLite" in run("health").out


def test_worker_until_idle(run: Run) -> None:
    ended = run("worker", "--until-idle", "--limit", "5", "--json")
    assert (ended.code, ended.json) == (0, {"idle": True})


def test_a_mistake_of_ours_shows_no_traceback(
    run: Run, home: Path, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PARCELHUB_TRACEBACK", raising=False)
    posting = seeded["alpha"].posting
    with closing(sqlite3.connect(home / "hub.sqlite")) as database, database:
        database.execute("UPDATE postings SET document='Иван Тестов' WHERE id=?", (posting.id,))
    words = _error(run, "--lang", "en", "show", posting.id)
    assert "made a mistake" in words
    assert "Иван" not in words


def test_a_backup_is_made_and_put_back(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    copy = home.parent / "copy.sqlite"
    made = run("backup", str(copy), "--json").json
    assert made["postings"] > 0
    assert "exists" in _error(run, "backup", str(copy))
    ended = run("restore", str(copy))
    assert ended.code == 0, ended.err
    assert "What was here is kept" in ended.err
    assert run("health", "--json").code in (0, 1)
    (home.parent / "no.sqlite").write_bytes(b"this is no database")
    assert "no database" in _error(run, "restore", str(home.parent / "no.sqlite"))


def test_papers_of_two_sellers_are_refused_in_words(
    run: Run, seeded: dict[str, Seeded], tmp_path: Path
) -> None:
    out = tmp_path / "both.pdf"
    both = (seeded["alpha"].posting.id, seeded["beta"].posting.id)
    for command in ("labels", "slips"):
        words = _error(run, command, *both, "--out", str(out))
        assert "alpha, beta" in words
    assert "alpha, beta" in _error(run, "slips", both[0], "--seller", "beta", "--out", str(out))
    assert not out.exists()


def test_a_key_that_ends_and_a_rotation(run: Run, home: Path) -> None:
    for ends in ("90d", "12h", "2099-03-31"):
        assert run("key", "add", "tool", "--seller", "alpha", "--expires", ends, "--json").json["expires_at"]
    assert (
        run("key", "list", "--json").json[2]["expires_at"] == "2099-03-30T21:00:00Z"
    )  # a day of the seller's
    for wrong in ("soon", "0d", "2020-13-01", "1.5d"):
        assert "--expires" in _error(run, "key", "add", "x", "--seller", "alpha", "--expires", wrong, code=2)
    _error(run, "key", "add", "x", "--seller", "alpha", "--expires", "2020-01-01")
    before = (home / "hub.key").read_bytes()
    made = run("key", "rotate", "--json").json
    assert (made["made"], made["sealed_anew"], made["old_keys"]) == (True, 0, 1)
    assert (home / "hub.key").read_bytes().endswith(before)
    ended = run("--lang", "en", "key", "rotate", "--forget-old")
    assert ended.code == 0, ended
    assert "sealed anew: 0 of 0" in ended.err
    assert before not in (home / "hub.key").read_bytes()


def test_labels_are_a_sum_and_only_what_differs_is_listed(
    run: Run, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    numbers = tuple(f"{number}-1" for number in range(300))

    async def made(*given: object, **more: object) -> LabelsResult:
        return LabelsResult(document_id=None, ready=numbers, waiting={"9-9": "not yet"}, refused={})

    monkeypatch.setattr(orders, "labels", made)
    monkeypatch.setattr(papers, "_content", lambda *given: b"%PDF")
    out = str(tmp_path / "labels.pdf")
    shown = run("--lang", "en", "labels", seeded["alpha"].posting.number, "--out", out)
    assert shown.code == 1
    assert "Labels ready: 300." in shown.err
    assert "9-9" in shown.out
    assert "17-1" not in shown.out
    whole = run("labels", seeded["alpha"].posting.number, "--out", out, "--json").json
    assert whole["ready"] == list(numbers)

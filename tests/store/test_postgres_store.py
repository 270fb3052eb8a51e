"""The store on a PostgreSQL server: what two do at once, what breaks, and what is said of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from hub.plugin_api.errors import ConfigError, Conflict, StoreError, Unavailable
from hub.store import Connection, Server, Store, Transaction, make_tables, open_store, rows
from hub.store.migrating import migrate, to_do
from hub.store.schema import VERSION
from hub.store.trouble import EngineFault
from tests import engine
from tests.store.cutting import wire

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_ADD = (
    "INSERT INTO counters (name, value) VALUES (?, 1) "
    "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1"
)
SECRET = "s3cr%t-of-the-database"


@pytest.fixture(autouse=True)
def _several_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the tests of the flow have one (`tests.engine`)."""
    monkeypatch.setattr("hub.store.postgres.database.THREADS", 4, raising=False)


@pytest.fixture
def store(postgres: str) -> Iterator[Store]:
    with closing(open_store(Server(postgres))) as opened:
        yield opened


def _value(connection: Connection, name: str = "x") -> int:
    found = connection.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
    return 0 if found is None else int(found[0])


def _seller(slug: str, **changes: Any) -> rows.SellerRow:
    plain: dict[str, Any] = {
        "slug": slug,
        "title": slug,
        "time_zone": "UTC",
        "plugins": (),
        "profile": rows.SellerProfile(),
        "declared": False,
        "created_at": NOW,
    }
    return rows.SellerRow(**plain | changes)


# --- what two do at once ----------------------------------------------------------------------------------


def test_of_two_that_compare_and_save_one_comes_through(store: Store) -> None:
    """What the journal does before a request leaves: read the state, compare, save."""
    names = [f"op{number}" for number in range(40)]
    store.write_now(lambda tx: [tx.execute(_ADD, (name,)) for name in names] and None)
    together = threading.Barrier(2)
    sent: list[str] = []

    def one() -> None:
        for name in names:

            def change(tx: Transaction, name: str = name) -> None:
                if _value(tx, name) != 1:
                    raise Unavailable("somebody else is at it")
                tx.execute("UPDATE counters SET value = 2 WHERE name = ?", (name,))

            together.wait()
            try:
                store.write_now(change)
            except Unavailable:
                continue
            sent.append(name)

    both = [threading.Thread(target=one) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(sent) == sorted(names), "each went once, by one of the two"


@pytest.mark.parametrize(("isolation", "sends"), [("SERIALIZABLE", 1), ("READ COMMITTED", 2)])
def test_it_is_the_isolation_that_holds(
    store: Store, monkeypatch: pytest.MonkeyPatch, isolation: str, sends: int
) -> None:
    """Both read before either writes: under a weaker isolation both would send, so that the tests of two at
    once can fail."""
    monkeypatch.setattr("hub.store.postgres.database._BEGIN", f"BEGIN ISOLATION LEVEL {isolation}")
    store.write_now(lambda tx: tx.execute(_ADD, ("op",)))
    both_have_read = threading.Barrier(2)
    sent: list[str] = []

    def one(name: str) -> None:
        first = [True]

        def change(tx: Transaction) -> None:
            planned = _value(tx, "op") == 1
            if first and first.pop():
                both_have_read.wait(30)
            if not planned:
                raise Unavailable("somebody else is at it")
            tx.execute("UPDATE counters SET value = 2 WHERE name = ?", ("op",))

        try:
            store.write_now(change)
        except Unavailable:
            return
        sent.append(name)

    both = [threading.Thread(target=one, args=(name,)) for name in ("a", "b")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(sent) == sends


def test_a_write_that_another_came_between_is_run_again_from_the_beginning(store: Store) -> None:
    tries: list[int] = []

    def work(tx: Transaction) -> int:
        seen = _value(tx)
        tries.append(seen)
        if len(tries) == 1:
            other = threading.Thread(target=store.write_now, args=(lambda tx: tx.execute(_ADD, ("x",)),))
            other.start()
            other.join()
        tx.execute(_ADD, ("x",))
        return seen

    assert store.write_now(work) == 1
    assert tries == [0, 1]
    assert _value(store.reader) == 2


def test_a_write_that_others_come_between_again_and_again_runs_alone(store: Store) -> None:
    tries: list[int] = []
    late: list[threading.Thread] = []

    def work(tx: Transaction) -> None:
        tries.append(_value(tx))
        other = threading.Thread(target=store.write_now, args=(lambda tx: tx.execute(_ADD, ("x",)),))
        other.start()
        if len(tries) <= 4:
            other.join()
        else:
            late.append(other)
            while _waiting(store) == 0:
                pass
        tx.execute(_ADD, ("x",))

    store.write_now(work)
    assert tries == [0, 1, 2, 3, 4], "the fifth is not disturbed"
    for other in late:
        other.join()
    assert _value(store.reader) == 6, "and the other comes after it"


def _waiting(store: Store) -> int:
    found = store.reader.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'RowShareLock'")
    return int(found.fetchone()[0])


def test_what_is_there_already_is_tried_once_more_and_then_a_conflict(store: Store) -> None:
    tries = []

    def twice(tx: Transaction) -> None:
        tries.append(1)
        rows.sellers.insert(tx, _seller("shop"))

    store.write_now(twice)
    with pytest.raises(Conflict, match="somebody else"):
        store.write_now(twice)
    assert len(tries) == 3
    assert store.trouble is None, "that is no trouble of the database"


async def test_a_snapshot_shows_other_writes_in_none_of_it_or_in_all(store: Store) -> None:
    def look(reader: Connection) -> tuple[int, int]:
        before = _value(reader)
        store.write_now(lambda tx: tx.execute(_ADD, ("x",)))
        return before, _value(reader)

    assert store.snapshot(look) == (0, 0)
    assert _value(store.reader) == 1
    await store.write(lambda tx: tx.execute(_ADD, ("x",)))
    assert _value(store.reader) == 2


# --- values -----------------------------------------------------------------------------------------------


def test_values_come_back_as_they_went(store: Store) -> None:
    declared = _seller("shop", title="Магазин\x00 店", declared=True)
    store.write_now(lambda tx: rows.sellers.insert(tx, declared))
    stored = rows.sellers.get(store.reader, "shop")
    assert stored is not None
    assert stored.title == "Магазин 店", "no text can hold a NUL there"
    assert stored.declared is True
    assert stored.created_at == NOW
    (whole,) = store.reader.execute("SELECT sum(value) AS whole FROM counters").fetchall()
    assert isinstance(whole["whole"], int)
    assert whole[0] == whole["whole"]


def test_nothing_is_in_an_empty_list(store: Store) -> None:
    store.write_now(lambda tx: tx.execute(_ADD, ("x",)))
    ask = "SELECT count(*) FROM counters WHERE name = 'x' AND {} ()"
    assert store.reader.execute(ask.format("name IN")).fetchone()[0] == 0
    assert store.reader.execute(ask.format("value NOT IN")).fetchone()[0] == 1


def test_texts_compare_by_their_bytes(store: Store) -> None:
    slugs = ["b", "a", "B", "_", "я", "a-b", "a_b", "ab"]
    store.write_now(lambda tx: rows.sellers.insert_many(tx, map(_seller, slugs)))
    found = [row.slug for row in rows.sellers.all(store.reader, "ORDER BY slug")]
    assert found == sorted(slugs, key=str.encode)


# --- what breaks ------------------------------------------------------------------------------------------


def test_a_mistake_of_a_program_is_no_error_of_the_driver(store: Store) -> None:
    for ask in (store.reader.execute, lambda sql: store.write_now(lambda tx: tx.execute(sql))):
        with pytest.raises(EngineFault, match="no_such_table"):
            ask("SELECT * FROM no_such_table")
    with pytest.raises(EngineFault, match="reader"):
        store.reader.execute("DELETE FROM counters")

    def goes_on(tx: Transaction) -> None:
        tx.execute(_ADD, ("x",))
        with pytest.raises(Exception, match="no_such_table"):
            tx.execute("SELECT * FROM no_such_table")

    with pytest.raises(EngineFault):
        store.write_now(goes_on)
    assert _value(store.reader) == 0, "nothing of it is stored, and nobody is told that it is"


def _end_connections(url: str) -> None:
    with closing(engine.connected()) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND pid <> pg_backend_pid()",
            (urlsplit(url).path[1:],),
        )


def test_connections_that_were_lost_are_made_anew(store: Store, postgres: str) -> None:
    store.write_now(lambda tx: tx.execute(_ADD, ("x",)))
    assert _value(store.reader) == 1
    _end_connections(postgres)
    assert _value(store.reader) == 1
    store.write_now(lambda tx: tx.execute(_ADD, ("x",)))
    assert _value(store.reader) == 2

    def look(reader: Connection) -> int:
        before = _value(reader)
        _end_connections(postgres)
        return before + _value(reader)

    with pytest.raises(StoreError) as caught:
        store.snapshot(look)
    assert caught.value.kind == "unreachable", "of one moment it cannot be read on another connection"
    assert _value(store.reader) == 2


def test_a_write_that_broke_before_its_commit_was_sent_is_run_again(store: Store, postgres: str) -> None:
    tries = []

    def work(tx: Transaction) -> None:
        tx.execute(_ADD, ("x",))
        tries.append(1)
        if len(tries) == 1:
            _end_connections(postgres)
            tx.execute(_ADD, ("x",))

    store.write_now(work)
    assert (len(tries), _value(store.reader)) == (2, 1)


@pytest.mark.parametrize(("moment", "stored"), [("before", 0), ("after", 1)])
def test_a_commit_whose_answer_is_lost_is_never_run_again(postgres: str, moment: Any, stored: int) -> None:
    tries = []

    def work(tx: Transaction) -> None:
        tries.append(1)
        tx.execute(_ADD, ("x",))

    with wire(postgres) as line, closing(open_store(Server(line.url))) as store:
        line.cut = moment
        with pytest.raises(StoreError, match="not known") as caught:
            store.write_now(work)
        assert caught.value.kind == "unclear"
        assert len(tries) == 1
        assert store.trouble is caught.value
        while _is_at_work(postgres):
            pass
        assert _value(store.reader) == stored
        store.write_now(work)
        assert store.trouble is None
        assert _value(store.reader) == stored + 1


def _is_at_work(url: str) -> bool:
    """Whether the server still has a transaction of the connection that was cut."""
    with closing(engine.connected()) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND xact_start IS NOT NULL",
            (urlsplit(url).path[1:],),
        ).fetchone()
    return bool(found[0])


# --- what cannot be opened --------------------------------------------------------------------------------


def _with(url: str, **changes: str) -> str:
    parts = urlsplit(url)
    netloc = changes.get("netloc", parts.netloc)
    return parts._replace(netloc=netloc, path=changes.get("path", parts.path)).geturl()


def _refused(url: str) -> StoreError | ConfigError:
    with pytest.raises((StoreError, ConfigError)) as caught:
        open_store(Server(url)).close()
    error = caught.value
    assert isinstance(error, StoreError | ConfigError)
    for told in (str(error), repr(error), error.message, repr(Server(url)), str(Server(url))):
        assert SECRET not in told
        assert "s3cr" not in told
    assert error.__cause__ is None or "s3cr" not in str(error.__cause__)
    return error


def test_what_cannot_be_opened_says_why_and_never_the_password(postgres: str) -> None:
    host = urlsplit(postgres).netloc.rpartition("@")[2]
    quoted = SECRET.replace("%", "%25")
    error = _refused(_with(postgres, netloc=f"root:{quoted}@127.0.0.1:1"))
    assert (error.code, "cannot be reached" in error.message) == ("store_unreachable", True)
    error = _refused(_with(postgres, netloc=f"nobody_of_ours:{quoted}@{host}"))
    assert error.code == "store_refused"
    assert "nobody_of_ours" in error.message
    error = _refused(_with(postgres, path="/parcelhub_test_not_there"))
    assert error.code == "store_refused"
    assert "parcelhub_test_not_there" in error.message
    assert _refused(_with(postgres, netloc=f"root:{SECRET}@{host}")).code == "config"  # %t- is no escape
    with pytest.raises(ConfigError, match="no URL of a PostgreSQL"):
        Server(f"mysql://root:{SECRET}@{host}/x")


def test_a_database_without_tables_is_made_by_init_only(postgres_empty: str) -> None:
    assert "hub init" in _refused(postgres_empty).message
    assert make_tables(Server(postgres_empty))
    assert not make_tables(Server(postgres_empty)), "what is there stays"
    open_store(Server(postgres_empty)).close()


def test_a_role_without_rights_and_a_server_that_only_reads(postgres: str) -> None:
    name = urlsplit(postgres).path[1:]
    with closing(engine.connected()) as connection, closing(engine.connected(name)) as inside:
        connection.execute(f"CREATE ROLE {name}_poor LOGIN")
        try:
            inside.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}_poor")
            host = urlsplit(postgres).netloc.rpartition("@")[2]
            poor = Server(_with(postgres, netloc=f"{name}_poor@{host}"))
            with closing(open_store(poor)) as store, pytest.raises(StoreError, match="may use it") as caught:
                store.write_now(lambda tx: tx.execute(_ADD, ("x",)))
            assert caught.value.kind == "refused"
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            with closing(open_store(Server(postgres))) as store, pytest.raises(StoreError) as caught:
                store.write_now(lambda tx: tx.execute(_ADD, ("x",)))
            assert caught.value.kind == "standby"
        finally:
            inside.execute("SET default_transaction_read_only = off")
            inside.execute(f"DROP OWNED BY {name}_poor")
            connection.execute(f"DROP ROLE {name}_poor")


def test_an_old_server_and_another_encoding_are_refused() -> None:
    making = pytest.importorskip("hub.store.postgres.making")
    server = Server("postgresql://h/x")
    with pytest.raises(ConfigError, match="PostgreSQL 14, and 15 is the oldest"):
        making.refuse_server(140_011, "UTF8", server)
    with pytest.raises(ConfigError, match="LATIN1"):
        making.refuse_server(150_000, "LATIN1", server)
    making.refuse_server(150_000, "UTF8", server)


# --- versions, and whose database it is -------------------------------------------------------------------

_VERSION = "UPDATE counters SET value = ? WHERE name = 'schema:version'"
_OLDEST = "UPDATE counters SET value = ? WHERE name = 'schema:oldest_code'"
_SHAPE = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY 1, 2"
)


def test_an_older_database_is_migrated_and_a_newer_one_left_alone(postgres: str) -> None:
    server = Server(postgres)
    with closing(open_store(server)) as store:
        new = store.reader.execute(_SHAPE).fetchall()
        store.write_now(lambda tx: tx.execute("ALTER TABLE postings DROP COLUMN version"))
        store.write_now(lambda tx: tx.execute("DROP TABLE totals, told, messengers, messages, units"))
        store.write_now(lambda tx: tx.execute(_VERSION, (11,)))
    assert "hub migrate" in _refused(postgres).message
    assert [step.number for step in to_do(server).steps] == [*range(12, VERSION + 1)]
    assert migrate(server, NOW).after == VERSION
    assert migrate(server, NOW).steps == ()
    with closing(open_store(server)) as store:
        assert store.reader.execute(_SHAPE).fetchall() == new
        store.write_now(lambda tx: tx.execute(_VERSION, (99,)))
        store.write_now(lambda tx: tx.execute(_OLDEST, (99,)))
    assert "newer hub" in _refused(postgres).message


def test_a_hub_at_work_stops_writing_once_a_newer_one_has_taken_over(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.postgres.database._LOOKED_AT", 0.0)
    store.write_now(lambda tx: tx.execute(_VERSION, (99,)))
    store.write_now(lambda tx: tx.execute(_OLDEST, (14,)))  # it lets this code go on
    store.write_now(lambda tx: tx.execute(_OLDEST, (99,)))
    with pytest.raises(StoreError, match="newer hub") as caught:
        store.write_now(lambda tx: tx.execute(_ADD, ("x",)))
    assert caught.value.kind == "newer"


def test_a_database_that_is_another_one_by_now_may_have_forgotten(postgres: str) -> None:
    server = Server(postgres)
    with closing(open_store(server)) as store:
        assert store.examine(NOW) == "new"
        assert store.examine(NOW) is None
    with closing(open_store(server)) as store:
        assert store.examine(NOW) is None, "it is the same one"
        # restored from a dump it has another number, and promoted another timeline
        for name in ("identity:database", "identity:timeline", "identity:system"):
            store.write_now(
                lambda tx, name=name: tx.execute(
                    "UPDATE counters SET value = 1 + value WHERE name = ?", (name,)
                )
            )
            assert store.examine(NOW) == "copied"
            assert store.examine(NOW) is None

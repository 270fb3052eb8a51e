"""The same tables for PostgreSQL: emitted always, made and used where a server is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store import health, keys, open_store, queries, queue
from hub.store.migrations import MIGRATIONS
from hub.store.migrations.making import ADDED
from hub.store.postgres.ddl import after_data, migration_ddl, postgres_ddl
from hub.store.schema import TABLES
from tests.store.statements import said_by_functions, said_by_rows
from tests.store.test_queries import STATEMENTS


def test_every_table_and_column_is_declared() -> None:
    ddl = "\n".join(postgres_ddl())
    for table in TABLES:
        made = re.search(rf'CREATE TABLE IF NOT EXISTS "{table.name}" \((.*?)\n\)', ddl, re.DOTALL)
        assert made, table.name
        for column, kind in table.columns.items():
            line = re.search(
                rf'^  "{column}" (\w+)(?: COLLATE "C")?( NOT NULL)?( DEFAULT \S+)?,?$', made[1], re.MULTILINE
            )
            assert line, (table.name, column)
            assert bool(line[2]) == (not kind.endswith("?"))
        for one in table.unique_while:
            held = (
                rf'CREATE UNIQUE INDEX .* ON "{table.name}" \(.*"{one.columns[-1]}"\) WHERE {one.condition}'
            )
            assert re.search(held, ddl)
        for columns in table.indexes:
            assert f'ON "{table.name}" ({", ".join(f"{chr(34)}{c}{chr(34)}" for c in columns)})' in ddl


def test_every_step_is_emitted_and_a_second_time_changes_nothing() -> None:
    whole = "\n".join(postgres_ddl())
    for step in MIGRATIONS:
        for statement in (statements := migration_ddl(step)):
            assert re.match(
                r"(CREATE TABLE|CREATE INDEX|ALTER TABLE .* ADD COLUMN) IF NOT EXISTS ", statement
            )
        ddl = "\n".join(statements)
        for table in step.tables:
            assert f'CREATE TABLE IF NOT EXISTS "{table}" (' in ddl
        for column in step.columns:
            table, name = column.split(".")
            line = re.search(
                rf'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS ("{name}" .*)$', ddl, re.MULTILINE
            )
            assert line, column
            assert f"  {line[1]}," in whole, "a new table has the same column"
            assert ("NOT NULL" in line[1]) == ("DEFAULT" in line[1])


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Every statement of the named functions and of the tables' rows, by who says it."""
    store = open_store(tmp_path_factory.mktemp("said") / "hub.sqlite")
    try:
        return said_by_functions(store) | said_by_rows()
    finally:
        store.close()


_SQLITE = re.compile(
    r"INSERT OR |instr\(|INDEXED BY|\bGLOB\b|json_|\browid\b|\bIFNULL|NOT IN \(\)|"
    r"\b(is_open|wanted|stuck|leaving|again|revoked|known|alone|read_only|bytes_left) ?= ?[01]\b"
)


def test_no_statement_has_words_of_sqlite(said: dict[str, list[str]]) -> None:
    assert _SQLITE.search("SELECT 1 FROM postings WHERE is_open = 1")
    assert not [(name, sql) for name, some in said.items() for sql in some if _SQLITE.search(sql)]


def _programs() -> Path | None:
    """Where initdb and pg_ctl are."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    return None


@pytest.fixture(scope="module")
def server() -> Iterator[list[str]]:
    """A server of its own on a socket in a temporary folder; gives the psql command."""
    programs, psql = _programs(), shutil.which("psql")
    if programs is None or psql is None or not (programs / "initdb").exists():
        pytest.skip("no PostgreSQL server is installed here")
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        as_user: list[str] = []
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # the server refuses to run as root
            as_user = _another_user()
            shutil.chown(folder, "postgres")
        data = folder / "data"
        control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", "30"]
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        _or_skip([*as_user, str(programs / "initdb"), "-D", str(data), "-U", "hub", "-A", "trust", "-N"])
        _or_skip([*control, "-l", str(folder / "log"), "-o", options, "start"])
        try:
            yield [psql, "-h", str(folder), "-U", "hub", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-qAt"]
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True, check=False, cwd="/")


def _another_user() -> list[str]:
    runuser = shutil.which("runuser")
    if runuser is None or subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode:
        pytest.skip("PostgreSQL does not run as root, and there is no user for it")
    return [runuser, "-u", "postgres", "--"]


def _or_skip(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, cwd="/")
    if done.returncode:
        pytest.skip(f"PostgreSQL could not be started: {done.stderr.decode(errors='replace').strip()[-200:]}")


def _run(psql: list[str], sql: str) -> str:
    done = subprocess.run(psql, input=sql, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _numbered(sql: str, types: dict[int, str]) -> str:
    """``?`` as PostgreSQL numbers them."""
    count = 0

    def mark(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"${count}{types.get(count, '')}"

    return re.sub(r"\?", mark, sql)


def test_a_server_takes_the_tables_and_every_statement(server: list[str], said: dict[str, list[str]]) -> None:
    ddl = ";\n".join(postgres_ddl()) + ";\n"
    _run(server, ddl)
    _run(server, ddl)  # a second time changes nothing
    made = _run(server, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public';")
    assert set(made.split()) == {table.name for table in TABLES}
    statements = {
        **STATEMENTS,
        "answer": keys.ANSWER,
        "release": keys.RELEASE,
        "prune": keys.FORGET,
        "counters": health.COUNTERS,
        "open problems": health.OPEN_PROBLEM_KINDS,
        "quotes": queries.QUOTES,
        "document": queries.POSTING_WITH_DOCUMENT,
        "next due": queue.NEXT_DUE,
        "promote": queue.PROMOTE,
    }
    every = {sql: name for name, some in said.items() for sql in some} | {
        sql: name for name, sql in statements.items()
    }
    assert len(every) > 250
    refused = _refused(server, every)
    assert not refused, "\n".join(refused)
    assert _refused(server, {"SELECT id FROM postings WHERE is_open = 1": "of SQLite"}), "they are looked at"


def _refused(psql: list[str], statements: dict[str, str]) -> list[str]:
    """What the server says of each statement that it does not take."""
    prepared = (f"PREPARE s{n} AS {_numbered(sql, {})};" for n, sql in enumerate(statements))
    text = "".join(one.replace("\n", " ") + "\n" for one in prepared)
    command = [*psql, "-v", "ON_ERROR_STOP=0", "-f", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
    names = list(statements.values())
    errors = re.findall(r"<stdin>:(\d+): (ERROR.*)", done.stderr)
    return [f"{names[int(line) - 1]}: {error}" for line, error in errors]


_SHAPE = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY 1, 2; "
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2;"
)


def test_a_server_takes_the_steps_and_has_what_a_new_one_has(server: list[str]) -> None:
    ddl = ";\n".join(postgres_ddl()) + ";\n"
    _run(server, ddl)
    new = _run(server, _SHAPE)
    dropped = [f'DROP TABLE "{table}"' for step in MIGRATIONS for table in step.tables]
    for column in sorted(ADDED):
        table, name = column.split(".")
        dropped.append(f'ALTER TABLE IF EXISTS "{table}" DROP COLUMN "{name}"')
    _run(server, ";\n".join(dropped) + ";\n")
    assert _run(server, _SHAPE) != new
    statements = [one for step in MIGRATIONS for one in (*migration_ddl(step), *after_data(step))]
    steps = ";\n".join(statements) + ";\n"
    _run(server, steps)
    assert _run(server, _SHAPE) == new
    _run(server, steps)
    assert _run(server, _SHAPE) == new

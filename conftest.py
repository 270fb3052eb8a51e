"""What all tests share: nothing depends on how fast a machine is or is drawn anew each time, what is written
goes to memory where there is room, and what takes long begins first."""

from __future__ import annotations

import gc
import os
import random
import sqlite3
import ssl
import sys
import tempfile
from collections.abc import Generator, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from hub.store import database
from hub.store.migrations import making
from tests import engine
from tests.material import WITHOUT_SHARED, shared_folder

ROOT = Path(__file__).parent
FAST = (
    *("tests/core", "tests/conformance", "tests/store"),
    *("adapters/cdek", "adapters/ozon", "adapters/russian_post", "adapters/spsr"),
    *("plugins/cdek", "plugins/ozon", "plugins/ozon_partners", "plugins/russian_post", "plugins/sample"),
    "plugins/spsr",
)
"""Rooms for ``pytest -m fast``: whole ones, whose tests wait for no process."""
LONG = (
    *("tests/faults/test_kills.py", "tests/faults/test_planted.py", "tests/faults/test_sweep.py"),
    *("tests/faults/test_points.py", "tests/faults/test_power.py", "tests/faults/test_paused.py"),
    *("plugins/demo/tests/test_demo_whole.py", "tests/web/test_schemathesis.py", "tests/web/test_clients.py"),
    *("tests/house/test_tutorial.py", "tests/faults/test_ends.py", "tests/benchmarks/test_benchmarks.py"),
    *("tests/faults/test_between.py", "plugins/labels/tests/test_bombs.py", "tests/cli/test_serve.py"),
    *("tests/faults/test_under_serve.py", "tests/golden/test_golden.py", "tests/faults/test_machine.py"),
    *("tests/house/test_choose_a_carrier_page.py", "tests/flow/test_calls_of_the_day.py"),
)
"""They wait for processes, or are long, and begin first: so no worker is left with one of them in the end."""

_MEMORY = "/dev/shm"
_ROOM = 2 * 2**30  # bytes; the suite has been seen to need a quarter of it


def _write_to_memory() -> None:
    """Folders for tests go where a commit costs no wait for a disk. The hub asks for each as ever, and the
    test of power cuts counts them: what is left out is the disk's own time, most of a test's.

    ``TMPDIR`` chooses another place.
    """
    if "TMPDIR" in os.environ or not sys.platform.startswith("linux") or not os.access(_MEMORY, os.W_OK):
        return
    room = os.statvfs(_MEMORY)
    if room.f_bavail * room.f_frsize >= _ROOM and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = _MEMORY
        tempfile.tempdir = None  # it was looked for before


def _keep_bytecode() -> None:
    """Compile once what two workers and some hundreds of processes import, also where the environment says
    that no bytecode is kept, as in containers."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        sys.dont_write_bytecode = False


def _read_certificates_once() -> None:
    """Each client of httpx reads some 150 certificates, in tests for servers on loopback that show none: a
    test's largest piece of work. What is asked of the context in any other way is made anew."""
    plain = ssl.create_default_context
    known = cache(lambda cafile: plain(cafile=cafile))

    def create(*arguments: Any, **named: Any) -> ssl.SSLContext:
        usual = not arguments and named.keys() == {"cafile"}
        return known(named["cafile"]) if usual else plain(*arguments, **named)

    ssl.create_default_context = create


def _make_tables_once() -> None:
    """Each test's hub makes some forty tables and their indexes. In a process they are made once, and an
    empty file gets the pages that this came to."""
    prepare = database.prepare

    @cache
    def made(version: int) -> sqlite3.Connection:
        template = sqlite3.connect(":memory:", check_same_thread=False)
        making.make(template)
        template.commit()
        return template

    def copied(connection: sqlite3.Connection) -> None:
        if not connection.execute("PRAGMA schema_version").fetchone()[0]:
            made(making.VERSION).backup(connection)
        prepare(connection)

    database.prepare = copied


def _look_up_entry_points_once() -> None:
    """What is installed is read from some hundred files at each opening of a hub. It is read anew where
    the places that it is looked for in have changed."""
    plain = metadata.entry_points
    known = cache(lambda places, group: plain(group=group))

    def entry_points(**wanted: Any) -> metadata.EntryPoints:
        usual = wanted.keys() == {"group"}
        return known(tuple(sys.path), wanted["group"]) if usual else plain(**wanted)

    metadata.entry_points = entry_points


_write_to_memory()
_keep_bytecode()
_make_tables_once()
_look_up_entry_points_once()
_read_certificates_once()
_ANY_MACHINE: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("the same", derandomize=True, **_ANY_MACHINE)
settings.register_profile("new", **_ANY_MACHINE)  # --hypothesis-profile new: other examples each time
settings.load_profile("the same")


@pytest.fixture(scope="session")
def shared() -> Path:
    """What the vendors publish and what was recorded of them: ``PARCELHUB_SHARED``, else ``../shared``.

    It is not ours to pass on: what it says is noted in ``tests/conformance/schemas``, and holds without it.
    ``PARCELHUB_REQUIRE_SHARED=1`` makes its absence a failure.
    """
    if (folder := shared_folder()) is None:
        if os.environ.get("PARCELHUB_REQUIRE_SHARED") == "1":
            pytest.fail(WITHOUT_SHARED, pytrace=False)
        pytest.skip(WITHOUT_SHARED)
    return folder


@pytest.fixture
def postgres() -> Iterator[str]:
    """The URL of a new PostgreSQL database with a hub's tables; skipped where no server answers."""
    if why := engine.absent():
        pytest.skip(why)
    with engine.database() as url:
        yield url


@pytest.fixture
def postgres_empty() -> Iterator[str]:
    """The same without tables."""
    if why := engine.absent():
        pytest.skip(why)
    with engine.database(tables=False) as url:
        yield url


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = terminalreporter.stats.get("skipped", ())
    for why in (WITHOUT_SHARED, engine.WITHOUT_SERVER):
        if number := sum(why in str(report.longrepr) for report in reports):
            terminalreporter.write_line(f"{number} skipped: {why}")


def _is_in(path: Path, rooms: tuple[str, ...]) -> bool:
    return path.is_relative_to(ROOT) and f"{path.relative_to(ROOT).as_posix()}/".startswith(
        tuple(f"{room}/" for room in rooms)
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Seven thousand tests and what they import stay to the end: some million objects, through which nobody
    looks for garbage while they are made, nor each time that a test has made some of its own."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


_LEFT_OUT = {
    "sqlite": "about SQLite's file itself: not for another engine",
    "once": "counts how often a write is run: not where each is run twice",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=("sqlite", "postgres", "twice"),
        default="sqlite",
        help="The engine of hubs in a test's own process; twice: SQLite, and every write is taken back once "
        "and run again (tests/engine.py).",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fast: what one runs after each change; given to whole rooms")
    for marker, why in _LEFT_OUT.items():
        config.addinivalue_line("markers", f"{marker}: {why}")


@pytest.fixture(scope="session")
def _schemas(request: pytest.FixtureRequest) -> Iterator[engine.Schemas | None]:
    wanted = request.config.getoption("--engine")
    if wanted == "postgres":
        yield from engine.on_postgres()
    elif wanted == "twice":
        yield from engine.twice()
    else:
        yield None


@pytest.fixture(autouse=True, scope="module")
def _emptied(_schemas: engine.Schemas | None) -> Iterator[None]:
    """After each file: its fixtures may keep a store for all of its tests."""
    yield
    if _schemas is not None:
        _schemas.empty()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Other rooms are not even read for ``-m fast``."""
    wanted = config.option.markexpr != "fast" or collection_path.suffix != ".py"
    return None if wanted or _is_in(collection_path, FAST) else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = {"postgres": "sqlite", "twice": "once"}.get(config.getoption("--engine"), "")
    for item in items:
        if _is_in(item.path, FAST):
            item.add_marker(pytest.mark.fast)
        if elsewhere and item.get_closest_marker(elsewhere) is not None:
            item.add_marker(pytest.mark.skip(reason=_LEFT_OUT[elsewhere]))
    at = {ROOT / name: number for number, name in enumerate(LONG)}
    long = sorted((item for item in items if item.path in at), key=lambda item: at[item.path])
    short = [item for item in items if item.path not in at]
    # Two workers begin at the beginning and in the middle; whoever is done takes from the other's end.
    first = [item for item in long if at[item.path] % 2 == 0]
    middle = max(len(items) // 2 - len(first), 0)
    items[:] = first + short[:middle] + [item for item in long if at[item.path] % 2] + short[middle:]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Workers take work from each other, unless ``--dist`` says something else."""
    from xdist.scheduler import WorkStealingScheduling  # type: ignore[import-untyped]

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None


@pytest.fixture(autouse=True)
def _drawn_alike() -> None:
    """What the hub draws by chance, the pauses between tries above all, is the same each time."""
    random.seed(1)

"""A child has its limits, and whatever a file does to it the hub goes on. Times are CPU times: nothing here
depends on how busy the machine is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.calls.children import Children, opener
from hub.calls.children.results import FileTooMuch
from hub.plugin_api.errors import BadReply, Unavailable, Unsupported
from hub.plugin_api.labels import LabelPage, LabelRenderer, PageRef, Paper
from hub.plugin_api.models import Document
from tests.children.renderers import Lines, Orders, Unmade

ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0  # seconds on the clock: a bound for what must happen, not a measure


@pytest.fixture
def children() -> Iterator[Children]:
    made = Children(seconds_a_page=0.5, seconds_a_file=2.0)
    try:
        yield made
    finally:
        made.close()


def text(content: str) -> Document:
    return Document(content=content.encode(), media_type="text/plain")


def read(children: Children, content: str, party: str = "a") -> list[LabelPage]:
    return children.pages(Orders, text(content), party=party).result(_PATIENCE)


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


# --- what a renderer does in a child ----------------------------------------------------------------


def test_a_renderer_of_the_first_version_works_as_it_is(children: Children) -> None:
    assert children.processes() == []
    pages = children.pages(Lines, text("one\ntwo"), party="a").result(_PATIENCE)
    assert [(page.index, page.codes, page.look) for page in pages] == [(0, {"one"}, ""), (1, {"two"}, "")]
    refs = [PageRef(b"one\ntwo", "text/plain", 1), PageRef(b"three", "text/plain"), PageRef(b"one\ntwo", "x")]
    composed = children.compose(Lines, refs, Paper.LABEL_58X40, party="a").result(_PATIENCE)
    assert composed == text("58x40\ntwo\nthree\none")
    assert children.picture(Lines, refs[0], 203, party="a").result(_PATIENCE) == b"1 203"
    assert len(children.processes()) == 1


def test_its_refusal_comes_back_as_it_is(children: Children) -> None:
    with pytest.raises(BadReply, match="the label file is no label") as caught:
        read(children, "refuse")
    assert type(caught.value) is BadReply
    assert caught.value.code == "no_label"


def test_a_mistake_in_it_is_an_unreadable_file_and_tells_nothing(children: Children) -> None:
    with pytest.raises(BadReply, match="cannot be read") as caught:
        read(children, "mistake")
    assert "Ivanova" not in repr(caught.value)
    assert not isinstance(caught.value, FileTooMuch)


def test_what_it_prints_does_not_get_between(children: Children) -> None:
    assert [page.codes for page in read(children, "print\nwell")] == [{"print"}, {"well"}]


def test_it_knows_nothing_of_the_hub(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZON_API_KEY", "secret")
    (page,) = read(children, "environment")
    assert page.codes <= {"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR", "LC_CTYPE"}


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_it_writes_no_files(children: Children) -> None:
    (page,) = read(children, "write")
    assert page.codes == {"not written"}


def test_one_that_cannot_be_imported_is_named(children: Children) -> None:
    class Local(LabelRenderer):
        code = title = "local"

    with pytest.raises(Unsupported, match="top of a module"):
        children.pages(Local, text("x"), party="a").result(_PATIENCE)
    with pytest.raises(Unsupported, match="a file of its own is missing"):
        children.pages(Unmade, text("x"), party="a").result(_PATIENCE)
    assert children.processes() == []


# --- limits -----------------------------------------------------------------------------------------


def test_each_page_has_its_time(children: Children) -> None:
    assert len(read(children, "burn 0.3\n" * 3)) == 3
    with pytest.raises(FileTooMuch, match="takes too long"):
        read(children, "burn 0.1\nburn 3")
    assert len(read(children, "well")) == 1


def test_a_file_has_its_time(children: Children) -> None:
    with pytest.raises(FileTooMuch, match="takes too long"):
        read(children, "burn 0.3\n" * 9)


def test_memory_has_a_limit(children: Children) -> None:
    assert len(read(children, "memory 100")) == 1
    with pytest.raises(FileTooMuch, match="too much memory"):
        read(children, "memory 450")
    with pytest.raises(FileTooMuch, match="too much memory"):
        read(children, "memory 9000")
    assert len(read(children, "well")) == 1


def test_pages_and_codes_have_a_limit(children: Children) -> None:
    assert len(read(children, "x\n" * 2_000)) == 2_000
    with pytest.raises(BadReply, match="more than 2000 pages"):
        read(children, "x\n" * 2_001)
    with pytest.raises(BadReply, match="page 2 of the label file shows more codes"):
        read(children, "codes 2000\ncodes 2001")


def test_a_parser_that_breaks_is_the_files_fault(children: Children) -> None:
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS):
        with pytest.raises(FileTooMuch, match="breaks the program"):
            read(children, f"signal {int(number)}")
    assert len(read(children, "well")) == 1


def test_a_child_that_is_stopped_is_not_the_files_fault(children: Children) -> None:
    for how in (f"signal {int(signal.SIGKILL)}", f"signal {int(signal.SIGTERM)}", "exit 3"):
        with pytest.raises(Unavailable, match="tried again"):
            read(children, how)
    assert len(read(children, "well")) == 1


def test_waiting_is_no_work(children: Children) -> None:
    assert len(read(children, "sleep 1.5")) == 1


def test_what_comes_back_is_not_believed() -> None:
    from io import BytesIO

    assert opener.read_frame(BytesIO(b""), 100) is None
    assert opener.read_frame(BytesIO(opener.LENGTHS.pack(2, 5) + b"{}abc"), 100) is None
    for bad in (
        opener.LENGTHS.pack(2**31, 0),
        opener.LENGTHS.pack(2, 0) + b"[]",
        opener.LENGTHS.pack(2, 0) + b"{{",
    ):
        with pytest.raises(ValueError, match=r".*"):
            opener.read_frame(BytesIO(bad), 100)


# --- whose turn it is -------------------------------------------------------------------------------


def test_one_sellers_files_hold_up_nobody_else() -> None:
    children = Children(seconds_a_page=600, seconds_a_file=600)
    try:
        slow = [children.pages(Orders, text(f"burn 600\n{n}"), party="a") for n in range(12)]
        for party in ("b", "c"):
            assert len(read(children, "well", party)) == 1
        assert not any(one.done() for one in slow)
        assert len(children.processes()) <= 4
    finally:
        children.close()
    for one in slow:
        assert one.cancelled() or isinstance(one.exception(_PATIENCE), Unavailable)


def test_a_seller_has_two_at_work_at_most() -> None:
    children = Children(seconds_a_page=600, seconds_a_file=600)
    try:
        slow = [children.pages(Orders, text(f"burn 600\n{n}"), party="a") for n in range(6)]
        assert sum(one.running() for one in slow) == 2  # given out as they are asked for
        well = children.pages(Orders, text("well"), party="b")
        assert well.running() or well.done()
        assert len(well.result(_PATIENCE)) == 1
        assert sum(one.running() for one in slow) == 2
    finally:
        children.close()


# --- their life -------------------------------------------------------------------------------------


def test_the_same_child_serves_again_and_ends_when_it_is_not_needed() -> None:
    children = Children(idle=0.3)
    try:
        first, second = (read(children, "pid")[0].codes for _ in range(2))
        assert first == second
        wait_for(lambda: children.processes() == [])
        wait_for(lambda: not alive(int(next(iter(first)))))
        assert read(children, "pid")[0].codes != first
    finally:
        children.close()


def test_closing_ends_all_of_them() -> None:
    children = Children(seconds_a_page=600, seconds_a_file=600)
    read(children, "well", "b")
    slow = children.pages(Orders, text("burn 600"), party="a")
    wait_for(lambda: slow.running() and len(children.processes()) >= 1)
    pids = children.processes()
    children.close()
    assert not any(alive(pid) for pid in pids)
    assert isinstance(slow.exception(_PATIENCE), Unavailable)
    with pytest.raises(RuntimeError):
        children.pages(Orders, text("x"), party="a")


_HUB = """
import sys, time
from hub.calls.children import Children
from hub.plugin_api.models import Document
from tests.children.renderers import Orders

children = Children(seconds_a_page=600, seconds_a_file=600)
def ask(what):
    return children.pages(Orders, Document(content=what, media_type="text/plain"), party="a")
ask(b"pid").result()
busy = ask(b"burn 600") if sys.argv[1] == "busy" else None
while busy is not None and not busy.running():
    time.sleep(0.01)
time.sleep(0.2)
print(*children.processes(), flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a hub is not killed like that there")
@pytest.mark.parametrize("how", ["busy", "idle"])
def test_a_hub_that_is_killed_leaves_none_behind(how: str) -> None:
    command = [sys.executable, "-c", _HUB, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as hub:
        assert hub.stdout is not None
        pids = [int(pid) for pid in hub.stdout.readline().split()]
        assert pids
        assert all(alive(pid) for pid in pids)
        hub.kill()
    wait_for(lambda: not any(alive(pid) for pid in pids))

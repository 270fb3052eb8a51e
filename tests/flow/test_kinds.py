"""The kinds of operations that the journal knows: each has one class, and one that has none is an error."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from hub.flow import steps
from hub.flow.handover import declaring as handover
from hub.flow.journal import operations as journal
from hub.flow.journal.kinds import known_kinds
from hub.plugin_api.errors import ConfigError
from hub.store import rows

from .desk import Lookup, desk

FLOW = Path(steps.__file__).parent
_INTENDED = re.compile(r"kind=\"([a-z_]+)\",\s*subject_type=")


def test_each_kind_that_is_planned_has_a_class() -> None:
    assert handover.declare  # the rooms of the day are loaded by what works in them
    texts = [path.read_text(encoding="utf-8") for path in FLOW.rglob("*.py")]
    planned = {name for text in texts for name in _INTENDED.findall(text)}
    assert planned >= {"book", "cancel_booking", "assemble", "cancel_posting", "set_tracking"}
    assert planned <= known_kinds()
    assert {"open_handover", "close_handover", "open_batches", "close_batch"} <= known_kinds()


async def test_one_of_another_version_is_an_error_and_never_another_kind(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        operation = rows.operations.all(at.app.store.reader, "")[0]
        strange = msgspec.structs.replace(operation, kind="teleport")
        with pytest.raises(ConfigError, match="'teleport', of another version"):
            journal.kind_of(at.app, strange)


def test_a_name_has_one_class() -> None:
    with pytest.raises(TypeError, match="have a class already"):

        class _Second(journal.Kind, kinds=("book",)):
            pass

"""Texts that are fit for paper, whichever plugin draws them: a name from outside turns no writing round and
puts no controls into a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.plugin_api.labels import HandoverSheet, LabelContent, LabelRenderer, Paper, SlipContent
from hub.plugin_api.models import Document
from hub.words.plain import printable


def on_paper(kind: type[LabelRenderer]) -> LabelRenderer:
    """The plugin's renderer, given only what is fit."""
    base: Any = kind

    class Plain(base):  # type: ignore[misc]
        def labels(self, labels: Sequence[LabelContent], paper: Paper) -> Document:
            return super().labels(printable(tuple(labels)), paper)  # type: ignore[no-any-return]

        def packing_slips(self, slips: Sequence[SlipContent], paper: Paper) -> Document:
            return super().packing_slips(printable(tuple(slips)), paper)  # type: ignore[no-any-return]

        def handover(self, sheets: Sequence[HandoverSheet]) -> Document:
            return super().handover(printable(tuple(sheets)))  # type: ignore[no-any-return]

    made: LabelRenderer = Plain()
    return made

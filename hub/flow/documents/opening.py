"""Vendors' files are opened here and nowhere else: in a child (hub.calls.children), and once where one did
harm."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from hub.calls.children.results import FileTooMuch
from hub.plugin_api.errors import BadReply, Unsupported
from hub.plugin_api.labels import LabelPage, LabelRenderer, PageRef, Paper
from hub.plugin_api.models import Document
from hub.store import Transaction, documents, rows

if TYPE_CHECKING:
    from hub.flow.app import App

Files = Mapping[str, Document]
"""By id."""
_MEASURED = 25  # pages in one call
_REMEMBERED = timedelta(days=7)  # then it may be tried once more


def file_id(content: bytes) -> str:
    """The id of a stored file."""
    return hashlib.sha256(content).hexdigest()


async def pages(app: App, document: Document, seller: str) -> list[LabelPage]:
    """What the pages show. Raises BadReply, and FileTooMuch for a file that cannot be opened within the
    limits: its hash is remembered, and it is not tried again."""
    kind = _kind(app)
    name = file_id(document.content)
    _refuse_known(app, [name])
    try:
        return await asyncio.wrap_future(app.children.pages(kind, document, party=seller))
    except FileTooMuch as error:
        await _remember(app, name, error)
        raise


async def compose(
    app: App, files: Files, chosen: Sequence[tuple[str, int]], paper: Paper, seller: str, *, start: int = 1
) -> tuple[Document | None, dict[str, str]]:
    """One file of the chosen pages, (file, page) each, on one paper, from its place ``start`` on; and why
    some files cannot be in it.

    A file that cannot be opened costs itself only. The document is None where no page is left.
    """
    kind = _kind(app)
    refused = dict(_known(app, files))
    left = [(name, page) for name, page in chosen if name not in refused]
    if not left:
        return None, refused
    try:
        return await _composed(app, kind, files, left, paper, seller, start), refused
    except BadReply as error:
        names = list(dict.fromkeys(name for name, _ in left))
        if len(names) == 1:
            if isinstance(error, FileTooMuch):
                await _remember(app, names[0], error)
            return None, {**refused, names[0]: error.said}
    for name in names:  # which one is it?
        try:
            of_it = [one for one in left if one[0] == name]
            await _composed(app, kind, files, of_it, paper, seller)
        except BadReply as error:
            if isinstance(error, FileTooMuch):
                await _remember(app, name, error)
            refused[name] = error.said
    left = [(name, page) for name, page in left if name not in refused]
    if not left:
        return None, refused
    return await _composed(app, kind, files, left, paper, seller, start), refused


async def module_dots(
    app: App, files: Files, chosen: Sequence[tuple[str, int]], paper: Paper, dpi: int, seller: str
) -> dict[tuple[str, int], float | None]:
    """`LabelRenderer.module_dots` of each page. Nothing is known of one that cannot be opened: whoever
    composes it is told why."""
    kind, refused = _kind(app), {name for name, _ in _known(app, files)}
    found: dict[tuple[str, int], float | None] = dict.fromkeys(chosen)
    left = [one for one in found if one[0] not in refused]
    for part in (left[at : at + _MEASURED] for at in range(0, len(left), _MEASURED)):
        try:
            found |= await _measured(app, kind, files, part, paper, dpi, seller)
        except BadReply:
            for one in part:  # which one is it?
                with contextlib.suppress(BadReply):
                    found |= await _measured(app, kind, files, [one], paper, dpi, seller)
    return found


async def _measured(
    app: App,
    kind: type[LabelRenderer],
    files: Files,
    part: Sequence[tuple[str, int]],
    paper: Paper,
    dpi: int,
    seller: str,
) -> dict[tuple[str, int], float | None]:
    refs = [_ref(files, one) for one in part]
    dots = await asyncio.wrap_future(app.children.module_dots(kind, refs, paper, dpi, party=seller))
    if len(dots) != len(part):
        raise BadReply("the label file cannot be read", code="bad_reply.label_file_cannot_read")
    return dict(zip(part, dots, strict=True))


async def picture(app: App, page: PageRef, seller: str) -> bytes:
    """A PNG of one page. Raises as `pages` does."""
    kind = _kind(app)
    name = file_id(page.content)
    _refuse_known(app, [name])
    try:
        return await asyncio.wrap_future(app.children.picture(kind, page, party=seller))
    except FileTooMuch as error:
        await _remember(app, name, error)
        raise


async def _composed(
    app: App,
    kind: type[LabelRenderer],
    files: Files,
    chosen: Sequence[tuple[str, int]],
    paper: Paper,
    seller: str,
    start: int = 1,
) -> Document:
    refs = [_ref(files, one) for one in chosen]
    return await asyncio.wrap_future(app.children.compose(kind, refs, paper, start=start, party=seller))


def _ref(files: Files, chosen: tuple[str, int]) -> PageRef:
    name, page = chosen
    return PageRef(files[name].content, files[name].media_type, page)


def _kind(app: App) -> type[LabelRenderer]:
    for kind in app.registry.renderers.values():
        return kind
    raise Unsupported(
        "no plugin draws labels: add 'labels' to [plugins] allow in plugins.toml",
        code="unsupported.no_plugin_draws_labels_add",
    )


def _known(app: App, names: Iterable[str]) -> list[tuple[str, str]]:
    """Those of the files that are remembered, with the reason."""
    now = app.clock.now()
    found = []
    for name in names:
        row = rows.refused_files.get(app.store.reader, name)
        if row is not None and abs(now - row.created_at) < _REMEMBERED:
            found.append((name, row.reason))
    return found


def _refuse_known(app: App, names: Iterable[str]) -> None:
    for _, reason in _known(app, names):
        raise FileTooMuch(reason)


async def _remember(app: App, name: str, error: FileTooMuch) -> None:
    row = rows.RefusedFileRow(name, error.said, app.clock.now())

    def write(tx: Transaction) -> None:
        rows.refused_files.put(tx, row)
        # What is too old to count is nobody's.
        documents.forget_refused_files(tx, before=row.created_at - _REMEMBERED)

    await app.store.write(write)


__all__ = ["Files", "compose", "file_id", "module_dots", "pages", "picture"]

"""The hand-over of the parcels that are there: all, a list, what is scanned; and its sheet once more."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import click

from hub.cli.commands.papers import OUT
from hub.cli.files import check_folder, write_whole
from hub.cli.plainly import echo
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import Code, console, emit, emit_json, next_step, say, table
from hub.cli.texts import text
from hub.words import render, said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.results import HandoverEntry, HandoverResult, HandoverView

_BYTES_MAX = 1 << 20
_CODES_MAX = 10_000
_LINE_MAX = 4096
_BETWEEN = re.compile(r"[\s,;\x00]+")
_END = frozenset({"end", "конец", "结束"})
_UNTOLD = ("planned", "open")


@click.command(cls=HubCommand)
@click.argument("seller")
@click.argument("parcels", nargs=-1)
@click.option("--only", type=click.File("rb"), help="Only the parcels in this file, - for stdin.")
@click.option("--scan", is_flag=True, help="Only what is scanned here, until 'end' or an empty line.")
@click.option("--warehouse", help="Only what leaves from this warehouse.")
@click.option("--again", metavar="ID", help="The sheet of this hand-over once more; nothing is handed over.")
@click.option("--out", type=OUT, help="The hand-over sheet to write, as PDF.")
@click.option("--timeout", default=30.0, show_default=True, help="How many seconds to wait for who is told.")
@pass_session
def handover(
    session: Session,
    seller: str,
    parcels: tuple[str, ...],
    only: IO[bytes] | None,
    scan: bool,
    warehouse: str | None,
    again: str | None,
    out: Path | None,
    timeout: float,
) -> None:
    """Hand over the parcels of SELLER that are there: all, or only PARCELS, each by its posting's number, its
    tracking number or what its label shows. The others stay for the next hand-over.

    The marketplace is read first: what was cancelled meanwhile stays here. Who wants to know of it is told,
    and the sheet is written. Run again it is the same hand-over, not a second one. The exit code is 1 when
    something was refused, or somebody could not be told yet: that is tried again.
    """
    if again is not None and (parcels or only or scan or out is None):
        raise click.UsageError(
            said("--again takes --out FILE, and no parcels", code="usage.again_takes_out_no_parcels")
        )
    if out is not None:
        check_folder(out)
    codes = list(parcels) + ([] if only is None else _read(only.read(_BYTES_MAX + 1)))
    _not_too_many(codes)
    some = bool(parcels or only is not None or scan)
    away: dict[str, HandoverEntry] = {}

    async def work(app: App) -> _Done | None:
        from hub.flow import orders
        from hub.flow.handover import sheets
        from hub.flow.sellers import sellers, warehouses

        session.speak_to(sellers.seller(app, seller))
        if warehouse is not None:
            warehouses.named(app, seller, warehouse)
        if again is not None:
            write_whole(_given(out), (await sheets.sheet(app, again, seller)).content)
            return None
        if scan:
            codes.extend(await _scanned(session, app, seller, warehouse, away))
        result = await orders.handover(
            app, seller, actor(), warehouse=warehouse, only=codes if some else None
        )
        return await _waited(app, seller, result, timeout, sheet=out is not None)

    done = session.run(work)
    if done is None:
        echo(f"{out}")
        return
    if out is not None and done.sheet is not None:
        write_whole(out, done.sheet)
    written = str(out) if out is not None and done.sheet is not None else None
    if session.as_json:
        emit_json(
            {
                "out": written,
                "document": done.result.document_id,
                "handovers": done.views,
                "unprinted": done.result.unprinted,
                "results": [*away.values(), *done.result.results],
                "rest": done.result.rest,
                "said_gone": done.result.said_gone,
                "unread": done.result.unread,
            }
        )
    else:
        _tell(session, seller, done, written)
    if done.refused or done.untold or away:
        click.get_current_context().exit(1)


class _Done(NamedTuple):
    """What became of an order. ``views``: its hand-overs as they stand after the wait."""

    result: HandoverResult
    views: Sequence[HandoverView]
    sheet: bytes | None

    @property
    def refused(self) -> bool:
        return any(view.state == "refused" for view in self.views) or any(
            one.state == "refused" for one in self.result.results
        )

    @property
    def untold(self) -> list[HandoverView]:
        return [view for view in self.views if view.state in _UNTOLD]


async def _waited(app: App, seller: str, result: HandoverResult, timeout: float, *, sheet: bool) -> _Done:
    """Who is told was asked once; what has no answer yet is waited for, while that may help."""
    from hub.flow import reading
    from hub.flow.handover import sheets
    from hub.jobs.driving import drive

    ids = [view.id for view in result.handovers]

    def views() -> list[HandoverView]:
        return [reading.handover(app, one, seller) for one in ids]

    def told() -> bool:
        return all(view.state not in _UNTOLD or view.reason for view in views())

    if not told():
        await drive(app, told, timeout)
    now = views()
    if not sheet or not now:
        return _Done(result, now, None)
    if now == list(result.handovers) and result.document_id is not None:
        return _Done(result, now, reading.document_content(app, result.document_id).content)
    signed = [view for view in now if view.state != "refused"]
    drawn = await sheets.sheets(app, [view.id for view in signed], seller) if signed else None
    return _Done(result, now, None if drawn is None else drawn.content)


def _tell(session: Session, seller: str, done: _Done, written: str | None) -> None:
    """Tables and sentences: what was handed over, what was not, and what is to be done next."""
    result = done.result
    refused = [one for one in result.results if one.state == "refused"]
    if refused:
        rows = [(one.asked, one.number, Code(one.code), one.reason) for one in refused]
        console().print(table(session, ("code", "posting", "state", "reason"), rows))
    if not done.views:
        say(session, "Nothing was handed over." if refused else "Nothing was ready to hand over.")
    else:
        _show(session, done.views)
    if written is not None:
        echo(written)
    if result.unprinted:
        say(
            session,
            "{count} of {all} labels were never printed: {numbers}",
            count=len(result.unprinted),
            all=sum(len(view.postings) for view in done.views),
            numbers=", ".join(result.unprinted),
        )
    for account in result.unread:
        say(
            session,
            "{name} could not be read: {error}. What was cancelled there lately is not known, and may be "
            "among these",
            name=account.name,
            error=account.error,
        )
    if result.said_gone:
        say(
            session,
            "The marketplace calls these on their way already. Check that they are here: {numbers}",
            numbers=", ".join(result.said_gone),
        )
    if result.rest:
        say(session, "{count} more lie ready here, and stay for the next hand-over.", count=result.rest)
    for view in done.untold:
        say(
            session,
            "{title} does not know of {id} yet. It is tried again by itself while 'hub serve' runs; then "
            "print the sheet with its number: hub handover {seller} --again {id} --out FILE",
            title=view.title,
            id=view.id,
            seller=seller,
        )
    if done.views and not done.untold and not done.refused:
        next_step(session, f"hub track --seller {seller}")
    if not done.views and not refused:
        say(session, "Earlier ones, and their sheets once more: hub handovers {seller}", seller=seller)


def _show(session: Session, views: Sequence[HandoverView]) -> None:
    headings = ("id", "time", "warehouse", "carrier", "parcels", "state", "document no.", "reason")
    console().print(table(session, headings, [_row(view) for view in views]))


def _row(view: HandoverView) -> tuple[Any, ...]:
    number = view.external_id or view.code
    state = Code(view.state)
    return (
        view.id, view.created_at, view.warehouse, view.title, len(view.postings), state, number, view.reason,
    )  # fmt: skip


@click.command(cls=HubCommand)
@click.argument("seller")
@click.option("--warehouse", help="Only those of this warehouse.")
@pass_session
def handovers(session: Session, seller: str, warehouse: str | None) -> None:
    """The hand-overs of SELLER, the newest first. 'hub handover SELLER --again ID --out FILE' writes the
    sheet of one once more."""

    async def work(app: App) -> list[HandoverView]:
        from hub.flow import reading
        from hub.flow.sellers import sellers, warehouses

        session.speak_to(sellers.seller(app, seller))
        if warehouse is not None:
            warehouses.named(app, seller, warehouse)
        return reading.handovers(app, seller, warehouse)

    found = session.run(work)
    if session.as_json or not found:
        emit(session, found, (), [])
    else:
        _show(session, found)


def _given(out: Path | None) -> Path:
    assert out is not None, "--again was refused without it"
    return out


def _read(data: bytes) -> list[str]:
    """The codes of a file: one a line, or with commas, semicolons or blanks between them."""
    if len(data) > _BYTES_MAX:
        raise _too_long()
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    content = data.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    return [code for one in _BETWEEN.split(content) if (code := one.strip("\"'"))]


def _not_too_many(codes: Sequence[str]) -> None:
    if len(codes) > _CODES_MAX:
        raise _too_long()


def _too_long() -> click.UsageError:
    values = {"most": _CODES_MAX}
    return click.UsageError(
        said("this list is too long: {most} parcels at most", code="usage.list_too_long", values=values)
    )


async def _scanned(
    session: Session, app: App, seller: str, warehouse: str | None, away: dict[str, HandoverEntry]
) -> list[str]:
    """Codes from a scanner that types, each found at once; what is refused is in ``away``, by its code, but
    for what is taken after all. Raises Abort (Ctrl-C): nothing is handed over."""
    import asyncio

    from hub.flow.handover import pile

    say(session, "Scan the parcels. 'end' or an empty line hands them over, Ctrl-C hands nothing over.")
    taken: dict[str, str] = {}
    while True:
        line = await asyncio.to_thread(sys.stdin.readline, _LINE_MAX)
        code = line.strip()
        if not code or code.casefold() in _END:
            return list(taken.values())
        entry = pile.look(app, seller, code, warehouse)
        if entry.posting_id in taken:
            echo(f"  = {entry.number}: {text('scanned already', session.language)}", err=True)
        elif entry.state == "taken":
            taken[entry.posting_id] = code
            away.pop(code, None)
            echo(f"  + {len(taken)}  {entry.number}", err=True)
        else:
            if entry.state == "refused":
                away[code] = entry
            echo(f"  ! {entry.number or entry.asked}: {render(entry.reason, session.language)}", err=True)
        if len(taken) >= _CODES_MAX:
            return list(taken.values())

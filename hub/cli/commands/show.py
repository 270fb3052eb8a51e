"""Everything about one posting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli.session import HubCommand, Session, pass_session
from hub.cli.show import Code, StageCode, Until, console, emit_json, money, table
from hub.cli.texts import text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hub.flow.app import App
    from hub.flow.history.views import PostingDetails


@click.command(cls=HubCommand)
@click.argument("posting")
@pass_session
def show(session: Session, posting: str) -> None:
    """Everything known about POSTING, with its history."""
    from hub.cli.postings import find
    from hub.flow import reading
    from hub.flow.runtime.warehouse import warehouse_of
    from hub.flow.sellers import sellers

    async def work(app: App) -> PostingDetails:
        view = find(app, [posting])[0]
        there = warehouse_of(app.store.reader, app.seller(view.seller), view.warehouse)
        session.speak_to(sellers.seller(app, view.seller), there.time_zone)
        return reading.posting_details(app, view.id)

    details = session.run(work)
    if session.as_json:
        emit_json(details)
        return
    out = console()
    for part in _parts(session, details):
        out.print(part)


def _leaves_from(session: Session, d: PostingDetails) -> str:
    """The warehouse, and the marketplace's word for it."""
    there = d.marketplace_warehouse
    if there is None:
        return d.posting.warehouse
    name = " ".join(part for part in (there.title, there.id) if part)
    if there.known or not there.id:
        return f"{d.posting.warehouse} ({name})"
    return text(
        "{warehouse} (at the marketplace: {name}, which is none of the seller's warehouses yet)",
        session.language,
        warehouse=d.posting.warehouse,
        name=name,
    )


def _parts(session: Session, d: PostingDetails) -> list[RenderableType]:
    from hub.cli.commands.quotes import QUOTE_HEADINGS, quote_rows
    from hub.words.deadlines import Moment
    from hub.words.texts import choice_text, history_text, problem_text

    p = d.posting
    moment = None if session.now is None else Moment(session.now, session.zone)
    by_whom = p.carrier or text("fixed by the marketplace: {provider}", session.language, provider=p.provider)
    facts: list[tuple[str, object]] = [
        ("posting", p.number),
        ("id", p.id),
        ("seller", p.seller),
        ("scheme", f"{p.scheme} ({p.flow})"),
        ("status", f"{p.status} {p.substatus}".strip() + ("" if p.status_known else " (?)")),
        ("stage", StageCode(p.stage)),
        ("warehouse", _leaves_from(session, d)),
        ("ship by", Until.of(p.ship_by, p.stage)),
        ("carrier", by_whom if p.books == "marketplace" or p.carrier else ""),
        ("service", p.service),
        ("price", money(p.price)),
        ("reference", p.reference),
        ("tracking number", p.tracking_number),
    ]
    if d.recipient is not None:
        r = d.recipient
        place = ", ".join(part for part in (r.city, r.country) if part)
        facts.append(("recipient", f"{r.name} {r.phone} {place}".strip()))
        facts += [(n, v) for n, v in (("passport", r.passport), ("tax number", r.tax_number)) if v]
    words = [(text(name, session.language), value) for name, value in facts]
    parts: list[RenderableType] = [table(session, ("what", "state"), words)]

    def add(title: str, headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
        if rows:
            parts.append(table(session, headings, rows, title=title))

    add(
        "items",
        ("sku", "name", "quantity", "weight", "place"),
        [
            (i.sku, i.name, i.quantity, f"{i.weight_g} g" if i.weight_g is not None else "", i.place)
            for i in d.items
        ],
    )
    add(
        "problems",
        ("id", "problem", "state", "deadline", "answers"),
        [
            (
                v.id,
                problem_text(v.kind, v.data, session.language, moment),
                Code(v.state),
                Until(v.deadline) if v.state == "open" else v.deadline,
                [a.code for a in v.answers],
            )
            for v in d.problems
        ],
    )
    add("quotes", QUOTE_HEADINGS, quote_rows(session, d.quotes))
    if d.choice is not None:
        c = d.choice
        chosen = (
            c.carrier,
            c.service_name,
            money(c.price),
            money(c.cap),
            Code(c.chosen_by),
            c.chosen_at,
            c.valid_until,
        )
        add(
            "choice",
            ("carrier", "service", "price", "cap", "chosen by", "chosen at", "valid until"),
            [chosen],
        )
    if d.shipment is not None:
        s = d.shipment
        row = (
            s.id,
            s.carrier,
            s.service_name,
            Code(s.state),
            money(s.charged or s.committed or s.quoted),
            s.carrier_id,
            s.tracking_number,
            choice_text(s.why, session.language),
        )
        headings = (
            "id",
            "carrier",
            "service",
            "state",
            "price",
            "carrier's number",
            "tracking number",
            "reason",
        )
        add("shipment", headings, [row])
    add(
        "operations",
        ("time", "kind", "state", "reference", "reason"),
        [(o.updated_at, Code(o.kind), Code(o.state), o.reference, o.reason) for o in d.operations],
    )
    add(
        "documents",
        ("id", "kind", "state", "reason"),
        [(v.id, Code(v.kind), Code(v.state), v.reason) for v in d.documents],
    )
    add(
        "tracking",
        ("time", "what", "place"),
        [(t.time, t.text or t.code if t.known else f"{t.code} (?)", t.place) for t in d.tracking],
    )
    add(
        "history",
        ("time", "who", "what"),
        [(h.time, h.actor, history_text(h.kind, h.data, session.language)) for h in d.history],
    )
    return parts

"""``index.html``: the day as a page to enjoy. It is one file and asks nobody for anything."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from hub_demo.checking import Difference
from hub_demo.day import Result
from hub_demo.door import Details, Item, Moment, Quote
from hub_demo.goods import Good
from hub_demo.report import Report
from hub_demo.scenario import START, ZONE, Order, Scenario
from hub_demo.style import STYLE

_ZONE = ZoneInfo(ZONE)
_CARRIERS = {"cdek": "CDEK", "sample": "Sample courier", "russian_post": "Russian Post"}
_KINDS = {
    "fbs": "Ozon delivers (FBS)",
    "own": "The seller's own carrier (rFBS)",
    "tracked": "Own carrier, followed by Ozon",
    "cross_border": "Cross-border, Ozon's label",
    "aggregator": "Aggregator",
}
_HAPPENINGS = {
    "carrier_refuses": "the carrier refused",
    "late_label": "the label came late",
    "buyer_cancels": "the buyer cancelled",
}
_MILESTONES = frozenset(
    {"posting.imported", "shipment.booked", "shipment.refused", "shipment.cancelled", "label.ready",
     "handover.declared", "problem.found", "problem.answered", "tracking.event", "posting.stage",
     "carrier.chosen", "tracking.reported", "status.reported", "label.printed", "posting.assembled"}
)  # fmt: skip


def page(scenario: Scenario, result: Result, made: Report, found: Sequence[Difference]) -> str:
    """The whole page as HTML."""
    details = {one.posting.number: one for one in result.postings}
    first, last = _span(result)
    cards = []
    for kind, title in _KINDS.items():
        orders = [order for order in scenario.orders if order.kind == kind and order.number in details]
        if not orders:
            continue
        cards.append(f'<h2 id="{kind}">{_text(title)} <small>{len(orders)}</small></h2>')
        cards += [
            _card(order, details[order.number], result.pictures.get(order.number), first, last)
            for order in orders
        ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>A day at Panda Lane</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + _head(made, found, first, last)
        + _overview(scenario, details)
        + "\n".join(cards)
        + "\n<footer>Made by <code>hub demo"
        + f" --seed {scenario.seed}</code>. Vendors, buyers and prices are made up; times are Moscow's."
        + " The papers are beside this page: <a href='labels.pdf'>labels</a>,"
        + " <a href='packing-slips.pdf'>packing slips</a>,"
        + " <a href='handover.pdf'>hand-over sheets</a>.</footer>"
        + "\n</main>\n</body>\n</html>\n"
    )


def _span(result: Result) -> tuple[datetime, datetime]:
    times = [moment.time for one in result.postings for moment in one.history]
    return min(times, default=START), max(times, default=START)


def _head(made: Report, found: Sequence[Difference], first: datetime, last: datetime) -> str:
    totals = made.totals
    days = (last - first).total_seconds() / 86400
    committed = " + ".join(f"{amount:,.2f} {money}" for money, amount in totals.committed.items()) or "0"
    figures = (
        (str(totals.postings), "postings"),
        (str(totals.delivered), "delivered"),
        (str(totals.cancelled), "cancelled"),
        (str(totals.problems), "needed a person"),
        (committed.replace(",", "\u202f"), "to carriers"),
        (f"{days:.1f} days", f"in {made.seconds:.0f} seconds"),
    )
    if found:
        verdict = '<div class="verdict bad"><strong>Not as it was written.</strong><ul>' + "".join(
            f"<li>{_text(str(difference))}</li>" for difference in found
        )
        verdict += "</ul></div>"
    else:
        verdict = (
            '<p class="verdict good">Everything happened as the scenario says, '
            "by the vendors' own books.</p>"
        )
    boxes = "".join(f"<div><b>{_text(value)}</b><span>{_text(name)}</span></div>" for value, name in figures)
    return (
        f'<header><p class="over">Panda Lane · 熊猫小巷 · {first.astimezone(_ZONE):%A, %d %B %Y}</p>'
        "<h1>A day, from order to doorstep</h1>"
        f'<div class="figures">{boxes}</div>{verdict}</header>\n'
    )


def _overview(scenario: Scenario, details: dict[str, Details]) -> str:
    rows = []
    for order in scenario.orders:
        if (one := details.get(order.number)) is None:
            continue
        posting = one.posting
        price = str(posting.price) if posting.price is not None and posting.books == "seller" else "—"
        rows.append(
            f'<tr><td><a href="#p{order.number}">{order.number}</a></td><td>{_text(_taker(one))}</td>'
            f'<td class="num">{_text(price)}</td><td>{_stage(posting.stage)}</td>'
            f"<td>{_text(order.story)}</td></tr>"
        )
    return (
        '<table class="overview"><thead><tr><th>Posting</th><th>Carrier</th><th class="num">Price</th>'
        f"<th>Stage</th><th>Story</th></tr></thead><tbody>{''.join(rows)}</tbody></table>\n"
    )


def _card(order: Order, one: Details, png: bytes | None, first: datetime, last: datetime) -> str:
    posting = one.posting
    tag = f'<span class="tag">{_text(_HAPPENINGS[order.happening])}</span>' if order.happening else ""
    picture = (
        f'<img alt="Label of {order.number}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
        if png
        else '<p class="nolabel">No label: it must not be printed.</p>'
    )
    where = f"{order.town.city}, {order.town.region}" if order.town else "to Ozon"
    facts = [("Carrier", _taker(one)), ("To", where)]
    if posting.books == "seller":
        facts += [("Service", posting.service), ("Reference", posting.reference)]
        facts += [("Price", str(posting.price) if posting.price else "")]
    facts += [("Tracking", posting.tracking_number), ("At Ozon", posting.status)]
    goods = {line.name: line.good for line in order.lines}
    items = "".join(_item(item, goods) for item in one.items)
    shown = "".join(f"<dt>{_text(k)}</dt><dd>{_text(v)}</dd>" for k, v in facts if v)
    return (
        f'<article id="p{order.number}"><div class="body">'
        f"<h3>{order.number} {_stage(posting.stage)}{tag}</h3>"
        f'<p class="story">{_text(order.story[0].upper() + order.story[1:])}.</p>'
        f"{_strip(one.history, first, last)}"
        f'<ul class="items">{items}</ul><dl>{shown}</dl>'
        f"{_why(one)}{_problems(one)}{_timeline(one.history)}</div>"
        f"<figure>{picture}</figure></article>"
    )


def _strip(history: Iterable[Moment], first: datetime, last: datetime) -> str:
    """The posting's days as a line with a dot for each moment."""
    whole = max((last - first).total_seconds(), 1.0)
    dots = "".join(
        f'<i class="{_colour(moment.kind)}" style="left:{(moment.time - first).total_seconds() / whole:.2%}"'
        f' title="{_text(f"{_clock(moment.time)} {moment.text}")}"></i>'
        for moment in history
    )
    return f'<div class="strip">{dots}</div>'


def _timeline(history: Sequence[Moment]) -> str:
    rows = []
    day = ""
    for moment in history:
        if moment.kind not in _MILESTONES:
            continue
        at = moment.time.astimezone(_ZONE)
        new = f"{at:%a %d %b}"
        label = new if new != day else ""
        day = new
        rows.append(
            f"<li class='{_colour(moment.kind)}'><time datetime='{at.isoformat()}'><b>{label}</b>"
            f" {at:%H:%M}</time><span>{_text(moment.text)}</span></li>"
        )
    return f"<details><summary>Timeline, {len(rows)} moments</summary><ol>{''.join(rows)}</ol></details>"


def _colour(kind: str) -> str:
    if kind.startswith(("problem.", "shipment.refused", "shipment.cancel", "label.refused")):
        return "hot"
    if kind.startswith("tracking.event"):
        return "way"
    return "hub" if kind.startswith(("shipment.", "label.", "handover.")) else "mild"


def _item(item: Item, goods: Mapping[str, Good]) -> str:
    good = goods.get(item.name)
    names = (good.ru, good.zh, good.en) if good else ()
    others = " · ".join(_text(name) for name in names if name != item.name)
    place = f' <span class="place" title="shelf">{_text(good.place)}</span>' if good else ""
    return f"<li><b>{item.quantity} ×</b> {_text(item.name)}{place}<small>{others}</small></li>"


def _why(one: Details) -> str:
    """The offers side by side, and the one that was booked."""
    posting = one.posting
    if posting.books != "seller":
        by = posting.provider or "the marketplace"
        return f'<p class="why">Why this carrier: the marketplace decides; {_text(by)} delivers.</p>'
    reason = next((m.text for m in reversed(one.history) if m.kind == "carrier.chosen"), "")
    rows = "".join(_offer(quote) for quote in one.quotes)
    table = f'<table class="offers"><tbody>{rows}</tbody></table>' if rows else ""
    return f'<div class="why"><p>Why this carrier: {_text(reason or _reason(one))}</p>{table}</div>'


def _reason(one: Details) -> str:
    why = {} if one.shipment is None else one.shipment.why
    words = {
        "cheapest_in_time": "the cheapest offer that arrives in time",
        "cheapest": "the cheapest offer; none arrives in time",
        "fastest": "the fastest offer",
        "only": "the only offer",
        "ordered": "a person ordered it",
        "plugin": "chosen by a plugin",
    }
    offers = why.get("offers")
    told = words.get(str(why.get("reason", "")), str(why.get("reason", "")) or "not chosen")
    return f"{told}, of {offers}" if isinstance(offers, int) and offers > 1 else told


def _offer(quote: Quote) -> str:
    name = _text(_CARRIERS.get(quote.carrier, quote.carrier))
    if quote.missing or quote.price is None:
        return f'<tr class="missing"><td>{name}</td><td colspan="4">{_text(quote.missing)}</td></tr>'
    days = f"{quote.days_min}-{quote.days_max} days" if quote.days_max is not None else ""
    late = "too late" if quote.in_time is False else ""
    mark = ' class="chosen"' if quote.chosen else ""
    return (
        f"<tr{mark}><td>{name}</td><td>{_text(quote.service_name)}</td>"
        f'<td class="num">{_text(str(quote.price))}</td><td>{days}</td><td>{late}</td></tr>'
    )


def _problems(one: Details) -> str:
    return "".join(
        f'<p class="problem">{_text(problem.text)}'
        + (f" — <b>{_text(problem.answer.replace('_', ' '))}</b>" if problem.answer else "")
        + "</p>"
        for problem in one.problems
    )


def _taker(one: Details) -> str:
    posting = one.posting
    return _CARRIERS.get(posting.carrier, posting.carrier) or posting.provider or "Ozon"


def _stage(stage: str) -> str:
    return f'<span class="stage {_text(stage)}">{_text(stage.replace("_", " "))}</span>'


def _clock(time: datetime) -> str:
    return f"{time.astimezone(_ZONE):%a %H:%M}"


def _text(text: str) -> str:
    return escape(text, quote=True)

"""What buyers say of carriers, as a spreadsheet saves it: claims, returns and ratings, a line each.

What can be read is read: a bad line is told with its number and the others go on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

import msgspec

from hub.flow.history.results import LineProblem, TableRead
from hub.plugin_api.columns import Column
from hub.plugin_api.tables import CsvTable, Reader, open_table, read_day, text_up_to
from hub.words import LANGUAGES, BadValue, Sentence, Words, in_a_row, render, said, said_of

COLUMNS = (
    Column("kind", "Kind", "Вид", "类型", ("type", "тип", "种类")),
    Column("date", "Date", "Дата", "日期"),
    Column("source", "Source", "Источник", "来源", ("площадка", "平台")),
    Column(
        "posting",
        "Posting",
        "Отправление",
        "货件",
        ("posting number", "номер отправления", "货件编号", "发货单号"),
    ),
    Column("carrier", "Carrier", "Перевозчик", "承运商", ("служба доставки", "物流商")),
    Column("reason", "Reason", "Причина", "原因"),
    Column("rating", "Rating", "Оценка", "评分", ("рейтинг",)),
    Column("count", "Number", "Количество", "数量", ("число", "кол-во")),
)
KINDS = ("claim", "return", "rating")
REASONS = (
    "damaged",
    "not_received",
    "late",
    "incomplete",
    "wrong_item",
    "refused",
    "not_collected",
    "quality",
    "changed_mind",
    "other",
)


def word_of(code: str) -> Sentence:
    """What the code of a kind or a reason is called in tables, in whatever language."""
    return Sentence(Words(code, f"state.{code}"))


_NEEDED = {
    "kind": said(
        "it says what the line is: {kinds}",
        code="table.says_what_line",
        values={"kinds": in_a_row(map(word_of, KINDS), ", ")},
    ),
    "date": said("the past counts less and less", code="table.past_counts_less_less"),
    "source": said("it says who knows: ozon, for example", code="table.says_who_knows_ozon"),
}
_TEXT_MAX = 100
_COUNT_MAX = 1_000_000
_RATING = re.compile(r"[1-5](?:[.,][0-9]{1,2})?")
_COUNT = re.compile(r"[0-9]{1,7}")


class FeedbackLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a file: about one parcel (``posting``, its number), or about a carrier."""

    line: int
    kind: str
    date: date
    source: str
    posting: str = ""
    carrier: str = ""
    reason: str = ""
    """Of a claim or a return: one of `REASONS`."""
    rating: Decimal | None = None
    """1 to 5, with two decimals."""
    count: int = 1
    """For how many it stands, where it is about a carrier: "4.3 from 120 ratings"."""

    @property
    def mark(self) -> str:
        """What makes it one: a line with the same facts is the same claim, return or rating."""
        facts = (self.kind, self.date.isoformat(), self.source, self.posting, self.carrier, self.reason)
        if self.posting:
            facts = (*facts[:4], "", self.reason)
        return hashlib.sha256("\x1f".join(facts).encode()).hexdigest()[:32]


def read_table(data: bytes, *, today: date) -> TableRead[FeedbackLine]:
    """The lines of a file, and those that cannot be read. The columns are `COLUMNS`.

    Raises Rejected where the whole file cannot be used.
    """
    table = open_table(data, COLUMNS, _NEEDED)
    lines: list[FeedbackLine] = []
    problems: list[LineProblem] = []
    seen: dict[str, int] = {}
    for number, cells in table.lines:
        try:
            if isinstance(cells, str):
                raise BadValue(cells)
            line = _line(table, number, cells)
            if line.date > today:
                raise BadValue(
                    "{name}: {date} has not come yet",
                    code="table.date_not_come_yet",
                    values={"name": table.called("date"), "date": line.date},
                )
            if (same := seen.setdefault(line.mark, number)) != number:
                raise BadValue(_twice(line, same))
        except ValueError as error:
            problems.append(LineProblem(line=number, reason=said_of(error)))
        else:
            lines.append(line)
    return TableRead(lines, problems, table.sheet)


def _line(table: CsvTable, number: int, cells: Mapping[str, str]) -> FeedbackLine:
    """Raises ValueError in words."""
    values = table.read(cells, _READ)
    for name in _NEEDED:
        if name not in values:
            raise BadValue("{name}: it is missing", code="table.missing", values={"name": table.called(name)})
    line = FeedbackLine(line=number, **values)
    if not line.posting and not line.carrier:
        raise BadValue(
            "a line is about a posting or about a carrier, and this one names neither",
            code="table.line_about_posting_about",
        )
    if line.posting and line.count != 1:
        raise BadValue(
            "{name}: a line about one posting stands for 1, not {count}",
            code="table.count_line_about_posting",
            values={"name": table.called("count"), "count": line.count},
        )
    if line.kind == "rating":
        if line.rating is None:
            raise BadValue(
                "{name}: a line of ratings needs one",
                code="table.rating_line_ratings_needs",
                values={"name": table.called("rating")},
            )
        if line.reason:
            raise BadValue(
                "{name}: claims and returns have one, ratings have none",
                code="table.reason_claims_returns_ratings",
                values={"name": table.called("reason")},
            )
    else:
        if not line.reason:
            raise BadValue(
                "{name}: a {kind} needs one: {reasons}",
                code="table.reason_needs",
                values={
                    "name": table.called("reason"),
                    "kind": word_of(line.kind),
                    "reasons": in_a_row(map(word_of, REASONS), ", "),
                },
            )
        if line.rating is not None:
            raise BadValue(
                "{name}: a {kind} has none: write a line of ratings",
                code="table.rating_none_write_line",
                values={"name": table.called("rating"), "kind": word_of(line.kind)},
            )
    return line


def _twice(line: FeedbackLine, other: int) -> str:
    if line.posting:
        return said(
            "line {other} says the same of this posting",
            code="table.line_says_same_posting",
            values={"other": other},
        )
    return said(
        "line {other} is of the same day, source and carrier: write one line, with 'count'",
        code="table.line_same_day_source",
        values={"other": other},
    )


def _one_of(codes: tuple[str, ...]) -> Reader:
    """One of these, written as the hub writes it in any of its languages."""
    words = {render(word_of(code), language).casefold(): code for code in codes for language in LANGUAGES}
    words |= {code: code for code in codes}

    def read(cell: str) -> str:
        word = cell.casefold()
        code = words.get(word) or words.get(word.replace(" ", "_"))
        if code is not None:
            return code
        near = get_close_matches(word, words, n=1)
        if near:
            raise BadValue(
                "'{cell}' is unknown (did you mean '{near}'?)",
                code="table.unknown_mean",
                values={"cell": cell, "near": near[0]},
            )
        raise BadValue(
            "'{cell}' is unknown: {words}",
            code="table.unknown",
            values={"cell": cell, "words": in_a_row(map(word_of, codes), ", ")},
        )

    return read


def read_rating(cell: str) -> Decimal:
    """1 to 5, with two decimals at most. Raises ValueError in words."""
    if not _RATING.fullmatch(cell) or (value := Decimal(cell.replace(",", "."))) > 5:
        raise BadValue("'{cell}' is no rating from 1 to 5", code="table.no_rating_1_5", values={"cell": cell})
    return value


def _count(cell: str) -> int:
    if not _COUNT.fullmatch(cell) or not 0 < int(cell) <= _COUNT_MAX:
        raise BadValue(
            "'{cell}' is no number from 1 to {count_max}",
            code="table.no_number_1",
            values={"cell": cell, "count_max": _COUNT_MAX},
        )
    return int(cell)


_READ: Mapping[str, Reader] = dict.fromkeys((one.name for one in COLUMNS), text_up_to(_TEXT_MAX)) | {
    "kind": _one_of(KINDS),
    "date": read_day,
    "reason": _one_of(REASONS),
    "rating": read_rating,
    "count": _count,
}

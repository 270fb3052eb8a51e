"""The tables that a seller takes along, headed in the seller's language.

Catalogue, prices of one carrier and what buyers say come in again as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Literal, get_args

from hub.flow import reading
from hub.flow.choice.prices import contract_prices, price_csv
from hub.flow.choice.records import carrier_record, feedback_csv
from hub.flow.exports.writing import Kind, Sheet, SheetColumn, workbook
from hub.flow.history.view import Listing
from hub.flow.sellers import catalogue, sellers
from hub.flow.sellers.product_columns import COLUMNS as PRODUCT_COLUMNS
from hub.plugin_api.clock import zone
from hub.plugin_api.columns import Column
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Stage
from hub.store import records as stored
from hub.words import Words, render
from hub.words.texts import stage_title

if TYPE_CHECKING:
    from hub.flow.app import App

Table = Literal["products", "prices", "records", "postings", "problems"]
TABLES: tuple[Table, ...] = get_args(Table)
ROWS_MAX = 100_000
"""Of one sheet; what goes out has to come in again."""
_PAGE = 200
_EPOCH = date(1970, 1, 1)
_NUMBERS = frozenset(
    (
        "weight_g",
        "gross_weight_g",
        "length_mm",
        "width_mm",
        "height_mm",
        "price",
        "over_g",
        "up_to_g",
        "count",
    )
)
_KINDS: dict[str, Kind] = {"percent": "percent", "valid_from": "day", "valid_to": "day", "date": "day"}


class Asked:
    """Whose table, of what, and in which words."""

    def __init__(
        self,
        app: App,
        seller: str,
        *,
        language: str = "",
        carrier: str = "",
        warehouse: str | None = None,
        stages: Sequence[str] = (),
        open_only: bool = False,
        everything: bool = False,
        ship_before: datetime | None = None,
        money_only: bool = False,
        direction: str = "",
    ) -> None:
        """``ship_before`` without a zone is in the seller's. Raises NotFound for an unknown seller."""
        view = sellers.seller(app, seller)
        self.app, self.seller, self.carrier, self.warehouse = app, seller, carrier, warehouse
        self.stages = tuple(Stage(stage) for stage in stages)
        self.open_only, self.everything = open_only, everything
        self.language = language or view.language
        self.zone: tzinfo = zone(view.time_zone)
        self.ship_before = (
            ship_before.replace(tzinfo=ship_before.tzinfo or self.zone) if ship_before else None
        )
        self.money_only, self.direction = money_only, direction

    def say(self, word: str) -> str:
        return render(Words(word, "cli", {}), self.language)

    def column(self, word: str, kind: Kind = "text") -> SheetColumn:
        title = self.say(word)
        return SheetColumn(f"{title} ({self.zone})" if kind == "moment" else title, kind)

    def known(self, columns: Sequence[Column]) -> list[SheetColumn]:
        """Those of a table that can come in again."""
        return [
            SheetColumn(
                one.title(self.language),
                "number" if one.name in _NUMBERS else _KINDS.get(one.name, "text"),
            )
            for one in columns
        ]


def export(table: Table, asked: Asked) -> bytes:
    """An Excel file. Blocks: a large one takes seconds."""
    return workbook(_SHEETS[table](asked), asked.zone)


def _products(asked: Asked) -> list[Sheet]:
    def rows() -> Iterator[list[Any]]:
        for one in _all(lambda at: catalogue.list_products(asked.app, asked.seller, at, _PAGE)):
            yield [_product_cell(asked, column.name, getattr(one, column.name)) for column in PRODUCT_COLUMNS]

    return [Sheet(asked.say("products"), asked.known(PRODUCT_COLUMNS), rows())]


def _product_cell(asked: Asked, name: str, value: Any) -> Any:
    if name in ("fragile", "radio"):
        return asked.say("yes") if value else ""
    return " | ".join(value) if name == "barcodes" else value


def _prices(asked: Asked) -> list[Sheet]:
    """Of one carrier as it comes in; of all of them with the carrier, so that none is taken for another's."""
    columns = asked.known(price_csv.COLUMNS)
    rows = [
        [
            one.service,
            one.percent,
            None if one.price is None else one.price.amount,
            "" if one.price is None else one.price.currency,
            one.over_g or None,
            one.up_to_g,
            one.valid_from,
            one.valid_to,
            *([] if asked.carrier else [one.carrier]),
        ]
        for one in contract_prices.list_prices(asked.app, asked.seller, asked.carrier)
    ]
    more = [] if asked.carrier else [asked.column("carrier")]
    return [Sheet(asked.say("prices"), [*columns, *more], rows)]


def _records(asked: Asked) -> list[Sheet]:
    """The figures, and what buyers say as it comes in."""
    figures = ("on_time", "days_late", "lost", "damaged", "returned", "price_kept", "surcharge")
    words = ("on time", "days late", "lost", "damaged", "returned", "price kept", "surcharge")
    columns = [asked.column("carrier"), asked.column("direction"), asked.column("parcels", "number")]
    columns += [asked.column(word, "number" if word == "days late" else "percent") for word in words]
    found = carrier_record.records(asked.app, asked.seller, carrier=asked.carrier, direction=asked.direction)
    rows = [
        [
            one.carrier,
            one.direction or "*",
            one.parcels,
            *(
                None if (value := getattr(one, name).value) is None
                else float(value) * (1 if name == "days_late" else 100)
                for name in figures
            ),
        ]
        for one in found
    ]  # fmt: skip
    said = [
        [
            _word(asked, row.kind),
            _EPOCH + timedelta(days=row.day),
            row.source,
            number,
            "" if number else row.carrier,
            _word(asked, row.reason),
            f"{row.rating_hundredths / 100:g}" if row.rating_hundredths else "",
            row.pieces if not number else None,
        ]
        for row, number in stored.said_by_buyers(
            asked.app.store.reader, asked.seller, carrier=asked.carrier, limit=ROWS_MAX
        )
    ]
    return [
        Sheet(asked.say("records"), columns, rows),
        Sheet(asked.say("what buyers say"), asked.known(feedback_csv.COLUMNS), said),
    ]


def _word(asked: Asked, code: str) -> str:
    return render(feedback_csv.word_of(code), asked.language) if code else ""


def _postings(asked: Asked) -> list[Sheet]:
    words = ("posting", "order", "scheme", "stage", "status", "warehouse", "ship by", "carrier", "service")
    columns = [asked.column(word, "moment" if word == "ship by" else "text") for word in words]
    columns += [asked.column("price", "number"), asked.column("currency"), asked.column("tracking number")]
    columns += [asked.column("problems", "number")]

    def rows() -> Iterator[list[Any]]:
        for v in _all(
            lambda at: reading.postings(
                asked.app,
                seller=asked.seller,
                warehouse=asked.warehouse,
                stages=asked.stages,
                open_only=asked.open_only,
                ship_before=asked.ship_before,
                cursor=at,
                limit=_PAGE,
            )
        ):
            stage = stage_title(v.stage, asked.language)
            yield [
                v.number, v.order_number, v.scheme, stage, f"{v.status} {v.substatus}".strip(), v.warehouse,
                v.ship_by, v.carrier or v.provider, v.service, v.price.amount if v.price else None,
                v.price.currency if v.price else "", v.tracking_number, v.problems or None,
            ]  # fmt: skip

    return [Sheet(asked.say("postings"), columns, rows())]


def _problems(asked: Asked) -> list[Sheet]:
    columns = [asked.column(word) for word in ("id", "posting", "problem")]
    columns += [
        asked.column("deadline", "moment"),
        asked.column("amount", "number"),
        asked.column("currency"),
    ]
    columns += [asked.column("answers"), asked.column("since", "moment")]

    def rows() -> Iterator[list[Any]]:
        for v in _all(
            lambda at: reading.problems(
                asked.app,
                seller=asked.seller,
                warehouse=asked.warehouse,
                open_only=not asked.everything,
                money_only=asked.money_only,
                language=asked.language,
                cursor=at,
                limit=_PAGE,
            )
        ):
            answers = "\n".join(f"{one.code}: {one.effect}" for one in v.answers)
            sum_, currency = (v.amount.amount, v.amount.currency) if v.amount else (None, "")
            yield [v.id, v.posting_number, v.text, v.deadline, sum_, currency, answers, v.created_at]

    return [Sheet(asked.say("problems"), columns, rows())]


def _all(page: Callable[[str], Listing[Any]]) -> Iterator[Any]:
    """Every item of a list, page by page. Raises Rejected for more than `ROWS_MAX` of them."""
    at, count = "", 0
    while True:
        found = page(at)
        for item in found.items:
            count += 1
            if count > ROWS_MAX:
                raise Rejected(
                    "more than {rows_max} rows: an Excel file of them is of no use, take --json or HTTP",
                    code="too_large.rows",
                    values={"rows_max": ROWS_MAX},
                )
            yield item
        if not found.next:
            return
        at = found.next


_SHEETS: dict[Table, Callable[[Asked], list[Sheet]]] = {
    "products": _products,
    "prices": _prices,
    "records": _records,
    "postings": _postings,
    "problems": _problems,
}

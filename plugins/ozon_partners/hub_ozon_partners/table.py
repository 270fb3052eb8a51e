"""The seller's price table of Ozon's partners: CSV or an Excel file, a line for each price.

Ozon publishes the partners' prices as base and per gram, by tier, by delivery, and by a group that the goods'
value and the weight decide, within limits of size (its help pages for sellers in China, September 2025). No
price stands here: the file is the seller's, and so is its date.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any

from hub import (
    BadValue,
    Column,
    CsvTable,
    Rejected,
    in_a_row,
    open_table,
    read_currency,
    read_day,
    said,
    said_of,
)

from hub_ozon_partners.prices import PriceLine, PriceTable

LINES_MAX = 10_000
_LIMITS = (("over_g", "up_to_g"), ("value_over", "value_up_to"))
_TOLD = 5  # so many lines are named; the seller mends and looks again
_NAME_MAX = 60
_NOTE_MAX = 200
_DAYS_MAX = 365


# --- reading ----------------------------------------------------------------------------------------------


def read_table(data: bytes) -> PriceTable:
    """The table of a file; what is not in it is empty.

    Raises Rejected that names the lines which cannot be used: a table with a hole would show another
    partner as the cheapest.
    """
    table = open_table(data, COLUMNS, _NEEDED, lines_max=LINES_MAX)
    lines: list[PriceLine] = []
    wrong: list[tuple[int, str]] = []
    for number, cells in table.lines:
        try:
            if isinstance(cells, str):
                raise BadValue(cells)
            lines.append(_line(table, number, cells))
        except ValueError as error:
            wrong.append((number, said_of(error)))
    wrong += [
        (
            second.line,
            said(
                "it and line {line} both apply to some parcels of {service}",
                code="table.line_both_apply_some",
                values={"line": first.line, "service": second.service},
            ),
        )
        for first, second in _conflicts(lines)
    ]
    if wrong:
        told = [
            said("line {number}: {reason}", code="table.line", values={"number": number, "reason": reason})
            for number, reason in sorted(wrong)[:_TOLD]
        ]
        if len(wrong) > _TOLD:
            told.append(said("and {wrong} more", code="table.more", values={"wrong": len(wrong) - _TOLD}))
        raise Rejected("{told}", code="lines.of_table", values={"told": in_a_row(told)})
    if not lines:
        raise Rejected("there is no line below the names of the columns", code="empty")
    return PriceTable(lines)


def _conflicts(lines: Iterable[PriceLine]) -> list[tuple[PriceLine, PriceLine]]:
    """Lines of one service, route and date that would both apply to some parcel; each once."""
    services: dict[tuple[object, ...], list[PriceLine]] = defaultdict(list)
    for line in lines:
        services[(line.route, line.service, line.valid_from)].append(line)
    found = []
    for service in services.values():
        # along the limit that tells most lines apart: what ends before a line begins meets none of the later
        low, high = max(_LIMITS, key=lambda names: len({getattr(one, names[0]) for one in service}))
        reached: list[PriceLine] = []
        for line in sorted(service, key=attrgetter(low)):
            begin = getattr(line, low)
            reached = [one for one in reached if (end := getattr(one, high)) is None or end > begin]
            if (other := next((one for one in reached if one.meets(line)), None)) is not None:
                first, second = sorted((other, line), key=lambda one: one.line)
                found.append((first, second))
            reached.append(line)
    return found


def _line(table: CsvTable, number: int, cells: Mapping[str, str]) -> PriceLine:
    """Raises ValueError in words."""
    for name, why in _NEEDED.items():
        if not cells[name]:
            raise BadValue(
                "{name}: it is empty: {needed}",
                code="table.empty",
                values={"name": table.called(name), "needed": why},
            )
    values = table.read(cells, _READ)
    line = PriceLine(line=number, **values)
    if not (line.base or line.per_gram):
        raise BadValue(
            "{base} and {per_gram} are both 0: that is no price",
            code="table.base_per_gram_both",
            values={"base": table.called("base"), "per_gram": table.called("per_gram")},
        )
    for low, high in _LIMITS:
        top = getattr(line, high)
        if top is not None and top <= getattr(line, low):
            raise BadValue(
                "{high}: {top} is not above {low}, {getattr}",
                code="table.not_above",
                values={
                    "high": table.called(high),
                    "top": top,
                    "low": table.called(low),
                    "getattr": getattr(line, low),
                },
            )
    if line.days_min is not None and line.days_max is not None and line.days_max < line.days_min:
        raise BadValue(
            "{high}: {days_max} is less than {low}, {days_min}",
            code="table.days_max_less_days",
            values={
                "high": table.called("days_max"),
                "days_max": line.days_max,
                "low": table.called("days_min"),
                "days_min": line.days_min,
            },
        )
    return line


# --- cells ------------------------------------------------------------------------------------------------


def _text(longest: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > longest:
            raise BadValue(
                "longer than {longest} characters",
                code="table.longer_characters",
                values={"longest": longest},
            )
        return cell

    return read


def _letters(count: int, what: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if not re.fullmatch(rf"[A-Za-z]{{{count}}}", cell):
            raise BadValue(
                "'{cell}' is no {what}", code="table.no_letters", values={"cell": cell, "what": what}
            )
        return cell.upper()

    return read


def _number(decimals: int) -> Callable[[str], Decimal]:
    pattern = re.compile(rf"[0-9]{{1,7}}(?:[.,][0-9]{{1,{decimals}}})?")

    def read(cell: str) -> Decimal:
        if not pattern.fullmatch(cell):
            raise BadValue(
                "'{cell}' is no number like 3.37, of at most {decimals} decimals",
                code="table.no_number_like_3_37",
                values={"cell": cell, "decimals": decimals},
            )
        return Decimal(cell.replace(",", "."))

    return read


def _whole(unit: str, least: int, most: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        if not re.fullmatch(r"[0-9]{1,7}", cell) or not least <= int(cell) <= most:
            raise BadValue(
                "'{cell}' is no whole number of {unit} between {least} and {most}",
                code="table.no_whole_number_between",
                values={"cell": cell, "unit": unit, "least": least, "most": most},
            )
        return int(cell)

    return read


_DELIVERIES = {
    "door": ("дверь", "до двери", "курьер", "送货上门", "上门"),
    "point": ("пункт", "пункт выдачи", "до пункта", "пвз", "自提点"),
    "locker": ("постамат", "до постамата", "автомат", "自提柜"),
}


def _delivery(cell: str) -> str:
    word = cell.casefold()
    for delivery, words in _DELIVERIES.items():
        if word == delivery or word in words:
            return delivery
    raise BadValue(
        "'{cell}' is none of door, point, locker",
        code="table.none_door_point_locker",
        values={"cell": cell},
    )


_GRAMS = _whole(said("grams", code="unit.grams"), 0, 1_000_000)
_SIDE = _whole(said("millimetres", code="unit.millimetres"), 1, 100_000)
_DAYS = _whole(said("days", code="unit.days"), 1, _DAYS_MAX)
_COUNTRY = _letters(2, said("country: write two letters, such as CN", code="table.country_write_two_letters"))
_READ: Mapping[str, Callable[[str], Any]] = {
    "partner": _text(_NAME_MAX),
    "tier": _text(_NAME_MAX),
    "delivery": _delivery,
    "group": _text(_NAME_MAX),
    "from_country": _COUNTRY,
    "to_country": _COUNTRY,
    "value_over": _number(2),
    "value_up_to": _number(2),
    "value_currency": read_currency,
    "over_g": _GRAMS,
    "up_to_g": _GRAMS,
    "sides_up_to_mm": _SIDE,
    "longest_up_to_mm": _SIDE,
    "volumetric_divisor": _whole(
        said("cubic centimetres a kilogram", code="unit.cubic_centimetres_kilogram"), 1, 1_000_000
    ),
    "base": _number(4),
    "per_gram": _number(8),
    "currency": read_currency,
    "days_min": _DAYS,
    "days_max": _DAYS,
    "valid_from": read_day,
    "note": _text(_NOTE_MAX),
}
COLUMNS = (
    Column("partner", "Partner", "Партнёр", "合作物流商", ("物流商", "перевозчик", "carrier")),
    Column("tier", "Tier", "Уровень сервиса", "服务等级", ("тариф", "时效等级")),
    Column("delivery", "Delivery", "Способ доставки", "配送方式", ("доставка", "派送方式")),
    Column("group", "Group", "Группа", "分组", ("группа тарифа", "评分组")),
    Column("from_country", "From country", "Из страны", "始发国", ("страна отправления", "发货国")),
    Column("to_country", "To country", "В страну", "目的国", ("страна назначения", "收货国")),
    Column("value_over", "Value over", "Стоимость товаров больше", "货值大于"),
    Column("value_up_to", "Value up to", "Стоимость товаров до", "货值不超过"),
    Column("value_currency", "Currency of the value", "Валюта стоимости", "货值币种"),
    Column("over_g", "Over, g", "Больше, г", "大于（克）", ("重量大于（克）",)),
    Column("up_to_g", "Up to, g", "До, г", "不超过（克）", ("вес до, г", "重量不超过（克）")),
    Column("sides_up_to_mm", "Sum of sides up to, mm", "Сумма сторон до, мм", "三边和不超过（毫米）"),
    Column("longest_up_to_mm", "Longest side up to, mm", "Длинная сторона до, мм", "最长边不超过（毫米）"),
    Column(
        "volumetric_divisor", "Volumetric divisor", "Делитель объёмного веса", "体积重系数", ("抛货系数",)
    ),
    Column("base", "Base", "Базовая часть", "基础费", ("фиксированная часть", "每票固定费用")),
    Column("per_gram", "Per gram", "За грамм", "每克费用", ("цена за грамм", "每克单价")),
    Column("currency", "Currency", "Валюта", "币种", ("货币",)),
    Column("days_min", "Days from", "Дней от", "最少天数", ("срок от, дней", "最短时效（天）")),
    Column("days_max", "Days to", "Дней до", "最多天数", ("срок до, дней", "最长时效（天）")),
    Column("valid_from", "From", "Действует с", "生效日期", ("valid from", "дата начала", "开始日期")),
    Column("note", "Note", "Примечание", "备注", ("комментарий",)),
)
_NEEDED = {
    "partner": said("the name of who delivers", code="table.name_who_delivers"),
    "delivery": said("door, point or locker", code="table.door_point_locker"),
    "base": said(
        "the part of the price that the weight does not change, or 0",
        code="table.part_price_weight_not_change",
    ),
    "per_gram": said("the price of a gram, or 0", code="table.price_gram_0"),
    "currency": said("of the price", code="table.price"),
    "valid_from": said("the day from which the price holds", code="table.day_price_holds"),
}

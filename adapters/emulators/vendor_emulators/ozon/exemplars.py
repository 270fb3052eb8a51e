"""The methods of exemplars: what is told of each unit is taken in at once, and checked later."""

import random
import re
from typing import Any

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.errors import business
from vendor_emulators.ozon.exemplar_views import shown_checks, shown_units
from vendor_emulators.ozon.flows import Flows
from vendor_emulators.ozon.model import Posting, Product
from vendor_emulators.ozon.packing import require
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.ozon.units import MARK_TYPES, Check, Exemplar, Mark, Units, fit, lacks, weights
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Response

Json = dict[str, Any]

_FIRST_ID = 5_819_327_210_000
_CHECK = (20.0, 180.0)
_GTD = re.compile(r"\d{8}/\d{6}/[0-9А-Я]{7}(/\d{1,3})?")
_RNPT = re.compile(r"\d{8}/\d{6}/\d{7}/\d{1,3}")
_FORMS = {
    "mandatory_mark": re.compile(r"01\d{14}21[!-z]{6,20}\x1d[!-z\x1d]+"),
    "imei": re.compile(r"\d{15}"),
    "jw_uin": re.compile(r"\d{16}"),
}


class Exemplars:
    """Those of all shops. Which codes a check finds wrong is told by each posting's behaviour; a code that
    another living posting has, or that is not of the form, is wrong as well."""

    def __init__(self, schedule: Schedule, flows: Flows, rng: random.Random) -> None:
        self._schedule = schedule
        self._flows = flows
        self._random = rng
        self._last_id = _FIRST_ID
        self._coded: dict[str, list[Posting]] = {}
        """By shop, the postings of which something was told."""

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def create_or_get(self, shop: Shop, body: Body) -> Json:
        posting = require(shop, body.text("posting_number", required=True))
        _editable(posting)
        fresh = posting.units is None
        units = fit(posting, self._new_id)
        seconds = posting.behaviour.units_seconds
        if fresh and seconds:
            posting.units_made_at = self._flows.now().timestamp() + seconds
        return shown_units(posting, units, all_=self._flows.now().timestamp() >= posting.units_made_at)

    def validate(self, shop: Shop, body: Body) -> Json:
        """Form alone, unit by unit; nothing is kept."""
        posting = require(shop, body.text("posting_number", required=True))
        return {"products": [_validated(posting, part) for part in body.parts("products", low=1)]}

    def set(self, shop: Shop, body: Body) -> Response:
        posting = require(shop, body.text("posting_number", required=True))
        _editable(posting)
        if body.has("multi_box_qty") and body.integer("multi_box_qty") < 1:
            raise business("INVALID_ARGUMENT")
        units = fit(posting, self._new_id)
        told = [_told(posting, units, part) for part in body.parts("products", low=1)]
        found = {unit.id: unit for product in told for unit in product}
        asked = {p.sku for p in posting.products if p.requires or p.may_mark}
        if any(unit.id not in found for sku in asked for unit in units.by_sku[sku]):
            raise business("INVALID_ARGUMENT")  # not the full set
        units.by_sku = {
            sku: [found.get(unit.id, unit) for unit in known] for sku, known in units.by_sku.items()
        }
        units.sets += 1
        units.edited = posting.shipped
        coded = self._coded.setdefault(shop.company.client_id, [])
        if posting not in coded:
            coded.append(posting)
        self._check(shop, posting, units)
        return Response(200, b"")

    def status(self, shop: Shop, body: Body) -> Json:
        posting = require(shop, body.text("posting_number", required=True))
        return shown_checks(posting, _status(posting))

    def update(self, shop: Shop, body: Body) -> Response:
        """What was set after packing is final; without such a set there is nothing to make so."""
        posting = require(shop, body.text("posting_number", required=True))
        if posting.units is None or not posting.units.edited or posting.status != "awaiting_deliver":
            raise business("HAS_INCORRECT_STATUS")
        posting.units.edited = False
        posting.units.updates += 1
        return Response(200, b"")

    def _check(self, shop: Shop, posting: Posting, units: Units) -> None:
        """Every set begins the check anew, of everything."""
        this = units.sets
        for unit in units.all:
            for value, check in _parts(unit):
                check.status, check.codes = "processing" if value else "", []

        def checked() -> None:
            if units.sets != this:
                return
            late = this <= posting.behaviour.check_times_out
            for unit in units.all:
                for value, check in _parts(unit):
                    if value:
                        code = None if late else self._wrong(shop, posting, unit, value)
                        check.codes = [code] if code else []
                        check.status = "failed" if late or code else "passed"

        seconds = posting.behaviour.check_seconds
        self._schedule.after(self._random.uniform(*_CHECK) if seconds is None else seconds, checked)

    def _wrong(self, shop: Shop, posting: Posting, unit: Exemplar, value: str | float) -> str | None:
        text = str(value)
        if text in posting.behaviour.check_fails:
            return posting.behaviour.check_fails[text]
        mark = next((one for one in unit.marks if one.mark == value), None)
        if mark is None:
            return None if _formed(unit, text) else "WRONG_FORMAT"
        if not _FORMS[mark.mark_type].fullmatch(text):
            return "WRONG_FORMAT"
        for other in self._coded[shop.company.client_id]:
            if other.status != "cancelled" and other.units is not None:
                for theirs in other.units.all:
                    same = any(one.mark == text and one.mark_type == mark.mark_type for one in theirs.marks)
                    if same and theirs.id != unit.id:
                        return "MARK_IS_USED"
        return None


def _formed(unit: Exemplar, text: str) -> bool:
    return not (
        (text == unit.gtd and not _GTD.fullmatch(text)) or (text == unit.rnpt and not _RNPT.fullmatch(text))
    )


def _parts(unit: Exemplar) -> list[tuple[str | float, Check]]:
    """Each value that is told of a unit, with its check."""
    return [
        (unit.gtd or ("absent" if unit.is_gtd_absent else ""), unit.gtd_check),
        (unit.rnpt or ("absent" if unit.is_rnpt_absent else ""), unit.rnpt_check),
        (unit.weight, unit.weight_check),
        *((one.mark, one.check) for one in unit.marks),
    ]


def _editable(posting: Posting) -> None:
    later = posting.status == "awaiting_deliver" and posting.substatus != "posting_in_carriage"
    if posting.ship_in_process or not (posting.status == "awaiting_packaging" or later):
        raise business("Posting must have 'awaiting_packaging' status")


def _status(posting: Posting) -> str:
    if posting.units is not None and posting.units.state == "checking":
        return "validation_in_process"
    if posting.status != "awaiting_packaging":
        return "update_available" if posting.status == "awaiting_deliver" else "update_not_available"
    failed = posting.units is not None and posting.units.state == "failed"
    if failed or lacks(posting) is not None:
        return "ship_not_available"
    return "update_available" if posting.behaviour.check_says_update else "ship_available"


def _line(posting: Posting, part: Body) -> Product:
    sku = part.integer("product_id", required=True)
    product = next((one for one in posting.products if one.sku == sku), None)
    if product is None:
        raise business("UNKNOWN_PRODUCT_DEFINED")
    return product


def _told(posting: Posting, units: Units, part: Body) -> list[Exemplar]:
    """One product's units as a set call tells them."""
    product = _line(posting, part)
    known = {unit.id for unit in units.by_sku[product.sku]}
    found = []
    for one in part.parts("exemplars"):
        number = one.integer("exemplar_id", required=True)
        if number not in known:
            raise business(f"{number} does not belong to product {product.sku}")
        found.append(_unit(product, number, one))
    return found


def _unit(product: Product, number: int, part: Body) -> Exemplar:
    unit = Exemplar(
        number,
        gtd=part.text("gtd"),
        is_gtd_absent=part.flag("is_gtd_absent"),
        rnpt=part.text("rnpt"),
        is_rnpt_absent=part.flag("is_rnpt_absent"),
        weight=part.number("weight"),
        marks=_marks(part),
    )
    if unit.gtd and "gtd" not in product.requires:
        raise business("GTD_IS_REQUIRED_ONLY_FOR_LEGAL_CUSTOMER")
    kinds = {MARK_TYPES[wanted] for wanted in product.requires if wanted in MARK_TYPES}
    if product.may_mark:
        kinds.add("mandatory_mark")
    if any(one.mark_type not in kinds for one in unit.marks):
        raise business("MANDATORY_MARK_REDUNDANT")
    if "weight" in product.requires:
        low, high = weights(product)
        if not unit.weight:
            raise business("WEIGHT_IS_REQUIRED")
        if not low <= unit.weight <= high:
            raise business("WEIGHT_IS_OUT_OF_RANGE")
    return unit


def _marks(part: Body) -> list[Mark]:
    marks = []
    for one in part.parts("marks"):
        kind = one.text("mark_type", required=True)
        if kind not in _FORMS:
            raise one.wrong("mark_type", "value must be one of the defined enum values")
        text = one.text("mark")
        if "\\u001d" in text:
            raise business("INVALID_ARGUMENT")  # the separator, escaped twice
        marks.append(Mark(text, kind))
    return marks


def _validated(posting: Posting, part: Body) -> Json:
    product = _line(posting, part)
    exemplars = [_form(product, one) for one in part.parts("exemplars")]
    return {
        "product_id": product.sku,
        "valid": all(one["valid"] for one in exemplars),
        "error": "",
        "exemplars": exemplars,
    }


def _form(product: Product, part: Body) -> Json:
    gtd, rnpt = part.text("gtd"), part.text("rnpt")
    missing = "gtd" in product.requires and not gtd
    errors = ["GTD_MUST_BE_SPECIFIED_FOR_PRODUCT_COUNTRY"] if missing else []
    errors += ["WRONG_FORMAT"] if gtd and not _GTD.fullmatch(gtd) else []
    errors += ["WRONG_FORMAT"] if rnpt and not _RNPT.fullmatch(rnpt) else []
    marks = []
    for one in _marks(part):
        formed = _FORMS[one.mark_type].fullmatch(one.mark) is not None
        marks.append(
            {
                "mark": one.mark,
                "mark_type": one.mark_type,
                "valid": formed,
                "errors": [] if formed else ["WRONG_FORMAT"],
            }
        )
    return {
        "valid": not errors and all(one["valid"] for one in marks),
        "errors": errors,
        "gtd": gtd,
        "rnpt": rnpt,
        "weight": part.number("weight"),
        "marks": marks,
    }

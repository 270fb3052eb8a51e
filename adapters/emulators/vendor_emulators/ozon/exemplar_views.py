"""Units as create-or-get and status show them."""

from typing import Any

from vendor_emulators.ozon.model import Posting
from vendor_emulators.ozon.units import LISTS, Exemplar, Units, weights

Json = dict[str, Any]


def requirements(posting: Posting) -> Json:
    """SKUs by what is wanted of them; the schema spells them as strings. They stand there after packing as
    well (Ozon's own example of the work queue has one)."""
    return {
        f"products_requiring_{name}": [str(line.sku) for line in posting.products if wanted in line.requires]
        for wanted, name in LISTS.items()
    }


def may_be_marked(posting: Posting) -> list[str]:
    return [str(line.sku) for line in posting.products if line.may_mark and "marking" not in line.requires]


def shown_units(posting: Posting, units: Units, *, all_: bool) -> Json:
    """The answer of create-or-get; not ``all_``: one unit of each product is there already."""
    products = []
    for product in posting.products:
        low, high = weights(product) if "weight" in product.requires else (0.0, 0.0)
        found = units.by_sku[product.sku]
        products.append(
            {
                "product_id": product.sku,
                "quantity": product.quantity,
                "has_imei": "imei" in product.requires,
                "is_gtd_needed": "gtd" in product.requires,
                "is_jw_uin_needed": "uin" in product.requires,
                "is_mandatory_mark_needed": "marking" in product.requires,
                "is_mandatory_mark_possible": product.may_mark or "marking" in product.requires,
                "is_rnpt_needed": "rnpt" in product.requires,
                "is_weight_needed": "weight" in product.requires,
                "weight_min": low,
                "weight_max": high,
                "exemplars": [_unit(unit) for unit in (found if all_ else found[:1])],
            }
        )
    return {"posting_number": posting.number, "multi_box_qty": 1, "products": products}


def _unit(unit: Exemplar) -> Json:
    return {
        "exemplar_id": unit.id,
        "gtd": unit.gtd,
        "is_gtd_absent": unit.is_gtd_absent,
        "rnpt": unit.rnpt,
        "is_rnpt_absent": unit.is_rnpt_absent,
        "weight": unit.weight,
        "marks": [{"mark": one.mark, "mark_type": one.mark_type} for one in unit.marks],
    }


def shown_checks(posting: Posting, status: str) -> Json:
    """The answer of status; without products where nobody has asked for units yet."""
    by_sku = posting.units.by_sku if posting.units is not None else {}
    return {
        "posting_number": posting.number,
        "status": status,
        "products": [
            {"product_id": sku, "exemplars": [_checked(unit) for unit in units]}
            for sku, units in by_sku.items()
        ],
    }


def _checked(unit: Exemplar) -> Json:
    return _unit(unit) | {
        "gtd_check_status": unit.gtd_check.status,
        "gtd_error_codes": unit.gtd_check.codes,
        "rnpt_check_status": unit.rnpt_check.status,
        "rnpt_error_codes": unit.rnpt_check.codes,
        "weight_check_status": unit.weight_check.status,
        "weight_error_codes": unit.weight_check.codes,
        "marks": [
            {
                "mark": one.mark,
                "mark_type": one.mark_type,
                "check_status": one.check.status,
                "error_codes": one.check.codes,
            }
            for one in unit.marks
        ],
    }


def in_get(posting: Posting) -> Json:
    """``product_exemplars`` of the v3 get."""
    products = posting.units.by_sku.items() if posting.units is not None else ()
    return {
        "products": [{"sku": sku, "exemplars": [_told(unit) for unit in units]} for sku, units in products]
    }


def _told(unit: Exemplar) -> Json:
    return {
        "exemplar_id": unit.id,
        "mandatory_mark": next((one.mark for one in unit.marks if one.mark_type == "mandatory_mark"), ""),
        "gtd": unit.gtd,
        "is_gtd_absent": unit.is_gtd_absent,
        "rnpt": unit.rnpt,
        "is_rnpt_absent": unit.is_rnpt_absent,
        "weight": unit.weight,
        "imei": [one.mark for one in unit.marks if one.mark_type == "imei"],
    }

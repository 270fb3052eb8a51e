"""The methods of units before packing: exemplars, countries, and the products' own numbers."""

from __future__ import annotations

import ozon_api as ozon
from adapters.ozon.tests.case import Case

CODE = "0104603934000793215Oux7\x1d93dGVz"
MARK = ozon.MarkToSet(mark=CODE, mark_type="mandatory_mark")
FORM = ozon.ExemplarToValidate(gtd="1", marks=[MARK])
_MARK = {"mark": CODE, "mark_type": "mandatory_mark"}
_EXEMPLAR = "/v5/fbs/posting/product/exemplar"

UNITS = [
    Case(
        "/v6/fbs/posting/product/exemplar/create-or-get",
        lambda c: c.fbs_posting_product_exemplar_create_or_get("1-1"),
        {"posting_number": "1-1"},
        {
            "posting_number": "1-1",
            "multi_box_qty": 1,
            "products": [
                {
                    "product_id": "5",
                    "quantity": 1,
                    "is_mandatory_mark_needed": True,
                    "weight_min": 0.1,
                    "exemplars": [{"exemplar_id": "60", "marks": [_MARK], "weight": 0}],
                }
            ],
        },
        lambda r: (
            r.multi_box_qty,
            r.products[0].product_id,
            r.products[0].is_mandatory_mark_needed,
            str(r.products[0].weight_min),
            r.products[0].exemplars[0].exemplar_id,
            r.products[0].exemplars[0].marks[0].mark,
        ),
        (1, 5, True, "0.1", 60, CODE),
        safe=True,
    ),
    Case(
        f"{_EXEMPLAR}/validate",
        lambda c: c.fbs_posting_product_exemplar_validate(
            "1-1",
            [
                ozon.ProductToValidate(
                    product_id=5, exemplars=[ozon.ExemplarToValidate(gtd="1", marks=[MARK])]
                )
            ],
        ),
        {
            "posting_number": "1-1",
            "products": [{"product_id": 5, "exemplars": [{"gtd": "1", "marks": [_MARK]}]}],
        },
        {
            "products": [
                {
                    "product_id": 5,
                    "valid": False,
                    "error": "",
                    "exemplars": [
                        {
                            "valid": False,
                            "errors": ["GTD_MUST_BE_SPECIFIED_FOR_PRODUCT_COUNTRY"],
                            "marks": [{**_MARK, "valid": True, "errors": []}],
                        }
                    ],
                }
            ]
        },
        lambda r: (
            r.products[0].valid,
            r.products[0].exemplars[0].errors,
            r.products[0].exemplars[0].marks[0].valid,
        ),
        (False, ("GTD_MUST_BE_SPECIFIED_FOR_PRODUCT_COUNTRY",), True),
        safe=True,
    ),
    Case(
        "/v6/fbs/posting/product/exemplar/set",
        lambda c: c.fbs_posting_product_exemplar_set(
            "1-1",
            [
                ozon.ProductToSet(
                    product_id=5,
                    exemplars=[
                        ozon.ExemplarToSet(exemplar_id=60, is_gtd_absent=True, weight=0.3, marks=[MARK]),
                        ozon.ExemplarToSet(exemplar_id=61, gtd="10702030/120926/0001234"),
                    ],
                )
            ],
        ),
        {
            "posting_number": "1-1",
            "products": [
                {
                    "product_id": 5,
                    "exemplars": [
                        {"exemplar_id": 60, "is_gtd_absent": True, "weight": 0.3, "marks": [_MARK]},
                        {"exemplar_id": 61, "gtd": "10702030/120926/0001234"},
                    ],
                }
            ],
        },
        b"",
        lambda r: r,
        None,
    ),
    Case(
        f"{_EXEMPLAR}/status",
        lambda c: c.fbs_posting_product_exemplar_status("1-1"),
        {"posting_number": "1-1"},
        {
            "posting_number": "1-1",
            "status": "ship_not_available",
            "products": [
                {
                    "product_id": "5",
                    "exemplars": [
                        {
                            "exemplar_id": 60,
                            "gtd": "1",
                            "gtd_check_status": "passed",
                            "gtd_error_codes": [],
                            "marks": [{**_MARK, "check_status": "failed", "error_codes": ["X"]}],
                        }
                    ],
                }
            ],
        },
        lambda r: (
            r.status,
            r.products[0].product_id,
            r.products[0].exemplars[0].gtd_check_status,
            r.products[0].exemplars[0].marks[0].check_status,
            r.products[0].exemplars[0].marks[0].error_codes,
        ),
        ("ship_not_available", 5, "passed", "failed", ("X",)),
        safe=True,
    ),
    Case(
        "/v1/fbs/posting/product/exemplar/update",
        lambda c: c.fbs_posting_product_exemplar_update("1-1"),
        {"posting_number": "1-1"},
        b"{}",
        lambda r: r,
        None,
    ),
    Case(
        "/v2/posting/fbs/product/country/list",
        lambda c: c.posting_fbs_product_country_list("Нор"),
        {"name_search": "Нор"},
        {"result": [{"name": "Норвегия", "country_iso_code": "NO"}]},
        lambda r: (r.result[0].name, r.result[0].country_iso_code),
        ("Норвегия", "NO"),
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/product/country/set",
        lambda c: c.posting_fbs_product_country_set("1-1", 7, "NO"),
        {"posting_number": "1-1", "product_id": 7, "country_iso_code": "NO"},
        {"product_id": "7", "is_gtd_needed": True},
        lambda r: (r.product_id, r.is_gtd_needed),
        (7, True),
    ),
    Case(
        "/v2/product/info/stocks-by-warehouse/fbs",
        lambda c: c.product_info_stocks_by_warehouse_fbs(sku=["5"]),
        {"limit": 1000, "sku": ["5"]},
        {
            "cursor": "",
            "has_next": False,
            "products": [
                {
                    "product_id": "7",
                    "sku": 5,
                    "offer_id": "A",
                    "warehouse_id": 22,
                    "present": 3,
                    "reserved": 1,
                }
            ],
        },
        lambda r: (r.has_next, r.products[0].product_id, r.products[0].sku, r.products[0].present),
        (False, 7, 5, 3),
        safe=True,
    ),
]

"""Postings as Ozon shows them: the v4 lists and the v3 get spell many things differently."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from vendor_emulators.ozon import exemplar_views
from vendor_emulators.ozon.actions import available_actions
from vendor_emulators.ozon.charges import financial, money, number, stamp, steps
from vendor_emulators.ozon.exemplar_views import may_be_marked, requirements
from vendor_emulators.ozon.model import Posting
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.ozon.units import marks_of, weights

Json = dict[str, Any]


class With(msgspec.Struct, frozen=True):
    """The optional blocks of an answer; what is not asked for is null."""

    analytics_data: bool = False
    barcodes: bool = False
    financial_data: bool = False
    legal_info: bool = False
    product_exemplars: bool = False
    related_postings: bool = False


def delivery_window(posting: Posting) -> tuple[str | None, str | None]:
    """When the buyer is told to expect it. How long Ozon promises is not documented; where the seller brings
    the parcel there, the seller's own delivery method says it, and two weeks are made up here."""
    first, last = (5, 14) if posting.flow == "non_integrated" else (2, 3)
    return (
        stamp(posting.shipment_date + timedelta(days=first)),
        stamp(posting.shipment_date + timedelta(days=last)),
    )


def _common(posting: Posting, shop: Shop, wanted: With) -> Json:
    method = posting.method
    cancellation = posting.cancellation
    warehouse = shop.warehouses[method.warehouse_id].name
    return {
        "posting_number": posting.number,
        "order_id": posting.order_id,
        "order_number": posting.order_number,
        "pickup_code_verified_at": None,
        "status": posting.status,
        "substatus": posting.substatus,
        "delivery_method": {
            "id": method.id,
            "name": method.name,
            "warehouse_id": method.warehouse_id,
            "warehouse": warehouse,
            "tpl_provider_id": method.provider_id,
            "tpl_provider": method.provider,
        },
        "tracking_number": posting.tracking_number,
        "tpl_integration_type": method.tpl_integration_type,
        "integration_type_flow": posting.flow,
        "in_process_at": stamp(posting.in_process_at),
        "shipment_date": stamp(posting.shipment_date),
        "shipment_date_without_delay": stamp(posting.late_after),
        "delivering_date": stamp(posting.delivering_date),
        "optional": {"products_with_possible_mandatory_mark": may_be_marked(posting)},
        "cancellation": {
            "cancel_reason_id": cancellation.reason_id if cancellation else 0,
            "cancel_reason": cancellation.reason if cancellation else "",
            "cancellation_type": cancellation.type if cancellation else "",
            "cancelled_after_ship": cancellation.after_ship if cancellation else False,
            "affect_cancellation_rating": cancellation.affects_rating if cancellation else False,
            "cancellation_initiator": cancellation.initiator if cancellation else "",
        },
        "barcodes": {"upper_barcode": posting.upper_barcode, "lower_barcode": posting.lower_barcode}
        if wanted.barcodes
        else None,
        "scanit": posting.scanit if posting.mover == "ozon" else "",
        "analytics_data": _analytics(posting, warehouse) if wanted.analytics_data else None,
        "is_express": posting.behaviour.express,
        "legal_info": {"company_name": "", "inn": "", "kpp": ""} if wanted.legal_info else None,
        "require_blr_traceable_attrs": False,
        "requirements": requirements(posting),
        "external_order": {"is_external": False, "platform_name": ""},
        "is_click_and_collect": posting.flow == "click_and_collect",
        "is_multibox": False,
        "multi_box_qty": 1,
        "is_presortable": False,
        "destination_place_id": 0,
        "destination_place_name": "",
        "parent_posting_number": posting.parent,
        "available_actions": available_actions(posting),
        "container": None,
        "container_sort_type": "sort" if posting.mover == "ozon" else "",
        "sorting_center": {"code": "МСК-1", "name": "Москва 1"}
        if posting.flow == "hybrid_3pl_tracking"
        else None,
        "tariffication_steps": steps(posting),
    }


def in_list(posting: Posting, shop: Shop, wanted: With) -> msgspec.Raw:
    """One element of ``postings`` in the v4 lists, encoded; kept until something that it shows changes."""
    key = (
        wanted,
        posting.status,
        posting.substatus,
        posting.ship_in_process,
        posting.tracking_number,
        posting.shipment_date,
        posting.late_after,
        tuple((product.sku, product.quantity, product.requires) for product in posting.products),
        0 if posting.units is None else posting.units.sets,
    )
    if posting.shown is None or posting.shown[0] != key:
        posting.shown = key, msgspec.Raw(msgspec.json.encode(_in_list(posting, shop, wanted)))
    return posting.shown[1]


def _in_list(posting: Posting, shop: Shop, wanted: With) -> Json:
    recipient = posting.recipient
    rate, minimum = Decimal(1), Decimal(50)
    view = _common(posting, shop, wanted)
    view.update(
        delivery_schema="rfbs" if posting.scheme == "rfbs" else "fbs",
        customer=_customer(posting) | {"phone": "", "customer_email": ""} if recipient else None,
        addressee={"name": recipient.name} if recipient else None,
        products=[
            {
                "is_blr_traceable": False,
                "is_marketplace_buyout": False,
                "offer_id": product.offer_id,
                "name": product.name,
                "sku": product.sku,
                "quantity": product.quantity,
                "imei": marks_of(posting, product, "imei"),
                "weight": product.weight_g / 1000,
                "product_color": "",
                "price": money(product.price.amount, product.price.currency),
            }
            for product in posting.products
        ],
        financial_data=financial(posting, v4=True) if wanted.financial_data else None,
        quantum_id=0,
        tariffication={
            "current_tariff_rate": 0,
            "current_tariff_type": "no_discount",
            "current_tariff_charge": money(Decimal(0)),
            "current_tariff_min_charge": None,
            "next_tariff_rate": number(rate),
            "next_tariff_type": "commission",
            "next_tariff_charge": money(minimum),
            "next_tariff_min_charge": money(minimum),
            "next_tariff_starts_at": stamp(posting.shipment_date + timedelta(seconds=1)),
        },
        volume_weight=0,
        prr_option="",
    )
    return view


def in_get(posting: Posting, shop: Shop, wanted: With) -> Json:
    """``result`` of the v3 get: the only place with the recipient's phone and its extension."""
    recipient = posting.recipient
    has_pin = posting.method.tpl_integration_type in ("3pl_tracking", "non_integrated")
    view = _common(posting, shop, wanted)
    view.update(
        provider_status=posting.provider_status,
        delivery_price="",
        customer=_customer(posting) if recipient else None,
        addressee={
            "name": recipient.name,
            "phone": recipient.phone,
            "pin": recipient.pin if has_pin else "",
        }
        if recipient
        else None,
        products=[
            {
                "price": f"{product.price.amount:.4f}",
                "offer_id": product.offer_id,
                "name": product.name,
                "sku": product.sku,
                "quantity": product.quantity,
                "dimensions": {
                    "height": "150.00",
                    "length": "500.00",
                    "weight": str(product.weight_g),
                    "width": "300.00",
                },
                "currency_code": product.price.currency,
                "is_blr_traceable": False,
                "is_marketplace_buyout": False,
                "has_imei": "imei" in product.requires,
                "weight_max": weights(product)[1],
                "weight_min": weights(product)[0],
                "is_weight_needed": "weight" in product.requires,
                "mandatory_mark": marks_of(posting, product, "marking"),
                "jw_uin": marks_of(posting, product, "uin"),
            }
            for product in posting.products
        ],
        financial_data=financial(posting, v4=False) if wanted.financial_data else None,
        additional_data=[],
        product_exemplars=exemplar_views.in_get(posting) if wanted.product_exemplars else None,
        courier=None,
        related_postings={"related_posting_numbers": posting.related} if wanted.related_postings else None,
        previous_substatus=posting.previous_substatus,
        prr_option={"code": "", "price": "", "currency_code": "RUB", "floor": ""},
        tariffication={
            "current_tariff_rate": 0,
            "current_tariff_type": "no_discount",
            "current_tariff_charge": "",
            "current_tariff_charge_currency_code": "RUB",
            "next_tariff_rate": 1,
            "next_tariff_type": "commission",
            "next_tariff_charge": "50",
            "next_tariff_starts_at": stamp(posting.shipment_date + timedelta(seconds=1)),
            "next_tariff_charge_currency_code": "RUB",
        },
        fact_delivery_date=stamp(posting.delivered_at),
        related_weight_postings=[],
    )
    return view


def in_scan(posting: Posting) -> Json:
    """``result`` of get-by-barcode."""
    return {
        "order_id": posting.order_id,
        "order_number": posting.order_number,
        "posting_number": posting.number,
        "status": posting.status,
        "cancel_reason_id": posting.cancellation.reason_id if posting.cancellation else 0,
        "created_at": stamp(posting.in_process_at),
        "in_process_at": stamp(posting.in_process_at),
        "shipment_date": stamp(posting.shipment_date),
        "products": [
            {
                "sku": product.sku,
                "name": product.name,
                "quantity": product.quantity,
                "offer_id": product.offer_id,
                "price": f"{product.price.amount:.4f}",
            }
            for product in posting.products
        ],
        "barcodes": {"upper_barcode": posting.upper_barcode, "lower_barcode": posting.lower_barcode},
    }


def _customer(posting: Posting) -> Json:
    recipient = posting.recipient
    assert recipient is not None
    return {
        "customer_id": posting.customer_id,
        "name": recipient.name,
        "phone": recipient.phone,
        "address": {
            "address_tail": recipient.address_tail,
            "city": recipient.city,
            "comment": recipient.comment,
            "country": recipient.country,
            "district": recipient.district,
            "latitude": 55.79,
            "longitude": 49.12,
            "provider_pvz_code": recipient.provider_pvz_code,
            "pvz_code": recipient.pvz_code,
            "region": recipient.region,
            "zip_code": recipient.zip_code,
        },
    }


def _analytics(posting: Posting, warehouse: str) -> Json:
    recipient = posting.recipient
    begin, end = delivery_window(posting)
    return {
        "region": recipient.region if recipient else "",
        "city": recipient.city if recipient else "",
        "delivery_type": "Courier" if posting.id % 3 == 0 else "PVZ",
        "is_premium": False,
        "payment_type_group_name": "Карты оплаты",
        "warehouse_id": posting.method.warehouse_id,
        "warehouse": warehouse,
        "tpl_provider_id": posting.method.provider_id,
        "tpl_provider": posting.method.provider,
        "delivery_date_begin": begin,
        "delivery_date_end": end,
        "is_legal": False,
        "client_delivery_date_begin": None,
        "client_delivery_date_end": None,
    }

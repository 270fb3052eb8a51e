"""``available_actions`` of a posting: clients drive their work by this list, not by the status alone."""

from vendor_emulators.ozon.model import Posting
from vendor_emulators.ozon.units import OF_UNITS


def available_actions(posting: Posting) -> list[str]:
    """What may be called now, in alphabetical order, as Ozon's examples list it."""
    actions = _by_status(posting)
    if posting.recipient is not None and not posting.closed:
        actions |= {"can_create_chat", "customer_phone_available"}
    return sorted(actions)


def _by_status(posting: Posting) -> set[str]:
    match posting.status:
        case "awaiting_approve":
            return {"cancel"}
        case "awaiting_packaging":
            if posting.substatus == "posting_awaiting_passport_data":
                return {"cancel"}
            if posting.ship_in_process:
                return {"ship_async_in_process"}
            actions = {"cancel", "product_cancel", "ship", "ship_async"}
            if posting.substatus == "ship_failed":
                actions.add("ship_async_retry")
            if posting.mover == "ozon":
                actions.add("has_barcode_for_printing")
            requires = {wanted for product in posting.products for wanted in product.requires}
            if requires:
                actions.add("ship_with_additional_info")
            if "weight" in requires:
                actions.add("has_weight_products")
            return actions
        case "awaiting_registration":
            return {"cancel"}
        case "awaiting_deliver":
            return _awaiting_deliver(posting)
        case "delivering":
            return _delivering(posting)
        case "not_accepted":
            return {"arbitration"}
        case "arbitration":
            return {"awaiting_delivery", "cancel"}
        case _:
            return set()


def _awaiting_deliver(posting: Posting) -> set[str]:
    told = any(p.may_mark or OF_UNITS.intersection(p.requires) for p in posting.products)
    edit = {"update_cis"} if told and posting.substatus != "posting_in_carriage" else set()
    label = {"label_download", f"label_download_{posting.label_size}"}
    match posting.mover:
        case "ozon":
            return {"cancel", "has_barcode_for_printing"} | label | edit
        case "registered":
            return {"cancel", "click_track_number"} | label | edit
        case "seller":
            return {"cancel", "non_int_delivering", "set_track_number"} | edit
        case "carrier":
            return {"cancel", "set_track_number"} | edit


def _delivering(posting: Posting) -> set[str]:
    tracked = {"click_track_number"} if posting.tracking_number else set()
    if posting.mover != "seller":
        return tracked
    if posting.substatus == "posting_in_courier_service":
        return tracked | {"cancel", "non_int_delivered", "set_track_number"}
    return tracked | {"cancel", "non_int_last_mile", "set_track_number"}

"""CDEK's error forms: calculator and lists, entities, OAuth (CDEK OpenAPI, July 2026)."""

from typing import Any

from vendor_emulators.wire import Refusal, json_response

Json = dict[str, Any]

MESSAGES = {
    "v2_entity_not_found": "Entity is not found by uuid {0}",
    "v2_entity_not_found_im_number": "Entity is not found by number {0}",
    "v2_entity_not_ready": "v2_entity_not_ready",
    "v2_similar_request_still_processed": "Similar request is still being processed {0}",
    "v2_shipment_address_multivalued": "Sender address and sender shipment point can't be filled both",
    "v2_recipient_location_not_recognized": "Recipient location is not recognized",
    "v2_sender_location_not_recognized": "Sender location is not recognized",
    "v2_exceeded_size": "The size parameter cannot exceed 10000",
    "v2_token_expired": "Access token is expired: {0}",
    "v2_authorization_incorrect": "Authorization header is incorrect",
    "v2_too_many_webhooks": "Too many active webhooks. Maximum allowed is 2",
    "v2_delivery_point_changed": "Delivery point has been changed",
    "error_validate_im_dep_number_has_already_had_integration": (
        "Введенный номер отправления ИМ не уникальный. Введите уникальный номер."
    ),
    "error_validate_order_delete_status": (
        "Ошибка удаления заказа. Заказ может быть удален только в статусе Создан."
    ),
    "error_validate_receiver_phone_number_incorrect": "Некорректный номер телефона получателя",
    "v2_unable_add_service": "Unable to add service {0} to order.",
    "error_validate_additional_service_param_unsupported_param": "Дополнительная услуга не поддерживается",
    "error_validate_additional_service_param_cant_part_deliv_one_good": "Частичная доставка невозможна",
    "err_addservice_ban_attachment_inspection_incompatible_part_deliv": (
        "Невозможно одновременное применение взаимоисключающих доп. услуг"
    ),
    "err_addservice_ban_attachment_inspection_incompatible_trying_on": (
        "Невозможно одновременное применение взаимоисключающих доп. услуг"
    ),
    "ve_package_weight_too_large": "Физический вес >",
    "err_result_service_empty": "По данному направлению при заданных условиях выбранный тариф недоступен",
    "err_result_servicelist_empty": "По данному направлению при заданных условиях нет доступных тарифов",
}


def error(code: str, argument: str = "", message: str | None = None) -> Json:
    """One element of ``errors``."""
    text = message or MESSAGES.get(code, code)
    return {"code": code, "message": text.replace("{0}", argument)}


def refuse(code: str, argument: str = "", *, status: int = 400, message: str | None = None) -> Refusal:
    """Form (a): ``{"errors": [...]}``."""
    return Refusal(json_response({"errors": [error(code, argument, message)]}, status))

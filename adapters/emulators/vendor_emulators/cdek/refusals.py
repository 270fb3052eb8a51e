"""CDEK's refusals: where each was read, and those that are guessed."""

from vendor_emulators.refusals import Guess
from vendor_emulators.wire import Request, Response, json_response

_NOBODY = "00000000-0000-4000-8000-000000000000"

DOCUMENTED = {
    "API v2, table of errors (2026-07)": (
        "v2_entity_not_found", "v2_entity_not_found_im_number", "v2_entity_not_ready", "v2_entity_invalid",
        "v2_entity_has_final_status", "v2_field_is_empty", "v2_bad_request", "v2_invalid_value_type",
        "v2_invalid_format", "v2_exceeded_size", "v2_parameters_empty", "v2_order_number_empty",
        "v2_shipment_address_multivalued", "v2_delivery_address_multivalued", "v2_package_id_is_empty",
        "v2_sender_location_not_recognized", "v2_recipient_location_not_recognized", "v2_update_forbidden",
        "v2_similar_request_still_processed", "v2_delivery_point_changed", "v2_unable_add_service",
        "v2_intake_exists_by_order", "v2_intake_exists_by_date_address", "v2_too_many_webhooks",
        "v2_webhook_type_incorrect", "v2_token_expired", "v2_authorization_incorrect", "unauthorized",
        "err_result_service_empty", "err_result_servicelist_empty", "ve_package_weight_too_large",
        "error_validate_receiver_phone_number_incorrect", "error_validate_order_delete_status",
        "error_validate_im_dep_number_has_already_had_integration",
        "error_validate_additional_service_param_unsupported_param",
        "error_validate_additional_service_param_cant_part_deliv_one_good",
    ),
    "a recorded answer (2026-08)": ("v2_cost_change_by_parameters",),
}  # fmt: skip


def _later(request: Request) -> Response:
    """The 202 of everything that is done later."""
    pieces = request.path.split("/")
    uuid = pieces[3] if len(pieces) > 3 else _NOBODY
    kind = "DELETE" if request.method == "DELETE" else "UPDATE"
    asked = {"request_uuid": _NOBODY, "type": kind, "date_time": "", "state": "ACCEPTED"}
    return json_response({"entity": {"uuid": uuid}, "requests": [asked], "related_entities": []}, 202)


GUESSED = (
    # The codes are published; that they come at once, with HTTP 400, is assumed.
    Guess("v2_similar_request_still_processed", "DELETE", "/v2/orders/*", _later),
    Guess("v2_similar_request_still_processed", "POST", "/v2/orders/*/refusal", _later),
    Guess("v2_entity_has_final_status", "DELETE", "/v2/intakes/*", _later),
    # Published for orders; of the calculators it is assumed.
    Guess("v2_unable_add_service", "POST", "/v2/calculator/*"),
    Guess("error_validate_additional_service_param_unsupported_param", "POST", "/v2/calculator/*"),
)

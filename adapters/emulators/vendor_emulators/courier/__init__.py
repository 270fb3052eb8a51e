"""Skvorets, a small courier company that does not exist: an HTTP API for the first plugin that one writes.

It delivers to Russian postal codes that begin with 1 to 4, up to 15 kg. Bodies are JSON.
Weights are grams, sides millimetres, times RFC 3339 UTC, money ``{"amount": "260.00", "currency": "RUB"}``.
Every request carries ``X-Key`` (``demo-key`` unless the emulator was started with ``--key``). A refusal is
``{"error": {"code", "message"}}``: 401 ``unauthorized``, 404 ``not_found``, 405 ``method_not_allowed``,
422 ``invalid`` (the message names the field), ``too_heavy`` or ``not_served``; 409 as told below.

``GET /quotes?to_country=RU&to_postal_code=190000&weight_g=&length_mm=&width_mm=&height_mm=``
    ``{"offers": [{"service": "economy", "name", "price", "days_min", "days_max"}]}``, the cheapest first;
    no offers where the company does not deliver. Asking is free.
``POST /shipments``
    ``{"reference", "service", "recipient": {"name", "phone", "country", "postal_code", "city", "street"},
    "parcel": {"weight_g", "length_mm", "width_mm", "height_mm"}, "description"}``. 201 with the shipment:
    ``{"number", "reference", "service", "state": "booked", "price", "created_at"}``. What a repetition makes
    depends on the class of carrier, see below.
``GET /shipments?reference=``
    ``{"shipments": [...]}`` of this reference. Without ``reference``: all of them.
``GET /shipments/{number}``
    The shipment. States: booked, accepted, in_transit, out_for_delivery, delivered; cancelled.
``GET /shipments/{number}/label``
    A PDF of one page, 100 x 150 mm, with the number as Code 128; 409 ``cancelled`` where it is.
``GET /shipments/{number}/events``
    ``{"events": [{"time", "code", "text", "place"}], "charged": price or null}``, oldest first; ``code`` is
    the state that began. What is booked is charged when it is accepted, never before.
``POST /shipments/{number}/cancel``
    No body. The cancelled shipment, free of charge while it is booked and no matter how often it is asked;
    409 ``already_accepted`` after that.

The company is one of four classes of carriers (``--mode``):

``unique_ref`` (default)
    A reference is used once, for good, also when its shipment was cancelled: again is 409
    ``duplicate_reference`` with the first one as ``"shipment"`` beside ``"error"``.
``key``
    A repeated reference makes a second shipment. A repeated header ``Idempotency-Key`` with the same booking
    is answered as the first time, with ``Idempotency-Replayed: true``; with another booking it is 422
    ``key_reused``. Keys are kept for good; a refused booking keeps none.
``lookup``
    A repeated reference makes a second shipment; the look-up by reference shows both.
``none``
    A repeated reference makes a second shipment, and ``GET /shipments`` is 404 ``not_found``.

Control: ``POST /_emulator/dropoff {"numbers": [...]}`` brings parcels to the company: accepted now, delivered
about two virtual days later. Answers ``{"accepted": [...], "refused": [{"number", "state"}]}``; 404 for a
number that nobody knows, and then nothing moves. ``GET /_emulator/state``: ``{"now", "mode", "shipments":
[{"number", "reference", "created_at", "state", "live", "price", "charged", "events", "posted",
"idempotency_key"}], "counts", "faults"}``; ``live``: not cancelled; ``posted`` counts the bookings
sent with this reference, refused and replayed ones as well.
"""

from vendor_emulators.courier.emulator import CourierEmulator

__all__ = ["CourierEmulator"]

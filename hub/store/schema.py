"""The tables, declared once, as data; SQLite is made from it by `hub.store.migrations`, and the PostgreSQL
DDL is emitted from the same declaration by `hub.store.postgres` (docs/adr/0008).

Column types: ``text``, ``bigint`` (also times: integer microseconds UTC), ``boolean``, ``bytes``, ``json``
(text on SQLite). A column whose type ends in ``?`` may be null.
"""

from __future__ import annotations

from hub.store.table import Table

VERSION = 8
"""Raised with every change of the declaration, by a step of `hub.store.migrations.numbered` that brings older
databases there."""


TABLES = (
    Table(
        name="sellers",
        columns={
            "slug": "text",
            "title": "text",
            "time_zone": "text",
            "plugins": "json",
            "profile": "json",  # language, paper, sender, defaults, reference prefix
            "declared": "boolean",
            "created_at": "bigint",
        },
        key=("slug",),
    ),
    Table(
        name="accounts",
        columns={
            "id": "text",
            "seller": "text",
            "plugin": "text",
            "name": "text",
            "external_id": "text",
            "credentials": "bytes?",  # AES-GCM; null where plugins.toml declares the account
            "status": "text",
            "status_data": "json",
            "checked_at": "bigint?",
            "created_at": "bigint",
        },
        key=("id",),
        unique=(("seller", "name"),),
    ),
    Table(
        name="products",
        columns={
            "seller": "text",
            "offer_id": "text",
            "sku": "text",
            "document": "json",
            "updated_at": "bigint",
        },
        key=("seller", "offer_id"),
        indexes=(("seller", "sku"),),
    ),
    Table(
        name="postings",
        columns={
            "id": "text",
            "seller": "text",
            "account": "text",
            "number": "text",
            "order_number": "text",
            "scheme": "text",
            "flow": "text",
            "books": "text",
            "status": "text",
            "substatus": "text",
            "status_known": "boolean",
            "stage": "text",
            "is_open": "boolean",  # work may be left: neither final nor on its way
            "wanted": "boolean",  # somebody ordered that it be shipped
            "ship_by": "bigint?",
            "late_after": "bigint?",
            "provider": "text",
            "carrier": "text",
            "service": "text",
            "price_minor": "bigint?",
            "currency": "text",
            "reference": "text",
            "tracking_number": "text",
            "reported": "text",  # the last stage that the marketplace was told
            "problems": "bigint",
            "pieces": "bigint",
            "sequence": "bigint",  # of the last history row
            "document": "json",  # hub.plugin_api.models.Posting without the recipient
            "raw_hash": "bytes",
            "created_at": "bigint",
            "updated_at": "bigint",
            "erased_at": "bigint?",  # the buyer is forgotten, and is not stored again
        },
        key=("id",),
        unique=(("account", "number"),),
        indexes=(
            ("seller", "ship_by", "id"),
            ("seller", "is_open", "ship_by", "id"),
            ("seller", "stage", "ship_by", "id"),
            ("seller", "id"),
            ("number",),
        ),
    ),
    Table(
        name="recipients",  # personal data lives here and in raw_payloads, and can be erased
        columns={
            "posting_id": "text",
            "document": "json",
            "updated_at": "bigint",
            "checks": "json?",  # rows.AddressChecks: personal data too
        },
        key=("posting_id",),
    ),
    Table(
        name="raw_payloads",
        columns={
            "account": "text",
            "kind": "text",
            "external_id": "text",
            "time": "bigint",
            "hash": "bytes",
            "body": "bytes",  # zlib
        },
        key=("account", "kind", "external_id", "hash"),
    ),
    Table(
        name="history",
        columns={
            "posting_id": "text",
            "sequence": "bigint",
            "event_id": "text",
            "time": "bigint",
            "kind": "text",
            "version": "bigint",
            "actor": "text",
            "operation_id": "text",
            "data": "json",  # codes and parameters, never sentences
        },
        key=("posting_id", "sequence"),
    ),
    Table(
        name="outbox",
        columns={"id": "text", "seller": "text", "kind": "text", "data": "json", "created_at": "bigint"},
        key=("id",),
    ),
    Table(
        name="operations",
        columns={
            "id": "text",
            "seller": "text",
            "account": "text",
            "kind": "text",
            "subject_type": "text",
            "subject_id": "text",
            "posting_id": "text",
            "epoch": "bigint",
            "state": "text",
            "reference": "text",
            "fingerprint": "text",
            "request": "json",
            "quoted_minor": "bigint?",
            "cap_minor": "bigint?",
            "price_minor": "bigint?",
            "currency": "text",
            "external_id": "text",
            "result": "json",
            "reason": "text",
            "reason_code": "text",
            "sends": "bigint",
            "looks": "bigint",
            "sent_at": "bigint?",
            "look_after": "bigint?",
            "created_at": "bigint",
            "updated_at": "bigint",
            "doubts": "bigint",  # attempts that may have been acted on
        },
        key=("id",),
        unique=(("account", "kind", "subject_type", "subject_id", "epoch"),),
        indexes=(("posting_id", "id"), ("state", "look_after"), ("seller", "id")),
    ),
    Table(
        name="attempts",  # of operations; append only: one row when it begins, one when it ends
        columns={
            "operation_id": "text",
            "number": "bigint",  # the operation's count of sends
            "event": "text",
            "time": "bigint",
            "worker": "text",
            "fence": "bigint",  # of the worker's lease on its work
            "bytes_left": "boolean",  # a byte of the unsafe request may have gone out
            "status": "bigint?",  # HTTP, of the answer
            "answer": "text",  # SHA-256 of its body
            "verdict": "text",
        },
        key=("operation_id", "number", "event"),
    ),
    Table(
        name="shipments",
        columns={
            "id": "text",
            "seller": "text",
            "account": "text",
            "posting_id": "text",
            "ordinal": "bigint",
            "state": "text",
            "carrier": "text",
            "service_code": "text",
            "service_name": "text",
            "reference": "text",
            "carrier_id": "text",
            "tracking_number": "text",
            "quoted_minor": "bigint?",
            "committed_minor": "bigint?",
            "charged_minor": "bigint?",
            "currency": "text",
            "stage": "text",  # what tracking says
            "parcels": "json",
            "why": "json",
            "created_at": "bigint",
            "updated_at": "bigint",
            "look_at": "bigint?",  # when the carrier is asked whether this is the one order of its reference
        },
        key=("id",),
        unique=(("posting_id", "ordinal"),),
        indexes=(
            ("seller", "id"),
            ("account", "state"),
            ("account", "carrier_id"),
            ("account", "tracking_number"),
            ("account", "look_at"),
        ),
    ),
    Table(
        name="quotes",
        columns={"posting_id": "text", "time": "bigint", "document": "json"},
        key=("posting_id",),
    ),
    Table(
        name="files",
        columns={"id": "text", "media_type": "text", "content": "bytes", "created_at": "bigint"},
        key=("id",),
    ),
    Table(
        name="label_codes",  # what may stand on whose label
        columns={"code": "text", "posting_id": "text", "shipment_id": "text"},
        key=("code", "posting_id", "shipment_id"),
        indexes=(("posting_id",),),
    ),
    Table(
        name="refused_files",  # by their hash: what opened them was stopped, and is not tried again soon
        columns={"id": "text", "reason": "text", "created_at": "bigint"},
        key=("id",),
    ),
    Table(
        name="documents",
        columns={
            "id": "text",
            "seller": "text",
            "account": "text",
            "kind": "text",
            "posting_id": "text",
            "shipment_id": "text",
            "state": "text",
            "ticket": "text",
            "file_id": "text",
            "media_type": "text",
            "page": "bigint",
            "codes": "json",
            "reason": "text",
            "printed": "bigint",
            "retry_at": "bigint?",
            "created_at": "bigint",
            "updated_at": "bigint",
            "leaving": "boolean",  # its file goes when no posting in it is under way
            "covers": "json?",  # the postings of a file of several; null for what is one posting's
            "attempts": "bigint",  # to have this posting's label, that came to nothing
            "alone": "boolean",  # what it was asked for with could not be used: it is asked for by itself
        },
        key=("id",),
        indexes=(("posting_id", "kind"), ("account", "kind", "state"), ("file_id",)),
    ),
    Table(
        name="handovers",
        columns={
            "id": "text",
            "seller": "text",
            "account": "text",
            "carrier": "text",
            "grouping": "text",
            "day": "text",
            "external_id": "text",
            "state": "text",
            "postings": "json",
            "code": "text",
            "document_id": "text",
            "reason": "text",
            "created_at": "bigint",
            "updated_at": "bigint",
        },
        key=("id",),
        indexes=(("seller", "id"), ("state",)),
    ),
    Table(
        name="tracking_events",
        columns={
            "shipment_id": "text",
            "hash": "text",
            "time": "bigint",
            "kind": "text",
            "code": "text",
            "text": "text",
            "place": "text",
            "known": "boolean",
        },
        key=("shipment_id", "hash"),
    ),
    Table(
        name="problems",
        columns={
            "id": "text",
            "seller": "text",
            "posting_id": "text",
            "account": "text",
            "operation_id": "text",
            "kind": "text",
            "data": "json",
            "deadline": "bigint?",
            "state": "text",
            "answer": "text",
            "created_at": "bigint",
            "closed_at": "bigint?",
        },
        key=("id",),
        indexes=(("seller", "state", "id"), ("posting_id", "state")),
    ),
    Table(
        name="asked_operations",  # what waits for the answer to an open question about an account
        columns={"account": "text", "kind": "text", "operation_id": "text", "posting_id": "text"},
        key=("account", "kind", "operation_id"),
        indexes=(("posting_id",),),
    ),
    Table(
        name="calls",  # how often a vendor was called, by its own day (hub.calls.budget)
        columns={"account": "text", "meter": "text", "day": "text", "used": "bigint", "allowed": "bigint?"},
        key=("account", "meter", "day"),
    ),
    Table(
        name="jobs",
        columns={
            "key": "text",  # one piece of work, one row
            "seller": "text",
            "account": "text",
            "kind": "text",
            "subject": "text",
            "priority": "bigint",  # smaller first: a deadline in seconds
            "run_at": "bigint",
            "state": "text",  # waiting for its time, ready, running, parked, dead
            "again": "boolean",  # asked for while it ran: run once more
            "lease_owner": "text",
            "lease_until": "bigint",
            "fence": "bigint",
            "attempts": "bigint",
            "reason": "text",
            "created_at": "bigint",
            "started_at": "bigint?",  # of the try that runs, or ran last
            "lost": "bigint",  # how often its worker went away in the middle of it, since it was last done
            "lost_at": "bigint?",  # when that happened first
            "stuck": "boolean",  # a schedule that fails again and again: it goes on, and a person is told
        },
        key=("key",),
        indexes=(("state", "run_at"), ("state", "priority", "run_at"), ("seller", "state")),
    ),
    Table(
        name="leases",
        columns={"name": "text", "owner": "text", "until": "bigint", "fence": "bigint"},
        key=("name",),
    ),
    Table(
        name="cursors",
        columns={"account": "text", "stream": "text", "cursor": "text", "updated_at": "bigint"},
        key=("account", "stream"),
    ),
    Table(
        name="api_keys",
        columns={
            "id": "text",
            "name": "text",
            "seller": "text?",  # null: the operator's
            "prefix": "text",
            "hash": "bytes",
            "revoked": "boolean",
            "created_at": "bigint",
            "read_only": "boolean",  # looks only: changes nothing, and has no vendor asked
            "expires_at": "bigint?",
        },
        key=("id",),
        unique=(("hash",),),
    ),
    Table(
        name="idempotency",
        columns={
            "key_id": "text",
            "key": "text",
            "fingerprint": "text",
            "status": "bigint?",  # null while the first request is still at work
            "answer": "bytes?",
            "created_at": "bigint",
        },
        key=("key_id", "key"),
    ),
    Table(
        name="carrier_parcels",  # what each shipment says of its carrier, so that a later word replaces it
        columns={
            "shipment_id": "text",
            "seller": "text",
            "carrier": "text",
            "direction": "text",
            "week": "bigint",
            "outcome": "json",
        },
        key=("shipment_id",),
        indexes=(("seller",),),
    ),
    Table(
        name="carrier_weeks",  # the sums of carrier_parcels, for a direction and for every wider one
        columns={
            "seller": "text",
            "carrier": "text",
            "direction": "text",
            "week": "bigint",  # of the booking: whole weeks since 1970
            "parcels": "bigint",
            "timed": "bigint",
            "on_time": "bigint",
            "late_days": "bigint",
            "ended": "bigint",
            "lost": "bigint",
            "damaged": "bigint",
            "returned": "bigint",
            "charged": "bigint",
            "kept": "bigint",
            "over_permille": "bigint",
            "scanned": "bigint",
            "scan_minutes": "bigint",
        },
        key=("seller", "carrier", "direction", "week"),
    ),
    Table(
        name="carrier_feedback",  # what buyers and the seller say: claims, returns, ratings
        columns={
            "seller": "text",
            "mark": "text",  # a hash of what makes it one: the same line comes in once
            "carrier": "text",
            "shipment_id": "text",
            "direction": "text",
            "kind": "text",  # claim, return, rating, own
            "reason": "text",
            "rating_hundredths": "bigint",
            "pieces": "bigint",  # how many ratings or claims the line stands for
            "source": "text",
            "day": "bigint",  # days since 1970
            "created_at": "bigint",
        },
        key=("seller", "mark"),
        indexes=(("seller", "carrier", "day"), ("seller", "kind"), ("shipment_id",)),
    ),
    Table(
        name="carrier_opinions",  # carrier_feedback by week, one document a carrier: a quote reads it
        columns={"seller": "text", "carrier": "text", "weeks": "json"},
        key=("seller", "carrier"),
    ),
    Table(
        name="contract_prices",
        columns={
            "seller": "text",
            "carrier": "text",
            "line": "bigint",  # of the file that it came from
            "service": "text",
            "percent_hundredths": "bigint?",
            "price_minor": "bigint?",
            "currency": "text",
            "over_g": "bigint",
            "up_to_g": "bigint?",
            "valid_from": "text?",
            "valid_to": "text?",
            "created_at": "bigint",
        },
        key=("seller", "carrier", "line"),
    ),
    Table(name="counters", columns={"name": "text", "value": "bigint"}, key=("name",)),
)

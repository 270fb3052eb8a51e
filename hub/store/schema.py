"""The tables, in the order in which they are made. What a table holds is declared by the struct of its rows
(`hub.store.rows`); SQLite is made from that by `hub.store.migrations`, and the PostgreSQL DDL is emitted from
the same declaration by `hub.store.postgres` (docs/adr/0008).
"""

from __future__ import annotations

from hub.store import rows

VERSION = 16
"""Raised with every change of the declaration, by a step of `hub.store.migrations.numbered` that brings older
databases there."""

TABLES = tuple(
    table.declared
    for table in (
        rows.sellers,
        rows.warehouses,
        rows.accounts,
        rows.products,
        rows.postings,
        rows.recipients,
        rows.raw_payloads,
        rows.history,
        rows.outbox,
        rows.operations,
        rows.attempts,
        rows.shipments,
        rows.units,
        rows.quotes,
        rows.choices,
        rows.totals,
        rows.files,
        rows.label_codes,
        rows.refused_files,
        rows.documents,
        rows.handovers,
        rows.tracking_events,
        rows.problems,
        rows.problem_postings,
        rows.asked_operations,
        rows.told,
        rows.messengers,
        rows.messages,
        rows.calls,
        rows.jobs,
        rows.leases,
        rows.cursors,
        rows.api_keys,
        rows.idempotency,
        rows.carrier_parcels,
        rows.carrier_weeks,
        rows.feedback,
        rows.opinions,
        rows.contract_prices,
        rows.counters,
    )
)

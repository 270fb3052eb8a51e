"""Contract prices: the sellers' tables for their carriers."""

from __future__ import annotations

from datetime import date

from hub.store.connection import Transaction
from hub.store.rows import ContractPriceRow, contract_prices


def of_seller(connection: Transaction, seller: str, carrier: str = "") -> list[ContractPriceRow]:
    """The lines for one carrier or for all, in the order of the files."""
    where = "WHERE seller = ? AND carrier = ?" if carrier else "WHERE seller = ?"
    parameters = (seller, carrier) if carrier else (seller,)
    return contract_prices.all(connection, f"{where} ORDER BY carrier, line", parameters)


def valid_on(connection: Transaction, seller: str, *, day: date) -> list[ContractPriceRow]:
    """The lines that are valid on a day, in the order of the files."""
    on = day.isoformat()
    return contract_prices.all(
        connection,
        "WHERE seller = ? AND (valid_from IS NULL OR valid_from <= ?) "
        "AND (valid_to IS NULL OR valid_to >= ?) ORDER BY carrier, line",
        (seller, on, on),
    )


def forget(tx: Transaction, seller: str, carrier: str) -> int:
    """Delete the seller's lines for a carrier; how many there were."""
    return int(
        tx.execute("DELETE FROM contract_prices WHERE seller = ? AND carrier = ?", (seller, carrier)).rowcount
    )

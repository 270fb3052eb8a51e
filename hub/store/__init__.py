"""The only code that opens the database. Nothing outside knows which one it is."""

from hub.store.connection import Connection, Transaction
from hub.store.database import Store

__all__ = ["Connection", "Store", "Transaction"]

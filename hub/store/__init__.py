"""The only code that opens the database. Nothing outside knows which one it is."""

from hub.store.database import Store, Transaction

__all__ = ["Store", "Transaction"]

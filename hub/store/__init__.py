"""The only code that opens the database. Nothing outside knows which one it is."""

from hub.store.connection import Connection, Transaction
from hub.store.opening import make_tables, open_store
from hub.store.place import Place, Server, place_of
from hub.store.store import Safety, Store

__all__ = [
    "Connection",
    "Place",
    "Safety",
    "Server",
    "Store",
    "Transaction",
    "make_tables",
    "open_store",
    "place_of",
]

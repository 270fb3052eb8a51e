"""How an older database becomes one of today: numbered steps, declared as data (docs/adr/0022).

`numbered` has them, `making` gives them to SQLite, `hub.store.postgres` emits them for PostgreSQL, and
`running` is what ``hub serve`` and ``hub migrate`` call.
"""

from hub.store.migrations.migration import Migration
from hub.store.migrations.numbered import FIRST, MIGRATIONS, oldest_code, pending

__all__ = ["FIRST", "MIGRATIONS", "Migration", "oldest_code", "pending"]

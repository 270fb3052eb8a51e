"""The table as a file on the disk, which the seller edits while the hub runs."""

from __future__ import annotations

import stat
from pathlib import Path

from hub import Rejected, Unavailable, said

from hub_ozon_partners.prices import PriceTable
from hub_ozon_partners.table import read_table

BYTES_MAX = 4 * 1024 * 1024

_Stamp = tuple[int, int, int]


class TableFile:
    """A table that is read again when its file has changed. Nothing outside its folder is read."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        # as the seller knows it: where the hub's folder lies is nobody's business
        self._shown = f"files/{folder.name}/{name}"
        self._known: tuple[_Stamp, PriceTable | str] | None = None

    def read(self) -> PriceTable:
        """Blocks. Raises Unavailable that says what is wrong with the file, and Rejected where the setting
        names none within the folder."""
        folder = self._folder.resolve()
        # a name with controls is nobody's file, and NUL ends a path for the system
        path = (folder / (self._name if self._name.isprintable() else "")).resolve()
        if path == folder or not path.is_relative_to(folder):
            raise Rejected(
                "table: '{name}' is no file in files/{name_2}",
                code="table.no_file_files",
                values={"name": self._name, "name_2": self._folder.name},
            )
        try:
            state = path.stat()
            if not stat.S_ISREG(state.st_mode):
                raise Unavailable(
                    "{shown} is no file", code="unavailable.no_file", values={"shown": self._shown}
                )
            stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
            if self._known is None or self._known[0] != stamp:
                with path.open("rb") as file:
                    self._known = (stamp, _table(file.read(BYTES_MAX + 1)))
        except FileNotFoundError:
            raise Unavailable(
                "there is no {shown} in the hub's folder: put it there",
                code="unavailable.no_hub_folder_put",
                values={"shown": self._shown},
            ) from None
        except OSError as error:
            raise Unavailable(
                "{shown} cannot be read: {error}",
                code="unavailable.cannot_read",
                values={"shown": self._shown, "error": error.strerror or error},
            ) from None
        table = self._known[1]
        if isinstance(table, str):
            raise Unavailable(
                "{shown}: {table}", code="unavailable.vendor", values={"shown": self._shown, "table": table}
            )
        return table


def _table(data: bytes) -> PriceTable | str:
    """The table, or what is wrong with it."""
    if len(data) > BYTES_MAX:
        return said(
            "it is larger than {bytes_max} MB",
            code="table.larger_mb",
            values={"bytes_max": BYTES_MAX // 2**20},
        )
    try:
        return read_table(data)
    except Rejected as error:
        return error.said

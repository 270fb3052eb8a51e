"""Several labels on a sheet of A4: which cell a page gets, and where the cells lie. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

PLACES = 4
"""Of a sheet, from the top left one, row by row."""
_WIDTH, _HEIGHT = 105.0, 148.5  # of a quarter, in millimetres
_EDGE = 5.0  # of the sheet: an office printer prints nothing there
_LEAST = 0.93  # a page that would have to be smaller gets a larger cell
_Size = tuple[float, float]


class Cell(Enum):
    """How many of the sheet's places a page takes."""

    QUARTER = 1
    HALF = 2
    WHOLE = 4

    @property
    def size_mm(self) -> _Size:
        """Width and height."""
        return (_WIDTH * (1 if self is Cell.QUARTER else 2), _HEIGHT * (2 if self is Cell.WHOLE else 1))

    @property
    def edges_mm(self) -> _Size:
        """What stays white at the sides, and above and below: a cell may lie at either edge of the sheet."""
        return (0, 0) if self is Cell.WHOLE else (_EDGE, _EDGE)

    @property
    def room_mm(self) -> _Size:
        """What can be printed on."""
        (width, height), (aside, above) = self.size_mm, self.edges_mm
        return (width - 2 * aside, height - 2 * above)


def cell_of(shrunk: Callable[[_Size], float]) -> Cell:
    """The smallest cell that the page fits into. ``shrunk``: its scale on a paper of these millimetres."""
    for cell in (Cell.QUARTER, Cell.HALF):
        if shrunk(cell.room_mm) >= _LEAST:
            return cell
    return Cell.WHOLE


def laid_out(cells: Iterable[Cell], start: int = 1) -> Iterator[list[tuple[int, _Size]]]:
    """The sheets: of each the pages on it (their position in ``cells``), and the lower left corner of each in
    millimetres. In order; ``start`` is the first free place of the first sheet, from 1 to 4."""
    sheet: list[tuple[int, _Size]] = []
    free = start - 1
    for index, cell in enumerate(cells):
        taken = cell.value
        free += -free % taken  # a half begins a row, a whole a sheet
        if free + taken > PLACES:
            yield sheet  # also the first one with nothing on it: what lies in the printer is that one
            sheet, free = [], 0
        row, column = divmod(free, 2)
        _, height = cell.size_mm
        sheet.append((index, (column * _WIDTH, 2 * _HEIGHT - row * _HEIGHT - height)))
        free += taken
    if sheet:
        yield sheet


__all__ = ["PLACES", "Cell", "cell_of", "laid_out"]

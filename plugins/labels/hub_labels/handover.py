"""The hand-over sheet: what the carrier takes at one time, on A4, with places to sign. In Russian, which the
carrier's people read, and in the seller's language."""

from __future__ import annotations

from hub import HandoverLine, HandoverSheet, Paper

from hub_labels import wording
from hub_labels.flowing import Block
from hub_labels.sheet import Book, Page
from hub_labels.symbols import code128

_MARGIN = 100
_TEXT = 30
_LEAST = 20
_ROW = 50
_HEAD = 480  # the first page's header, without a code
_CODE = 190
_NEXT_HEAD = 200
_SIGNATURES = 380

# Columns of the table: left edges in dots; numbers stand right in theirs.
_COLUMNS = (0, 90, 620, 1090, 1310)
_NOTE = 160

_WORDS = {
    "sheet": {"ru": "Акт приёма-передачи", "zh": "交接单", "en": "Hand-over sheet"},
    "sender": {"ru": "Отправитель", "zh": "发货方", "en": "Sender"},
    "carrier": {"ru": "Перевозчик", "zh": "承运商", "en": "Carrier"},
    "time": {"ru": "Время", "zh": "时间", "en": "Time"},
    "number": {"ru": "Номер", "zh": "编号", "en": "Number"},
    "posting": {"ru": "Отправление", "zh": "货件", "en": "Posting"},
    "tracking": {"ru": "Трек-номер", "zh": "运单号", "en": "Tracking"},
    "weight": {"ru": "Вес", "zh": "重量", "en": "Weight"},
    "boxes": {"ru": "Мест", "zh": "箱数", "en": "Boxes"},
    "given": {"ru": "Сдал", "zh": "交货人", "en": "Handed over by"},
    "taken": {"ru": "Принял", "zh": "收货人", "en": "Taken over by"},
    "sign": {"ru": "фамилия, подпись", "zh": "姓名、签字", "en": "name, signature"},
    "date": {"ru": "дата, время", "zh": "日期、时间", "en": "date, time"},
    "total": {"ru": "Всего отправлений", "zh": "货件共计", "en": "Postings in all"},
    "in_all": {"ru": "вес", "zh": "重量", "en": "weight"},
    "unweighed": {"ru": "без веса", "zh": "未称重", "en": "not weighed"},
}
_COLUMN_TITLES = ("posting", "tracking", "weight", "boxes")


def draw_handover(book: Book, sheet: HandoverSheet) -> None:
    """As many pages as the lines need; the signatures are on the last one, never alone."""
    _Handover(book, sheet).draw()


class _Handover:
    def __init__(self, book: Book, sheet: HandoverSheet) -> None:
        self.book, self.sheet = book, sheet
        self.missing: set[str] = set()
        self.words = wording.Spoken(_WORDS, sheet.language).both

    def draw(self) -> None:
        pages = self.divided()
        number = 1
        for index, lines in enumerate(pages):
            page = self.book.page(*Paper.A4.size_mm)
            inner = page.width - 2 * _MARGIN
            y = self.header(page, inner) if index == 0 else self.next_header(page, inner)
            y = self.table_head(page, y, inner)
            for line in lines:
                self.row(page, y, inner, number, line)
                y += _ROW
                number += 1
            if index == len(pages) - 1:
                self.closing(page, y, inner)
            counted = f"{index + 1} / {len(pages)}"
            page.text_right(page.width - _MARGIN, page.height - 60, counted, 26)
            page.done()

    def divided(self) -> list[list[HandoverLine]]:
        """The lines of each page; the last page keeps room for the signatures and has a line, if any."""
        height = int(Paper.A4.size_mm[1] * 203 / 25.4) - _MARGIN - 2 * _ROW
        lines = list(self.sheet.lines)
        first = _HEAD + (_CODE if self.sheet.code else 0) + (_NOTE if self.sheet.note else 0)
        pages: list[list[HandoverLine]] = []
        while True:
            room = height - (_NEXT_HEAD if pages else first)
            if len(lines) * _ROW + _SIGNATURES <= room:
                return [*pages, lines]
            count = min(room // _ROW, max(len(lines) - 1, 1))
            pages.append(lines[:count])
            lines = lines[count:]

    def fitted(self, text: str, width: int, size: int, *, lines: int = 1, bold: bool = False) -> Block:
        """Cleaned and fitted text."""
        clean = self.book.faces.clean(text, self.missing)
        return self.book.fitted(clean, width, size, _LEAST, lines=lines, bold=bold)

    def header(self, page: Page, inner: int) -> int:
        sheet = self.sheet
        y = _MARGIN
        y = page.put(_MARGIN, y, self.fitted(self.words("sheet"), inner, 30))
        y = page.put(_MARGIN, y, self.fitted(sheet.title, inner, 54, bold=True)) + 14
        for caption, value in (
            ("sender", sheet.seller),
            ("carrier", sheet.carrier),
            ("time", wording.local_time(sheet.time, sheet.time_zone)),
            *((("number", sheet.number),) if sheet.number else ()),
        ):
            page.put(_MARGIN, y, self.fitted(self.words(caption), 380, 26))
            y = page.put(_MARGIN + 400, y, self.fitted(value, inner - 400, 30, bold=True)) + 4
        y = _MARGIN + _HEAD - 100
        if sheet.code:
            symbol = code128(sheet.code.strip(), inner, most_dots=4)
            if symbol is not None:
                page.bars(_MARGIN, y, symbol, 110)
            shown = self.fitted(sheet.code, inner, 34, bold=True)
            page.put(_MARGIN, y + 118, shown)
            y += _CODE
        if sheet.note:
            page.frame(_MARGIN, y, inner, _NOTE - 20, 4)
            page.put(_MARGIN + 20, y + 12, self.fitted(sheet.note, inner - 40, 30, lines=3, bold=True))
            y += _NOTE
        return y

    def next_header(self, page: Page, inner: int) -> int:
        words = self.fitted(wording.joined(self.sheet.title, self.sheet.carrier), inner, 32, bold=True)
        return page.put(_MARGIN, _MARGIN, words) + 20

    def table_head(self, page: Page, y: int, inner: int) -> int:
        for column, title in enumerate(("№", *map(self.words, _COLUMN_TITLES))):
            self.cell(page, y, inner, column, title, bold=True, size=24)
        page.box(_MARGIN, y + _ROW - 4, inner, 4)
        return y + _ROW

    def row(self, page: Page, y: int, inner: int, number: int, line: HandoverLine) -> None:
        weight = "—" if line.weight_g is None else wording.weight(line.weight_g, self.sheet.language)
        values = (str(number), line.posting_number, line.tracking_number or "—", weight, str(line.boxes))
        for column, value in enumerate(values):
            self.cell(page, y, inner, column, value, bold=column == 1)
        page.box(_MARGIN, y + _ROW - 2, inner, 2)

    def cell(
        self, page: Page, y: int, inner: int, column: int, text: str, *, bold: bool, size: int = _TEXT
    ) -> None:
        left = _COLUMNS[column]
        right = _COLUMNS[column + 1] - 20 if column + 1 < len(_COLUMNS) else inner
        block = self.fitted(text, right - left, size, bold=bold)
        for line in block.lines:
            if column >= 3:
                page.text_right(_MARGIN + right, y + 36, line, block.size, bold=bold)
            else:
                page.text(_MARGIN + left, y + 36, line, block.size, bold=bold)

    def closing(self, page: Page, y: int, inner: int) -> None:
        lines = self.sheet.lines
        known = [line.weight_g for line in lines if line.weight_g is not None]
        boxes = sum(line.boxes for line in lines)
        counted = [("total", str(len(lines))), ("boxes", str(boxes))]
        counted += [("in_all", wording.weight(sum(known), self.sheet.language))] if known else []
        if len(known) < len(lines):
            counted.append(("unweighed", str(len(lines) - len(known))))
        total = ";  ".join(f"{self.words(name)}: {value}" for name, value in counted)
        y = page.put(_MARGIN, y + 12, self.fitted(total, inner, 32, bold=True))
        warning = wording.missing_note(self.missing, self.sheet.language)
        if warning:
            page.put(_MARGIN, y, self.fitted(warning, inner, 24))
        top = page.height - _MARGIN - _SIGNATURES + 110
        half = inner // 2 - 40
        for left, words in ((_MARGIN, "given"), (_MARGIN + inner // 2 + 40, "taken")):
            page.put(left, top, self.fitted(self.words(words), half, 30, bold=True))
            page.box(left, top + 120, half, 2)
            page.put(left, top + 126, self.fitted(self.words("sign"), half, 22))
            page.box(left, top + 220, half, 2)
            page.put(left, top + 226, self.fitted(self.words("date"), half, 22))


__all__ = ["draw_handover"]

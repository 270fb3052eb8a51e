"""Excel files, read as one reads them in Excel, and refused where nobody could say what they mean."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime

import pytest
import xlsxwriter

from hub.plugin_api import workbook_file, workbook_parts
from hub.plugin_api.columns import Column
from hub.plugin_api.errors import Rejected
from hub.plugin_api.tables import CsvTable, open_csv, open_table

COLUMNS = (
    Column("a", "Article", "Артикул", "货号"),
    Column("b", "Weight, g", "Вес, г", "重量（克）", ("grams",)),
    Column("c"),
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def by_hand(sheet: str, **more: str) -> bytes:
    """A file with one sheet, whose XML stands here."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in (parts | {key.replace("__", "/"): text for key, text in more.items()}).items():
            made.writestr(name, text)
    return target.getvalue()


def row(number: int, *cells: str) -> str:
    """A row of texts; a cell that begins with ``<`` stands as it is."""
    place = "ABCDEFGH"
    written = [
        cell
        if cell.startswith("<")
        else f'<c r="{place[at]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for at, cell in enumerate(cells)
    ]
    return f'<row r="{number}">{"".join(written)}</row>'


def sheet(*rows: str, after: str = "") -> bytes:
    return by_hand(f"<sheetData>{row(1, 'a', 'b', 'c')}{''.join(rows)}</sheetData>{after}")


def read(data: bytes, needed: Mapping[str, str] | None = None) -> dict[int, dict[str, str] | str]:
    return dict(open_table(data, COLUMNS, needed or {}).lines)


def only(data: bytes) -> str:
    """The one line of it, which cannot be read."""
    (line,) = read(data).values()
    assert isinstance(line, str)
    return line


def written(*rows: tuple[object, ...], formats: Mapping[int, str] | None = None) -> bytes:
    """Rows below a header, as another program writes them; a format for each column."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet()
    styles = {at: book.add_format({"num_format": code}) for at, code in (formats or {}).items()}
    for number, cells in enumerate((("a", "b", "c"), *rows)):
        for at, cell in enumerate(cells):
            write = page.write_datetime if isinstance(cell, date) else page.write
            write(number, at, cell, styles.get(at) if number else None)
    book.close()
    return target.getvalue()


def test_cells_are_read_as_one_sees_them() -> None:
    day, moment = date(2026, 11, 23), datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001 - as a cell has it
    formats = {1: "yyyy-mm-dd", 2: "0.0%"}
    assert read(written(("x", day, 0.125), ("y", moment, 1), formats=formats)) == {
        2: {"a": "x", "b": "2026-11-23", "c": "12.5%"},
        3: {"a": "y", "b": "2026-11-23 09:30:00", "c": "100%"},
    }
    whole = read(written((1001.0, 0.1 + 0.2, 7), (True, 4601234567890, 0.0000001), formats={2: "00000"}))
    assert whole[2] == {"a": "1001", "b": "0.3", "c": "00007"}
    assert whole[3] == {"a": "true", "b": "4601234567890", "c": "0.0000001"}
    assert read(written(("007", "", " 0460000000001 ")))[2] == {"a": "007", "b": "", "c": "0460000000001"}


@pytest.mark.parametrize(
    "code", ["0.00", "#,##0.00 [$¥-804]", '0.0"d"', "General", r"0\d", "[Red]0.0", "_-* #,##0.00_-"]
)
def test_a_number_that_only_looks_like_a_day_is_none(code: str) -> None:
    assert read(written(("x", 45000), formats={1: code}))[2] == {"a": "x", "b": "45000", "c": ""}


def test_the_days_of_1904_are_other_days() -> None:
    number = '<c r="A2" s="0"><v>1</v></c>'
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="1"/><sheets>'
        '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    links = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
        f'Target="/xl/worksheets/sheet1.xml"/><Relationship Id="r2" Type="{OFFICE}/styles" '
        'Target="styles.xml"/></Relationships>'
    )
    data = by_hand(
        f"<sheetData>{row(1, 'a')}{row(2, number)}</sheetData>",
        **{"xl__styles.xml": styles, "xl__workbook.xml": book, "xl___rels__workbook.xml.rels": links},
    )
    assert read(data) == {2: {"a": "1904-01-02"}}


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('<c r="B2" t="e"><v>#N/A</v></c>', "b (B): '#N/A' is an error of the spreadsheet"),
        ('<c r="B2" t="str"><f>A1</f><v>#REF!</v></c>', "b (B): '#REF!' is an error of the spreadsheet"),
        ('<c r="B2"><f>1+1</f></c>', "b (B): its formula was never calculated"),
        ('<c r="B2"><f>1+1</f><v></v></c>', "b (B): its formula was never calculated"),
        ('<c r="B2"><v>4601234567890123</v></c>', "b (B): '4.60123E+15' was rounded"),
        ('<c r="B2"><v>1e999</v></c>', "b (B): '1e999' is no number"),
        ('<c r="B2"><v>nan</v></c>', "b (B): 'nan' is no number"),
        ('<c r="B2"><v>one</v></c>', "b (B): 'one' is no number"),
        ('<c r="E2" t="inlineStr"><is><t>x</t></is></c>', "something in column 5, which has no name"),
        ('<c r="ZZZ2" t="inlineStr"><is><t>x</t></is></c>', "something behind column 512"),
        (f'<c r="B2" t="str"><v>{"x" * 32_768}</v></c>', "b (B): longer than 32767 characters"),
    ],
)
def test_a_cell_that_does_not_say_for_sure_costs_its_line(cell: str, words: str) -> None:
    data = sheet(row(2, "A", cell), row(3, "B", "2"))
    lines = read(data)
    assert isinstance(lines[2], str)
    assert words in lines[2]
    assert lines[3] == {"a": "B", "b": "2", "c": ""}


def test_a_formula_is_what_it_came_to() -> None:
    cells = '<c r="B2"><f>1+1</f><v>2</v></c>', '<c r="C2" t="str"><f>""</f><v></v></c>'
    assert read(sheet(row(2, "A", *cells)))[2] == {"a": "A", "b": "2", "c": ""}


def test_lines_with_merged_cells_are_told_by_their_rows() -> None:
    merged = '<mergeCells count="1"><mergeCell ref="B3:B4"/></mergeCells>'
    lines = read(sheet(*(row(n, f"A{n}", "1") for n in (2, 3, 4, 5)), after=merged))
    assert [number for number, line in lines.items() if isinstance(line, str)] == [3, 4]
    assert "the cells B3:B4 are merged" in str(lines[3])


def test_hidden_rows_are_read_and_hidden_sheets_are_not() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name in ("Remarks", "Old", "Товары"):
        page = book.add_worksheet(name)
        page.write_row(0, 0, ["read me"] if name == "Remarks" else ["Артикул", "Вес, г"])
        page.write_row(1, 0, [name, 1])
    book.worksheets()[1].hide()
    page.set_row(1, None, None, {"hidden": True})
    book.close()
    table = open_table(target.getvalue(), COLUMNS, {"a": "it is needed"})
    assert (table.sheet, table.columns) == ("Товары", ["a", "b"])
    assert list(table.lines) == [(2, {"a": "Товары", "b": "1"})]


def test_titles_may_stand_above_the_header_and_lines_keep_their_numbers() -> None:
    body = row(2, "Price list of November") + row(4, "货号", "重量(克)") + row(9, "A", "12")
    table = open_table(by_hand(f"<sheetData>{body}</sheetData>"), COLUMNS, {})
    assert table.columns == ["a", "b"]
    assert list(table.lines) == [(9, {"a": "A", "b": "12"})]


@pytest.mark.parametrize("header", ["Article,Weight g", "АРТИКУЛ;вес (г)", "货号\t重量（克）", "a,grams"])
def test_columns_are_known_in_three_languages(header: str) -> None:
    assert open_csv(f"{header}\n".encode(), COLUMNS, {}).columns == ["a", "b"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Артикул,a", "the columns 'Артикул' and 'a' are the same to the hub, a"),
        ("a,A", "the column 'a' stands there twice"),
        ("a,Вес (кг)", "weights are in grams here, sides in millimetres"),
        ("a,重量（千克）", "weights are in grams here, sides in millimetres"),
        ("a,Вес", "did you mean 'Вес, г'"),
        ("a,Цвет", "there are Артикул, Вес, г, c"),
        ("a,颜色", "there are 货号, 重量（克）, c"),
        ("a,colour", "there are a, b, c"),
    ],
)
def test_what_is_said_of_a_column_helps(header: str, words: str) -> None:
    with pytest.raises(Rejected) as refused:
        open_table(f"{header}\n".encode(), COLUMNS, {})
    assert words in refused.value.message


def test_the_columns_of_a_table_are_told_apart_by_every_word() -> None:
    from hub_ozon_partners import table

    from hub.flow.choice.prices import price_csv
    from hub.flow.choice.records import feedback_csv
    from hub.flow.sellers import product_columns
    from hub.plugin_api.columns import Header

    for columns in (price_csv.COLUMNS, feedback_csv.COLUMNS, product_columns.COLUMNS, table.COLUMNS):
        for column in columns:
            for word in column.words:
                assert Header(columns, {}).read([word]) == [column.name], word


# --- hostile files ----------------------------------------------------------------------------------------


def refused(data: bytes) -> str:
    with pytest.raises(Rejected) as error:
        list(open_table(data, COLUMNS, {}).lines)
    return error.value.message


def test_cells_far_apart_cost_nothing() -> None:
    """A sheet may say that it has ten million rows, and have a cell in the last of them."""
    far = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>z</t></is></c></row>'
    data = by_hand(f'<dimension ref="A1:XFD10000000"/><sheetData>{row(1, "a")}{far}</sheetData>')
    assert read(data) == {1_048_576: {"a": "z"}}
    assert "larger than" in refused(sheet('<row r="10000000"/>'))


def test_a_bomb_is_unpacked_to_the_limit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.plugin_api.workbooks.SHEET_MAX", 1 << 20)
    bomb = sheet(f"<!--{'x' * (2 << 20)}-->")
    assert len(bomb) < 10_000
    assert "larger than 1 MB when unpacked" in refused(bomb)
    small = bytearray(bomb)  # and where it says that it is small, it is damaged
    at = small.rindex(b"PK\x01\x02")
    small[at + 24 : at + 28] = (100).to_bytes(4, "little")
    assert "damaged" in refused(bytes(small))


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://localhost/x.dtd">',
    ],
)
def test_a_document_type_is_refused(doctype: str) -> None:
    text = f'{doctype}<worksheet xmlns="{MAIN}"><sheetData>{row(1, "a")}</sheetData></worksheet>'
    assert "damaged" in refused(by_hand("", **{"xl__worksheets__sheet1.xml": text}))


def test_a_file_that_was_cut_short_or_changed_is_damaged() -> None:
    data = written(("x", 1, 2))
    for cut in (4, 100, len(data) // 2, len(data) - 1):
        assert "damaged" in refused(data[:cut])
    assert "damaged" in refused(data.replace(b"PK\x03\x04", b"PK\x03\x05"))
    assert "damaged" in refused(by_hand("<sheetData><row>"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel file"),
        (b"\xef\xbb\xbf <html><table>", "a web page, XML or PDF"),
        (b"%PDF-1.7", "a web page, XML or PDF"),
        (by_hand("", **{"content.xml": "<x/>"}), "another kind of file (OpenDocument)"),
        (by_hand("<sheetData/>"), "no sheet with anything in it"),
    ],
)
def test_other_files_are_told_what_to_become(data: bytes, words: str) -> None:
    assert words in refused(data)


def test_a_directory_of_a_million_parts_is_not_read() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for number in range(6000):
            made.writestr(f"{number:06}", b"")
    assert "larger than" in refused(target.getvalue())


def test_limits_are_those_of_the_documentation() -> None:
    assert (workbook_parts.CELL_MAX, workbook_parts.COLUMNS_MAX) == (32_767, 512)
    assert workbook_parts.SHEET_MAX > workbook_file.SMALL_PART_MAX


def test_texts_keep_their_signs_and_lose_their_reading_aids() -> None:
    texts = "<si><r><t>Ко</t></r><r><t>т</t></r></si><si><t>上海</t><rPh><t>しゃんはい</t></rPh></si>"
    shared = f'<sst xmlns="{MAIN}">{texts}</sst>'
    links = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{OFFICE}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>'
    )
    cells = '<c r="A2" t="s"><v>0</v></c>', '<c r="B2" t="s"><v>1</v></c>', "a_x0042_c"
    data = by_hand(
        f"<sheetData>{row(1, 'a', 'b', 'c')}{row(2, *cells)}</sheetData>",
        **{"xl__sharedStrings.xml": shared, "xl___rels__workbook.xml.rels": links},
    )
    assert read(data) == {2: {"a": "Кот", "b": "上海", "c": "aBc"}}


def test_the_table_says_its_sheet() -> None:
    assert isinstance(open_table(written(("x", 1, 2)), COLUMNS, {}), CsvTable)
    assert open_table(written(("x", 1, 2)), COLUMNS, {}).sheet == "Sheet1"
    assert open_table(b"a,b\n1,2\n", COLUMNS, {}).sheet == ""

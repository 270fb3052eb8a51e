"""The catalogue: files as spreadsheets save them, imports that lose nothing, items made whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flow.sellers import catalogue
from hub.plugin_api import tables as csv_lines
from hub.plugin_api.errors import NotFound, Rejected
from hub.plugin_api.models import Item, Product
from hub.store import rows
from tests.flow.small_app import small_app

if TYPE_CHECKING:
    from hub.flow.app import App

RUSSIAN = (
    "offer_id;weight_g;name_ru;fragile\r\nЧАЙ-1;250;Чай улун «Да Хун Пао» № 5;нет\r\n"
    "ЧАЙ-2;300;Чашка, белая;да\r\n"
)
CHINESE = "offer_id,weight_g,name_zh,fragile\nTEA-1,250,大红袍乌龙茶（礼盒）,否\nCUP-2,300,白色茶杯,是\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with small_app(tmp_path) as opened:
        yield opened


def _read(text: str) -> tuple[list[Product], list[tuple[int, str]]]:
    products, problems, _ = catalogue.read_table(text.encode())
    return products, [(problem.line, problem.reason) for problem in problems]


# --- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_russian_file(encoding: str) -> None:
    products, problems, _ = catalogue.read_table(RUSSIAN.encode(encoding))
    assert problems == []
    assert [(p.offer_id, p.weight_g, p.fragile) for p in products] == [
        ("ЧАЙ-1", 250, False),
        ("ЧАЙ-2", 300, True),
    ]
    assert [p.name_ru for p in products] == ["Чай улун «Да Хун Пао» № 5", "Чашка, белая"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_chinese_file(encoding: str) -> None:
    products, problems, _ = catalogue.read_table(CHINESE.encode(encoding))
    assert problems == []
    assert [(p.name_zh, p.fragile) for p in products] == [("大红袍乌龙茶（礼盒）", False), ("白色茶杯", True)]


@pytest.mark.parametrize(
    "data",
    [
        b"offer_id,name_ru\nA,\x98\xff\x80\n",
        "offer_id,name_en\nA,Café crème\n".encode("latin-1"),
        "offer_id,name_ru\nA,Чай\n".encode("koi8-r"),
        "offer_id,name_ru\nA,Чай\n".encode("cp866"),
        b"\xff\xfeo\x00x",
    ],
)
def test_characters_that_cannot_be_told_are_not_guessed(data: bytes) -> None:
    with pytest.raises(Rejected, match="CSV UTF-8"):
        catalogue.read_table(data)


WORDS = st.sampled_from(["Чай", "Чашка", "чёрный", "ЗЕЛЁНЫЙ", "кг", "Коробка", "Ёлка", "щипцы", "ДЛЯ"])
HANZI = st.sampled_from(["茶", "杯子", "黑色", "绿茶", "公斤", "礼品盒", "圣诞树", "夹子", "白糖", "大号"])


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=8))
def test_russian_words_are_never_taken_for_chinese(words: list[str]) -> None:
    name = " ".join(words)
    products, _, _ = catalogue.read_table(f"offer_id,name_ru\nA,{name}\n".encode("cp1251"))
    assert products[0].name_ru == name


@settings(deadline=None)
@given(st.lists(HANZI, min_size=1, max_size=8))
def test_chinese_words_are_never_taken_for_russian(words: list[str]) -> None:
    """They are read right, or the file is refused: two bytes are sometimes a word in both."""
    name = "".join(words)
    try:
        products, _, _ = catalogue.read_table(f"offer_id,name_zh\nA,{name}\n".encode("gb18030"))
    except Rejected:
        return
    assert products[0].name_zh == name


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_usual_separator_and_line_end(separator: str) -> None:
    for end in ("\n", "\r\n"):
        text = end.join(
            separator.join(cells)
            for cells in (
                ["Offer_ID ", "barcodes", "name_en", ""],
                ["A", "460|461  462", '"two, ""words""; three"', ""],
                ["", "", "", ""],
                ["B", "", '"two\nlines"', ""],
            )
        )
        products, problems = _read(text)
        assert problems == []
        assert products[0].barcodes == ("460", "461", "462")
        assert products[0].name_en == 'two, "words"; three'
        assert products[1].name_en == "two lines"


def test_a_line_that_names_the_separator() -> None:
    products, problems = _read("sep=;\noffer_id;weight_g\nA;1\nB;x\n")
    assert [p.offer_id for p in products] == ["A"]
    assert [line for line, _ in problems] == [4]


def test_a_bad_line_is_told_with_its_number_and_the_others_go_on() -> None:
    products, problems = _read(
        "offer_id,weight_g,length_mm,fragile,sku\n"
        "A,250,100,yes,1\n"
        "B,0.5,100,no,2\n"
        "C,250,1 00,no,3\n"
        ",250,100,no,4\n"
        "D,250,100,maybe,5\n"
        "E,250\n"
        "F,0,100,,6\n"
        "G,250,100,no,7,8\n"
        "A,1,1,no,9\n"
        "H,250,100,no,4.60123E+12\n"
        'I,250,100,no,"1"2\n'
        "J,99999999,1,no,1\n"
        "K,,,,\n"
    )
    assert [p.offer_id for p in products] == ["A", "K"]
    reasons = dict(problems)
    assert reasons == {
        3: "weight_g: '0.5' is no whole number of grams",
        4: "length_mm: '1 00' is no whole number of millimetres",
        5: "offer_id: it is missing",
        6: "fragile: 'maybe' is neither yes nor no",
        7: "the line has fewer cells (2) than there are columns (5)",
        8: "weight_g: 0 is not between 1 and 10000000 grams",
        9: "the line has more cells (6) than there are columns (5): is a quotation mark missing?",
        10: "offer_id: 'A' stands in line 2 too",
        11: "sku: '4.60123E+12' was rounded by the spreadsheet: give the column the format 'text' and "
        "enter it again",
        12: 'the quotation marks (") do not fit: write "" for one inside a cell',
        13: "weight_g: 99999999 is not between 1 and 10000000 grams",
    }


def test_a_quotation_mark_that_is_never_closed_is_told_where_it_begins() -> None:
    products, problems = _read('offer_id,name_en\nA,x\nB,"y\nC,z\nD,z\n')
    assert [p.offer_id for p in products] == ["A"]
    assert [(line, "never closed" in reason) for line, reason in problems] == [(3, True)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("offer_id,wieght_g\nA,1\n", "did you mean 'weight_g'"),
        ("offer_id,colour\nA,1\n", "there are offer_id, sku"),
        ("sku,weight_g\nA,1\n", "'offer_id' is missing"),
        ("offer_id,sku,SKU\nA,1,2\n", "twice"),
        ('"offer_id\nA', "quotation"),
    ],
)
def test_a_header_that_cannot_be_used_refuses_the_file(text: str, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        _read(text)


def test_a_file_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Rejected, match="32 MB"):
        catalogue.read_table(b"x" * (csv_lines.BYTES_MAX + 1))
    monkeypatch.setattr(csv_lines, "LINES_MAX", 2)
    assert len(_read("offer_id\nA\nB\n")[0]) == 2
    with pytest.raises(Rejected, match="more than 2 lines"):
        _read("offer_id\nA\nB\nC\n")
    products, problems = _read(f"offer_id,name_en\nA,{'x' * 1001}\nB,{'x' * 200_000}\n")
    assert (products, len(problems)) == ([], 2)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    with suppress(Rejected):
        products, problems, _ = catalogue.read_table(b"offer_id,name_en,weight_g\n" + data)
        assert all(product.offer_id for product in products)
        assert all(problem.line > 1 and problem.reason for problem in problems)


# --- imports ----------------------------------------------------------------------------------------------


async def test_products_are_added_changed_and_left(app: App) -> None:
    products = [Product(offer_id="A", weight_g=1), Product(offer_id="B", sku="2")]
    first = await catalogue.import_products(app, "alpha", products, "test")
    assert (first.added, first.changed, first.unchanged, first.problems) == (2, 0, 0, ())
    again = await catalogue.import_products(app, "alpha", [products[0], Product(offer_id="B")], "test")
    assert (again.added, again.changed, again.unchanged) == (0, 1, 1)
    assert [(v.offer_id, v.sku) for v in catalogue.list_products(app, "alpha").items] == [
        ("A", ""),
        ("B", ""),
    ]
    assert catalogue.list_products(app, "beta").items == []


async def test_a_file_with_some_columns_keeps_the_others(app: App) -> None:
    whole = Product(offer_id="A", sku="1", weight_g=1, name_ru="Чай", fragile=True, barcodes=("9",))
    await catalogue.import_products(app, "alpha", [whole], "test")
    products, _ = _read("offer_id,weight_g,fragile\nA,5,no\n")
    result = await catalogue.import_products(app, "alpha", products, "test")
    assert result.changed == 1
    view = catalogue.list_products(app, "alpha").items[0]
    assert (view.weight_g, view.fragile, view.name_ru, view.sku, view.barcodes) == (
        5,
        False,
        "Чай",
        "1",
        ("9",),
    )
    products, _ = _read("offer_id,weight_g,name_ru\nA,,\n")
    await catalogue.import_products(app, "alpha", products, "test")
    view = catalogue.list_products(app, "alpha").items[0]
    assert (view.weight_g, view.name_ru) == (None, "")
    row = rows.products.get(app.store.reader, "alpha", "A")
    assert row is not None
    assert "columns" not in row.document


async def test_what_cannot_be_stored_is_told_by_its_position(app: App) -> None:
    products = [
        Product(offer_id="A"),
        Product(offer_id=" "),
        Product(offer_id="A", weight_g=4),
        Product(offer_id="B", weight_g=-1),
        Product(offer_id="C", barcodes=("1" * 1001,)),
        Product(offer_id="D"),
    ]
    result = await catalogue.import_products(app, "alpha", products, "test")
    assert result.added == 2
    assert [problem.line for problem in result.problems] == [2, 3, 4, 5]


async def test_an_unknown_seller(app: App) -> None:
    with pytest.raises(NotFound):
        await catalogue.import_products(app, "nobody", [Product(offer_id="A")], "test")


async def test_pages_of_the_catalogue(app: App) -> None:
    names = sorted(f"P{n}" for n in range(25))
    await catalogue.import_products(app, "alpha", [Product(offer_id=name) for name in names], "test")
    seen: list[str] = []
    cursor = ""
    while True:
        page = catalogue.list_products(app, "alpha", cursor, 10)
        seen += [view.offer_id for view in page.items]
        if not (cursor := page.next):
            break
    assert seen == names
    with pytest.raises(Rejected):
        catalogue.list_products(app, "alpha", "nonsense", 10)


# --- items ------------------------------------------------------------------------------------------------


def _item(sku: str, offer_id: str, **facts: object) -> Item:
    return Item(sku=sku, offer_id=offer_id, name="as sold", quantity=1, **facts)  # type: ignore[arg-type]


async def test_items_are_found_by_sku_then_by_offer_id(app: App) -> None:
    products = [
        Product(offer_id="A", sku="1", weight_g=11, place="S1", barcodes=("460",), name_zh="茶"),
        Product(offer_id="B", weight_g=22, fragile=True),
        Product(offer_id="C", sku="3", weight_g=33),
        Product(offer_id="D", sku="3", weight_g=44),
    ]
    await catalogue.import_products(app, "alpha", products, "test")
    items = (
        _item("1", "old name of A"),
        _item("2", "B", place="as told"),
        _item("3", "D"),
        _item("3", "other"),
        _item("9", "unknown", weight_g=5),
        _item("", "A"),
        _item("", ""),
    )
    done = catalogue.complete_items(app.store.reader, "alpha", items)
    assert [item.weight_g for item in done] == [11, 22, 44, 33, 5, 11, None]
    assert (done[0].place, done[0].barcodes, done[0].name_zh, done[0].offer_id) == (
        "S1",
        ("460",),
        "茶",
        "old name of A",
    )
    assert (done[1].fragile, done[1].place, done[1].name) == (True, "as told", "as sold")
    assert catalogue.complete_items(app.store.reader, "beta", items) == items


async def test_items_are_looked_up_together(app: App) -> None:
    await catalogue.import_products(
        app, "alpha", [Product(offer_id=f"P{n}", sku=str(n), weight_g=n + 1) for n in range(300)], "test"
    )
    statements: list[str] = []
    reader = app.store.reader
    reader.set_trace_callback(statements.append)
    items = [_item(str(n) if n % 2 else "", f"P{n}") for n in range(300)]
    done = catalogue.complete_items(reader, "alpha", items)
    reader.set_trace_callback(None)
    assert [item.weight_g for item in done] == [n + 1 for n in range(300)]
    assert len(statements) == 2


def test_what_customs_is_told_is_read() -> None:
    (product,), problems = _read(
        "offer_id,weight_g,gross_weight_g,origin_country,radio,brand\nA,100,120,cn,yes,B"
    )
    assert problems == []
    assert (product.gross_weight_g, product.origin_country, product.radio) == (120, "CN", True)
    assert product.brand == "B"


@pytest.mark.parametrize("cells", ["A,100,99,CN", "A,100,120,China", "A,100,0,CN"])
def test_what_customs_would_not_believe_is_told(cells: str) -> None:
    products, problems = _read(f"offer_id,weight_g,gross_weight_g,origin_country\n{cells}")
    assert products == []
    assert len(problems) == 1


# --- the guide --------------------------------------------------------------------------------------------


async def test_the_files_of_the_guide_do_what_it_says(app: App) -> None:
    guide = Path(__file__).parents[2] / "docs" / "how-to" / "import-products.md"
    whole, part = re.findall(r"```csv\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    products, problems = _read(whole)
    assert problems == []
    assert whole.partition("\n")[0].split(",") == list(Product.__struct_fields__)
    await catalogue.import_products(app, "alpha", products, "test")
    products, problems = _read(part)
    assert problems == []
    result = await catalogue.import_products(app, "alpha", products, "test")
    assert (result.added, result.changed) == (0, 2)
    cup, tea = catalogue.list_products(app, "alpha").items
    assert (tea.weight_g, tea.barcodes, tea.name_zh) == (265, ("4600000000017", "4600000000024"), "乌龙茶")
    assert (cup.weight_g, cup.fragile, cup.place) == (355, True, "A-04-1")


@pytest.mark.parametrize("name", ["TEA\x1b[2J", "TEA\x00", "T\u202eEA", "TEA\x9b1m", "TEA\rX"])
async def test_a_name_that_commands_a_terminal_is_refused_by_its_line(app: App, name: str) -> None:
    good = Product(offer_id="GOOD", sku="1")
    bad = (
        Product(offer_id=name),
        Product(offer_id="X", name_ru=name),
        Product(offer_id="X", barcodes=(name,)),
    )
    for product in bad:
        result = await catalogue.import_products(app, "alpha", [product, good], "test")
        assert [(one.line, "invisible character" in one.reason) for one in result.problems] == [(1, True)]

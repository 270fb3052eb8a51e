"""Event codes, invoices and old shipments, without any service."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import pytest
import spsr_api
from click.testing import CliRunner
from hub import Address, BadReply, BookRequest, EventKind, Rejected, Stage
from hub.testing import book_request
from hub_spsr import read_saved, recognised
from hub_spsr.command import spsr
from hub_spsr.events import ARRIVED, DELIVERED, KINDS, ON_THE_WAY, PROBLEM, kind_of
from hub_spsr.imported import read_file
from hub_spsr.invoices import booked, centimetres, invoice

BUCKETS = {"in_transit": ON_THE_WAY, "arrived": ARRIVED, "delivered": DELIVERED, "problem": PROBLEM}


def test_every_published_code_is_in_its_bucket(shared: Path) -> None:
    with (shared / "data/spsr-event-codes.csv").open(encoding="utf-8", newline="") as file:
        published = {int(row["event_num_code"]): row["bucket"] for row in csv.DictReader(file)}
    assert len(published) == 147
    assert {code: name for name, codes in BUCKETS.items() for code in codes} == published
    assert sum(map(len, BUCKETS.values())) == len(KINDS) == 147


@pytest.mark.parametrize(
    ("number", "letters", "kind"),
    [
        ("15", "", EventKind.HANDED_OVER),
        ("2", "", EventKind.MOVED),
        ("1", "", EventKind.MOVED),
        ("175", "", EventKind.ATTEMPT_FAILED),
        ("", "indlv", EventKind.HANDED_OVER),
        ("999", "_CLCDR", EventKind.HANDED_OVER),
        ("5", "INDLV", EventKind.ATTEMPT_FAILED),
        ("999", "X", None),
        ("²", "", None),
        ("", "", None),
        ("9" * 5000, "", None),
    ],
)
def test_kinds(number: str, letters: str, kind: EventKind | None) -> None:
    assert kind_of(number, letters) is kind


# --- old shipments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "carrier", "known"),
    [
        ("200000000001", "", True),
        ("330000000000", "", False),
        ("330000000000", "SPSR Express", True),
        ("330000000000", "СПСР-Экспресс", True),
        ("330000000000", "Prosprs", False),
    ],
)
def test_old_shipments_are_recognised(number: str, carrier: str, known: bool) -> None:
    assert recognised(number, carrier) is known


def test_saved_answers_are_read(shared: Path) -> None:
    folder = shared / "fixtures/spsr"
    (told,) = read_saved((folder / "WAMonitorInvoiceInfo.response.synthetic.xml").read_bytes())
    assert (told.number, told.stage) == ("330000000000", Stage.DELIVERED)
    assert [event.kind for event in told.events] == [EventKind.HANDED_OVER]
    (info,) = read_saved((folder / "WAGetInvoiceInfo.response.synthetic.xml").read_bytes())
    assert (info.reference, info.stage, info.barcodes) == ("ORDER-1", Stage.DELIVERED, ("200000000001",))
    assert "Петров" not in repr(told) + repr(info)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_tables_are_read_and_put_in_order(encoding: str) -> None:
    table = (
        "InvoiceNumber;Date;EventName;City;EventNumCode\n"
        "1;2016-08-20T12:00:00.000;Доставлено;Пермь;15\n"
        "1;2016-08-18T12:00:00.000;Принято;Москва;2\n"
        "2;never;Нет;;2\n"
        "3;2016-08-18T12:00:00;Странно;;999\n"
        ";2016-08-18T12:00:00;Ничьё;;2\n"
    )
    saved = read_file(table.encode(encoding))
    one, two, three = saved.shipments
    assert saved.shipments == read_saved(table.encode(encoding))
    assert [(line, str(why)) for line, why in saved.unread] == [
        (4, "Date: 'never' is no time"),
        (6, "InvoiceNumber: it is empty"),
    ]
    assert [event.code for event in one.events] == ["2", "15"]
    assert (one.stage, one.events[1].place) == (Stage.DELIVERED, "Пермь")
    assert (two.stage, two.events) == (None, ())
    assert (three.stage, three.events[0].known) == (None, False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n1,2\n",
        b"<html><br></html>",
        b'<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>',
        b"InvoiceNumber,Date,EventNumCode\n" + b'"' + b"x" * 200_000,
        b" " * (16 * 1024 * 1024 + 1),
    ],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(BadReply):
        read_saved(content)


def test_the_command_tells_of_lines_that_it_cannot_read(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    lines = [
        "InvoiceNumber,Date,EventNumCode",
        "7,2016-08-20T12:00:00,15",
        "8,2016-08-20T12:00:00,15,more",
        ",x,1",
    ]
    file.write_text("\n".join(lines), "utf-8")
    for options in ([], ["--json"]):
        run = CliRunner().invoke(spsr, [str(file), *options])
        assert run.exit_code == 1
        assert "delivered" in run.stdout
        assert "old.csv, line 3: the line has more cells" in run.stderr
        assert "old.csv, line 4: InvoiceNumber: it is empty" in run.stderr


def test_the_command_reads_files(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("InvoiceNumber,Date,EventNumCode\n7,2016-08-20T12:00:00,15\n", "utf-8")
    bad.write_text("nothing", "utf-8")
    run = CliRunner().invoke(spsr, [str(good)])
    assert run.output == "7\tdelivered\t2016-08-20 handed_over 15 \n"
    assert msgspec.json.decode(CliRunner().invoke(spsr, [str(good), "--json"]).output)[0]["number"] == "7"
    refused = CliRunner().invoke(spsr, [str(bad)])
    assert refused.exit_code == 1
    assert "bad.csv: no columns" in refused.output


# --- invoices -------------------------------------------------------------------------------------


def made(request: BookRequest) -> spsr_api.Invoice:
    return invoice(request, insurance="VAL", pick_up="W", nature=16)


def test_an_invoice_is_prepaid_declared_and_measured() -> None:
    one = made(msgspec.structs.replace(book_request("PelSt"), reference="REF234"))
    assert (one.reference, one.product, str(one.insurance_sum)) == ("REF234", "PelSt", "1000.00")
    assert one.cod_goods_sum == 0
    (box,) = one.pieces
    assert [str(v) for v in (box.weight, box.length, box.width, box.depth)] == ["0.700", "20", "15", "10"]
    assert [(goods.quantity, str(goods.cost)) for goods in box.goods] == [(2, "500.00")]
    assert [int(centimetres(mm)) for mm in (1, 10, 11)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (book_request("Zebra"), "no such product"),
        (book_request("PelSt", to=Address(country="RU", city="Пермь", street="у" * 101)), "100 characters"),
        (book_request("PelSt", to=Address(country="RU", city="Пермь")), "address"),
        (book_request("PelSt", to=Address(country="RU", delivery_point="9921|0")), "delivery point"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(request_: BookRequest, why: str) -> None:
    with pytest.raises(Rejected, match=why) as caught:
        made(request_)
    assert "Пермь" not in str(caught.value)


@pytest.mark.parametrize(
    "results",
    [
        (),
        (spsr_api.InvoiceResult(status="Created", reference="OTHER", number="1"),),
        (spsr_api.InvoiceResult(status="Created", reference="REF"),),
        (spsr_api.InvoiceResult(status="Perhaps", reference="REF", number="1"),),
        (spsr_api.InvoiceResult(status="Created", reference="REF", number="1"),) * 2,
    ],
)
def test_an_answer_that_does_not_say_what_became_of_ours(results: tuple[spsr_api.InvoiceResult, ...]) -> None:
    with pytest.raises(BadReply):
        booked(results, "REF")


def test_texts_go_into_an_invoice_whole() -> None:
    request = book_request("PelSt")
    home = request.recipient.address
    assert home is not None
    words = "домофон 12, " * 8
    to = msgspec.structs.replace(
        request.recipient, address=msgspec.structs.replace(home, comment=words.strip())
    )
    written = made(msgspec.structs.replace(request, recipient=to))
    assert written.receiver.comment == words.strip()


def test_a_phone_that_is_too_long_with_its_extension_is_refused_before_anything_is_sent() -> None:
    request = book_request("PelSt")
    sender = msgspec.structs.replace(request.sender, phone="+8613800000000", phone_extension="123456")
    with pytest.raises(Rejected, match="phone is longer than 20"):
        made(msgspec.structs.replace(request, sender=sender))

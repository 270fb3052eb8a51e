"""Files: from Ozon's file servers without keys, and inside answers in both spellings."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import msgspec
import pytest
from adapters.conftest import VendorHttp
from adapters.ozon.tests.conftest import FILE_HOSTS
from ozon_api import Client

PDF = b"%PDF-1.7\n\xe2\xe3\xcf\xd3"


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn1.ozone.ru/s3/tmp/label.pdf",
        "https://CDN1.OZONE.RU/s3/tmp/label.pdf",
        "https://ozon.ru/s3/tmp/label.pdf?token=1",
        "http://127.0.0.1:8102/files/label.pdf",
    ],
)
async def test_a_file_is_fetched_without_keys(client: Client, vendor: Any, url: str) -> None:
    vendor.answer = httpx.Response(200, content=PDF, headers={"Content-Type": "application/pdf; x=1"})
    document = await client.download(url)

    assert document.content == PDF
    assert document.media_type == "application/pdf"
    assert document.file_name == "label.pdf"
    assert vendor.request.method == "GET"
    assert vendor.request.extensions["safe"] is True
    assert not {"client-id", "api-key", "authorization"} & set(vendor.request.headers)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "label.pdf",
        "https://",
        "http://cdn1.ozone.ru/label.pdf",
        "https://ozon.ru.evil.example/label.pdf",
        "https://evilozon.ru/label.pdf",
        "https://ozon.ru@evil.example/label.pdf",
        "https://user:pass@cdn1.ozone.ru/label.pdf",
        "http://127.0.0.1:22/label.pdf",
        "http://127.0.0.1/label.pdf",
        "https://127.0.0.1:8102/label.pdf",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
async def test_another_host_is_refused_before_anything_is_sent(vendor_http: VendorHttp, url: str) -> None:
    http = vendor_http("", None, follow_redirects=True)
    client = Client(http, httpx.BasicAuth("a", "b"), file_hosts=FILE_HOSTS)
    with pytest.raises(msgspec.ValidationError, match="file_url"):
        await client.download(url)


async def test_an_origin_without_a_port_admits_any(vendor: Any, vendor_http: VendorHttp) -> None:
    vendor.answer = httpx.Response(200, content=PDF)
    http = vendor_http("http://127.0.0.1:50123", vendor.handle)
    client = Client(http, httpx.BasicAuth("a", "b"), file_hosts=("http://127.0.0.1",))
    document = await client.download("http://127.0.0.1:50123/l.pdf")
    with pytest.raises(msgspec.ValidationError):
        await client.download("https://cdn1.ozone.ru/l.pdf")
    assert document.media_type == "application/octet-stream"


async def test_a_file_server_may_redirect_nowhere(client: Client, vendor: Any) -> None:
    vendor.answer = httpx.Response(302, headers={"Location": "http://169.254.169.254/"})
    with pytest.raises(httpx.HTTPStatusError):
        await client.download("https://cdn1.ozone.ru/l.pdf")
    assert len(vendor.requests) == 1


async def test_the_keys_of_the_http_client_stay_at_home(vendor: Any, vendor_http: VendorHttp) -> None:
    vendor.answer = httpx.Response(200, content=PDF)
    http = vendor_http("https://cdn1.ozone.ru", vendor.handle, auth=httpx.BasicAuth("a", "b"))
    await Client(http, httpx.BasicAuth("a", "b")).download("https://cdn1.ozone.ru/l.pdf")
    assert "authorization" not in vendor.request.headers


@pytest.mark.parametrize(
    "content", [base64.b64encode(PDF).decode(), PDF.decode("latin-1")], ids=["base64", "text"]
)
async def test_a_file_inside_json(client: Client, vendor: Any, content: str) -> None:
    vendor.reply({"content_type": "application/pdf", "file_name": "1.pdf", "file_content": content})
    document = await client.posting_fbs_act_get_pdf(1)
    assert (document.content, document.media_type, document.file_name) == (PDF, "application/pdf", "1.pdf")


@pytest.mark.parametrize("content", ["not base64!", "%PDF-1.4 п", "", None])
async def test_a_damaged_file_is_no_document(client: Client, vendor: Any, content: str | None) -> None:
    vendor.reply({"content_type": "application/pdf", "file_name": "1.pdf", "file_content": content})
    with pytest.raises(msgspec.DecodeError):
        await client.posting_fbs_act_get_pdf(1)

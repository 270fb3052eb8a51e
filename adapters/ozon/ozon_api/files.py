"""Documents: those that methods answer with, and those that lie on Ozon's file servers."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterable

import httpx
import msgspec

from ozon_api.wire import Personal, Reply, decode

FILE_HOSTS = ("ozon.ru", "ozone.ru")
"""Where Ozon keeps files (``cdn1.ozone.ru``): these hosts and all below them, over https."""

_SIGNATURES = {b"%PDF": "application/pdf", b"\x89PNG": "image/png"}


class Document(Personal, frozen=True, kw_only=True):
    """A file: bytes, media type and the name that Ozon gave ("" where it gave none)."""

    content: bytes
    media_type: str
    file_name: str = ""


class _Wrapped(Reply, frozen=True, kw_only=True):
    file_content: str
    content_type: str = ""
    file_name: str = ""


def read_document(response: httpx.Response) -> Document:
    """The file in an answer: bare bytes (what Ozon sends) or the JSON object that its swagger declares.

    Raises :exc:`msgspec.DecodeError` for neither.
    """
    content = response.content
    if media_type := _sniff(content):
        return Document(content=content, media_type=media_type)
    wrapped = decode(content, _Wrapped)
    content = _unwrap(wrapped.file_content)
    return Document(
        content=content,
        media_type=wrapped.content_type or _sniff(content) or "application/octet-stream",
        file_name=wrapped.file_name,
    )


def _sniff(content: bytes) -> str | None:
    return _SIGNATURES.get(content[:4])


def _unwrap(text: str) -> bytes:
    # `string:byte` means base64; the swagger's own examples hold the file's bytes as text.
    if text.startswith("%PDF") or text[1:4] == "PNG":
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            raise msgspec.DecodeError("file_content is a file damaged by its encoding") from None
    try:
        content = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise msgspec.DecodeError("file_content is neither base64 nor a file")
    return content


def check_file_url(url: str, hosts: Iterable[str]) -> httpx.URL:
    """``url`` where it points to one of ``hosts``; raises :exc:`msgspec.ValidationError` where it does not.

    An entry ``"ozon.ru"`` admits https to that host and those below it. An entry with a scheme,
    ``"http://127.0.0.1:8102"``, admits exactly that scheme and host, and that port where it names one.
    """
    try:
        target = httpx.URL(url)
    except httpx.InvalidURL:
        raise msgspec.ValidationError("file_url is no URL") from None
    if not target.host or target.userinfo:
        raise msgspec.ValidationError("file_url must name a host and no user")
    if not any(_admits(entry, target) for entry in hosts):
        raise msgspec.ValidationError(f"file_url points to {target.scheme}://{target.host}: not allowed")
    return target


def _admits(entry: str, target: httpx.URL) -> bool:
    if "://" in entry:
        allowed = httpx.URL(entry)
        return (target.scheme, target.host) == (allowed.scheme, allowed.host) and (
            allowed.port is None or target.port == allowed.port
        )
    return target.scheme == "https" and (target.host == entry or target.host.endswith("." + entry))

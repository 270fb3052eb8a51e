"""What a child gave back of a file: pages, dots, a document, a picture, or why there is nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from hub.calls.children.child import Refused
from hub.plugin_api import errors
from hub.plugin_api.errors import BadReply, HubError
from hub.plugin_api.labels import LabelPage
from hub.plugin_api.models import Document
from hub.words import revived, said

_PAGES = msgspec.json.Decoder(list[LabelPage])
_DOTS = msgspec.json.Decoder(list[float | None])

STOPPED = said(
    "the program that opens label files was stopped; the file is tried again", code="children.stopped"
)
TOO_MUCH = {
    "time": said("this file takes too long to open", code="children.time"),
    "memory": said("this file takes too much memory to open", code="children.memory"),
    "broken": said("this file breaks the program that opens it", code="children.broken"),
    "output": said("this file makes more than a label file can be", code="children.output"),
}


class FileTooMuch(BadReply):
    """This file takes more than a file may, or breaks what opens it: trying again would do the same."""

    code = "file_too_much"


def raised(error: Refused) -> HubError:
    """The renderer's own refusal; a mistake in it is an unreadable file to everybody else."""
    kind = getattr(errors, error.error, None)
    if isinstance(kind, type) and issubclass(kind, HubError) and error.message:
        return kind(revived(error.words) or error.message, code=error.code or None)
    return BadReply("the label file cannot be read", code="bad_reply.label_file_cannot_read")


def read_pages(said: dict[str, Any], result: bytes) -> list[LabelPage]:
    try:
        return _PAGES.decode(result)
    except msgspec.MsgspecError:
        raise BadReply("the label file cannot be read", code="bad_reply.label_file_cannot_read") from None


def read_dots(said: dict[str, Any], result: bytes) -> list[float | None]:
    try:
        return _DOTS.decode(result)
    except msgspec.MsgspecError:
        raise BadReply("the label file cannot be read", code="bad_reply.label_file_cannot_read") from None


def read_document(said: dict[str, Any], result: bytes) -> Document:
    media_type = said.get("media_type")
    return Document(content=result, media_type=media_type if isinstance(media_type, str) else "")


def read_picture(said: dict[str, Any], result: bytes) -> bytes:
    return result

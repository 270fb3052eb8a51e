"""What is wrong with what a person says of a seller or of its warehouses: the field, and the fix."""

from __future__ import annotations

import re

from hub.flow.history.names import is_name
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Sender
from hub.plugins.senders import wrong_phone
from hub.words import said

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_TITLE_MAX = 100


def check_slug(slug: str) -> None:
    """Raise Rejected for a slug that cannot be used."""
    if not _SLUG.fullmatch(slug):
        raise wrong(
            "slug",
            said(
                "up to 40 of a-z, 0-9, '-' and '_', beginning with a letter or digit; permanent",
                code="seller.up_40_z_0",
            ),
        )


def check_title(title: str) -> None:
    """Raise Rejected for a name that says nothing."""
    if not is_name(title, _TITLE_MAX):
        raise wrong(
            "title",
            said(
                "1 to {title_max} printable characters",
                code="seller.1_printable_characters",
                values={"title_max": _TITLE_MAX},
            ),
        )


def check_sender(sender: Sender | None) -> None:
    """Raise Rejected for a sender whose country no carrier would know, or whose phone nobody can dial."""
    if sender is not None and not _COUNTRY.fullmatch(sender.address.country):
        raise wrong(
            "sender.address.country", said("two capitals, like CN", code="seller.two_capitals_like_cn")
        )
    if (fault := wrong_phone(sender)) is not None:
        raise wrong("sender.phone", fault[1])


def wrong(field: str, wanted: str) -> Rejected:
    """The field is to be written in another way."""
    told = said("{field}: write {wanted}", code="seller.field", values={"field": field, "wanted": wanted})
    return Rejected(told, code=field.replace(".", "_"))

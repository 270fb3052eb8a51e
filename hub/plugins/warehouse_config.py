"""The warehouses of a seller in plugins.toml: ``[sellers.<seller>.warehouses.<warehouse>]``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from hub.plugin_api.labels import Paper
from hub.plugin_api.models import Sender
from hub.plugins.senders import wrong_phone
from hub.plugins.toml_keys import KeyPath
from hub.words import said

CUT_OFF = re.compile(r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9])?")
"""``HH:MM``, or nothing."""
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class WarehouseConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warehouse that the file declares; its key is permanent. What it does not say is the seller's."""

    title: str = ""
    time_zone: str = ""
    """IANA name."""
    sender: Sender | None = None
    """Where its parcels leave from."""
    paper: Paper | None = None
    cut_off: str = ""
    """``HH:MM`` in its zone: what is quoted from then on leaves on the next day."""
    marketplace_warehouses: dict[str, tuple[str, ...]] = {}
    """By the name of a marketplace's account: the ids of the warehouses there whose postings leave here."""


def wrong_warehouse(
    found: Mapping[str, WarehouseConfig], zone_problem: Callable[[str], str]
) -> tuple[KeyPath, str] | None:
    """The first key that cannot be meant, from the warehouse's own on, and why; None where all can."""
    taken: dict[tuple[str, str], str] = {}
    for slug, one in found.items():
        if not _SLUG.fullmatch(slug):
            return (slug,), said(
                "a warehouse's key is up to 40 of a-z, 0-9, '-' and '_', and permanent: choose another",
                code="config.warehouse_key",
            )
        if one.time_zone and (problem := zone_problem(one.time_zone)):
            return (slug, "time_zone"), problem
        if wrong := wrong_phone(one.sender):
            return (slug, *wrong[0]), said(
                "write {wanted}", code="config.write_wanted", values={"wanted": wrong[1]}
            )
        if not CUT_OFF.fullmatch(one.cut_off):
            return (slug, "cut_off"), said(
                'write a time of the day, like cut_off = "15:30"', code="config.cut_off_time_of_day"
            )
        for account, ids in one.marketplace_warehouses.items():
            for each in ids:
                other = taken.setdefault((account, each), slug)
                if other != slug:
                    return (slug, "marketplace_warehouses"), said(
                        "{id} of '{account}' is '{slug}' already: write it in one of the two",
                        code="config.marketplace_warehouse_twice",
                        values={"id": each, "account": account, "slug": other},
                    )
    return None


__all__ = ["CUT_OFF", "WarehouseConfig", "wrong_warehouse"]

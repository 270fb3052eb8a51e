"""Ozon as an order source of parcelhub."""

from collections.abc import Iterable

from hub import hookimpl

from hub_ozon.source import OzonSettings, OzonSource


@hookimpl
def order_sources() -> Iterable[type[OzonSource]]:
    """The marketplace that this plugin brings."""
    return [OzonSource]


__all__ = ["OzonSettings", "OzonSource"]

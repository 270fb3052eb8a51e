"""CDEK as a carrier of parcelhub."""

from collections.abc import Iterable

from hub import hookimpl

from hub_cdek.carrier import CdekCarrier
from hub_cdek.settings import CdekSettings


@hookimpl
def carriers() -> Iterable[type[CdekCarrier]]:
    """The carrier that this plugin brings."""
    return (CdekCarrier,)


__all__ = ["CdekCarrier", "CdekSettings"]

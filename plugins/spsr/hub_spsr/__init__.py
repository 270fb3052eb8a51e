"""SPSR Express as a carrier of parcelhub. Never verified against a live service."""

from collections.abc import Iterable

from hub import hookimpl

from hub_spsr.carrier import SpsrCarrier, SpsrSettings
from hub_spsr.imported import ImportedShipment, read_saved, recognised


@hookimpl
def carriers() -> Iterable[type[SpsrCarrier]]:
    """The carrier that this plugin brings."""
    return (SpsrCarrier,)


__all__ = ["ImportedShipment", "SpsrCarrier", "SpsrSettings", "read_saved", "recognised"]

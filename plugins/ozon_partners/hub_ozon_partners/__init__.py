"""What Ozon's own cross-border partners would cost, from a table that the seller keeps."""

from collections.abc import Iterable

from hub import hookimpl

from hub_ozon_partners.carrier import OzonPartners, OzonPartnersSettings


@hookimpl
def carriers() -> Iterable[type[OzonPartners]]:
    """The carrier that this plugin brings."""
    return (OzonPartners,)


__all__ = ["OzonPartners", "OzonPartnersSettings"]

"""Russian Post as a carrier of parcelhub."""

from collections.abc import Iterable

from hub import hookimpl

from hub_russian_post.carrier import RussianPostCarrier
from hub_russian_post.settings import RussianPostSettings


@hookimpl
def carriers() -> Iterable[type[RussianPostCarrier]]:
    """The carrier that this plugin brings."""
    return (RussianPostCarrier,)


__all__ = ["RussianPostCarrier", "RussianPostSettings"]

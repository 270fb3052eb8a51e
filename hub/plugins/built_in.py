"""What the hub itself answers to the decision hooks: after every plugin, with what the question brings."""

from __future__ import annotations

from typing import Any, NamedTuple

from hub.plugin_api.decisions import ChoiceRequest, PackingRequest
from hub.plugin_api.hookspecs import hookimpl

NAME = "(built in)"
"""Under which it is registered: no entry point is called so."""


class BuiltIn(NamedTuple):
    """An answer of the hub's own, told from a plugin's: the history says who chose."""

    answer: Any


@hookimpl(trylast=True)
def plan_parcels(request: PackingRequest) -> BuiltIn:
    """Everything in one box, where its weight is known."""
    return BuiltIn(request.built_in)


@hookimpl(trylast=True)
def choose_quote(request: ChoiceRequest) -> BuiltIn:
    """The best by the seller's strategy."""
    return BuiltIn(request.offers[0])

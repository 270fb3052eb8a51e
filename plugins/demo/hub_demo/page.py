"""``index.html``: the day as a page to enjoy. It is one file and asks nobody for anything."""

from __future__ import annotations

from collections.abc import Sequence

from hub_demo.checking import Difference
from hub_demo.day import Result
from hub_demo.report import Report
from hub_demo.scenario import Scenario


def page(scenario: Scenario, result: Result, made: Report, found: Sequence[Difference]) -> str:
    """The page."""
    return "<!doctype html><html lang=en><meta charset=utf-8><title>A day</title></html>"

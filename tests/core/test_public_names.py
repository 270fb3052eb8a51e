"""`hub.__all__`: what plugins may rely on. A change here is a change for everybody who wrote a plugin."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import hub

OF_0_1_0 = [
    "Account", "AccountStatus", "Action", "Address", "Assembly", "AuthFailed", "BadReply",
    "BookRequest", "Booking", "CancelReason", "Cancellation", "Carrier", "CleanedAddress",
    "CreateSafety", "DeliveryPoint", "Document", "EventKind", "Failure", "FoundShipment", "Fulfilment",
    "Handover", "HandoverLine", "HandoverSheet", "HubError", "IdentityDocument", "Item", "LabelContent",
    "LabelPage", "LabelRenderer", "Limit", "Money", "OrderSource", "Page", "PageRef", "Paper", "Parcel",
    "Pending", "Posting", "Product", "Quote", "QuoteRequest", "Ready", "Recipient", "Rejected",
    "ReportResult", "Secret", "Sender", "Service", "Settings", "Shipment", "SlipContent", "Stage",
    "Ticket", "Tracking", "TrackingEvent", "Unavailable", "Unconfirmed", "Unsupported", "hookimpl",
    "now",
]  # fmt: skip
"""What plugins of 0.1.0 import: it stays."""
GROUP = re.compile(r"^    # (.+)\n((?:    \".*\n)+)", re.MULTILINE)
SOURCE = Path(hub.__file__).read_text("utf-8")
NAMES = sorted(hub.__all__)


def test_each_name_stands_once_and_in_order_in_its_group() -> None:
    assert len(hub.__all__) == len(set(hub.__all__))
    groups = [(title, ast.literal_eval(f"[{names}]")) for title, names in GROUP.findall(SOURCE)]
    assert [name for _, names in groups for name in names] == hub.__all__
    for title, names in groups:
        assert names == sorted(names), title


def test_no_name_of_an_older_version_is_lost() -> None:
    assert not set(OF_0_1_0) - set(hub.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_what_its_home_has(name: str) -> None:
    assert getattr(hub, name) is getattr(import_module(hub._HOME_OF[name]), name)


def test_type_checkers_and_the_running_program_see_the_same() -> None:
    tree = ast.parse(SOURCE)
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.asname or alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == hub._HOME_OF
    assert set(seen) == set(hub.__all__)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Waybill'"):
        _ = hub.Waybill


def imported(program: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program], capture_output=True, text=True, check=True
    )
    return {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if "|" in line}


def test_importing_the_package_costs_nothing() -> None:
    heavy = {"msgspec", "httpx", "pluggy", "click", "litestar", "sqlite_utils"}
    assert not heavy & imported("import hub; hub.__version__")
    assert "msgspec" in imported("import hub; hub.Money")

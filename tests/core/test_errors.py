"""Failures: one class per next action."""

from __future__ import annotations

import inspect
from datetime import timedelta
from typing import get_args

import pytest

from hub.plugin_api import errors
from hub.plugin_api.errors import Failure, FailureKind, HubError, Rejected, Unavailable


def classes() -> list[type[HubError]]:
    return [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, HubError)]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = {line.split()[1] for line in (errors.__doc__ or "").splitlines() if "──" in line}
    assert drawn == {kind.__name__ for kind in classes()} - {"HubError"}
    assert all(kind.__base__ is HubError for kind in classes() if kind is not HubError)


def test_codes_are_stable_and_differ() -> None:
    codes = {kind.__name__: kind.code for kind in classes()}
    assert codes == {
        "HubError": "error",
        "Unsupported": "unsupported",
        "Rejected": "rejected",
        "AuthFailed": "auth_failed",
        "Unavailable": "unavailable",
        "Unconfirmed": "unconfirmed",
        "BadReply": "bad_reply",
        "NotFound": "not_found",
        "Conflict": "conflict",
        "ConfigError": "config",
    }


@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_a_failure_becomes_its_error(kind: FailureKind) -> None:
    error = Failure(kind=kind, message="why").error()
    assert error.code == kind
    assert (error.message, str(error)) == ("why", "why")


def test_what_a_failure_carries_along() -> None:
    rejected = Failure(kind="rejected", message="known", vendor_code="E1", duplicate=True).error()
    assert isinstance(rejected, Rejected)
    assert (rejected.vendor_code, rejected.duplicate) == ("E1", True)
    unavailable = Failure(kind="unavailable", message="x", retry_after=timedelta(seconds=3)).error()
    assert isinstance(unavailable, Unavailable)
    assert unavailable.retry_after == timedelta(seconds=3)


def test_a_code_of_its_own_is_the_instances() -> None:
    assert HubError("x", code="mine").code == "mine"
    assert HubError.code == "error"

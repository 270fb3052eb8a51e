"""One odd value costs itself, or its element, and nothing else; what decides is never guessed."""

from __future__ import annotations

import pytest
import russian_post_api as vendor
from adapters import tolerance
from hypothesis import given, settings
from hypothesis import strategies as st
from russian_post_api.decoding import decode
from russian_post_api.structs import Received

STRUCTS = tolerance.structs_of(vendor, Received)


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda one: one.__name__)
def test_an_odd_value_costs_itself_only(struct: tolerance.Struct) -> None:
    tolerance.odd_value_costs_itself_only(struct, decode)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_an_element_costs_itself_only(data: st.DataObject) -> None:
    tolerance.element_costs_itself_only(data, STRUCTS, decode, vendor.unread)


def test_a_list_of_which_nothing_can_be_read_is_not_empty() -> None:
    tolerance.list_of_which_nothing_can_be_read_is_not_empty(STRUCTS, decode)


def test_what_is_left_out_is_told_without_its_value(caplog: pytest.LogCaptureFixture) -> None:
    tolerance.what_is_left_out_is_told_without_its_value(STRUCTS, decode, vendor.unread, caplog)

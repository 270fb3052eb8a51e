"""Is the harness worth anything? Bugs are planted in a copy of the hub, one at a time, and it has to notice.

The patches were written by somebody who had not seen the tests. ``--planted`` plants them all; CI plants
three, drawn by ``--fault-seed``, and the test command alone the first of these.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.forms import form

ROOT = Path(__file__).parents[2]
PATCHES = sorted((Path(__file__).parent / "planted").glob("*.patch"))
JOURNAL = "tests/flow/test_journal.py::test_"
PROMISES = "tests/flow/test_promises.py::test_"
SLEEPING = "tests/flow/test_sleeping.py::test_"
REFUSALS = "tests/core/test_refusals.py::test_"
FIRST = {
    "01": PROMISES + "the_disk_knows_that_it_is_being_sent_before_the_courier_does",
    "02": PROMISES + "what_shows_within_the_settle_time_is_sent_once",
    "03": REFUSALS + "a_plugins_word_over_an_unproved_answer_is_no_refusal",
    "04": JOURNAL + "a_lost_answer_is_looked_up_and_adopted",
    "05": PROMISES + "a_look_up_that_fails_sends_nothing",
    "06": JOURNAL + "what_never_arrived_is_sent_again_under_the_same_reference",
    "07": PROMISES + "a_booking_that_is_made_anew_has_a_reference_of_its_own",
    "08": PROMISES + "a_reference_that_is_taken_is_looked_up_and_adopted",
    "09": PROMISES + "a_reference_that_is_taken_is_looked_up_and_adopted",
    "10": PROMISES + "without_any_protection_nothing_is_sent_twice",
    "11": "tests/faults/test_processes.py",
    "12": SLEEPING + "a_lost_lease_gives_nothing_back",
    "13": SLEEPING + "a_worker_that_slept_over_its_lease_changes_nothing",
    "14": PROMISES + "committed_is_the_sum_that_the_courier_asks_for_to_the_kopeck",
    "15": PROMISES + "a_price_above_the_cap_reaches_a_person",
    "16": PROMISES + "each_parcel_of_a_batch_gets_its_own_page",
    "17": JOURNAL + "another_booking_never_prints_the_old_label",
    "18": PROMISES + "what_is_only_taken_in_is_neither_told_nor_labelled",
    "19": PROMISES + "the_marketplace_knows_the_number_or_a_person_knows_why_not",
    "20": "tests/core/test_pace.py::test_nothing_leaves_inside_a_pause",
    "21": PROMISES + "the_disk_knows_that_it_is_being_sent_before_the_courier_does",
    "22": "tests/faults/test_power.py::test_a_power_cut_loses_nothing",
    "23": SLEEPING + "a_worker_that_slept_over_its_lease_changes_nothing",
    "24": PROMISES + "a_cancel_that_was_taken_in_and_forgotten_is_sent_again",
    "25": "tests/flow/test_choices.py::test_what_a_choice_depends_on_has_changed_so_it_is_made_again",
    "28": "tests/flow/test_cancel_requests.py::test_nothing_is_spent_while_it_is_open_and_refused_it_goes_on",
    "29": "tests/flow/test_units.py::test_nothing_is_packed_or_spent_before_all_is_known_and_checked",
    "34": "tests/flow/test_cancel_requests.py::test_nothing_is_spent_while_it_is_open_and_refused_it_goes_on",
    "35": "tests/flow/test_cancel_requests.py::test_a_booking_that_did_not_get_through_waits_for_the_answer",
    "30": "tests/flow/test_schedules.py::test_a_full_disk_ends_no_work_and_costs_no_tries",
    "31": "tests/flow/test_schedules.py::test_a_schedule_that_fails_goes_on_and_a_person_knows",
    "32": "tests/flow/test_schedules.py::test_the_clock_goes_back_and_orders_come_in_within_minutes",
    "33": "tests/store/test_trouble.py::test_sqlites_own_rollback_does_not_hide_the_cause",
    "40": "tests/flow/test_cancels.py::test_what_nobody_could_learn_is_no_booking_that_stands",
    "41": "tests/flow/test_cancels.py::test_a_person_tries_it_again_and_a_refusal_is_looked_at",
    "45": "tests/web/test_read_only.py::test_it_changes_nothing_at_any_route",
    "46": "tests/flow/test_erasing.py::test_it_does_not_come_back",
    "47": "tests/flow/test_erasing.py::test_a_file_of_several_goes_when_none_is_under_way",
    "48": "tests/flow/test_erasing.py::test_nothing_of_the_buyer_is_left_and_the_money_is",
    "50": "tests/core/test_answers.py::test_what_is_wrong_and_where",
    "51": "tests/flow/test_batches.py::test_a_batch_that_is_still_open_was_not_closed",
    "52": "tests/core/test_answers.py::test_a_booking_that_cannot_be_kept_is_none",
    "53": "tests/flow/test_unusable.py::test_an_event_that_cannot_be_used_costs_itself_only",
    "26": "tests/store/test_held.py",
    "27": "tests/store/test_counter.py",
    "56": "tests/store/test_trouble.py::test_a_file_that_was_taken_away_is_not_written_on",
    "57": "tests/faults/test_holding.py",
    "58": "tests/flow/test_unusable.py::test_a_weight_that_cannot_be_hides_no_charge",
    "59": "tests/flow/test_unusable.py::test_a_list_without_end_is_told",
    "60": "tests/core/test_addresses.py::test_a_booking_that_may_not_leave_has_not_left",
    "61": "tests/core/test_addresses.py::test_the_number_that_was_checked_is_the_one_that_is_called",
    "62": "tests/web/test_addresses.py::test_an_id_is_taken_only_at_the_address_that_gave_it",
    "63": "tests/web/test_bounds.py::test_a_body_that_does_not_come_is_given_up",
    "64": "tests/web/test_strict_json.py::test_it_is_400_at_every_door",
    "65": "tests/cli/test_terminal.py::test_sentences_and_errors_are_plain",
    "66": "tests/core/test_plain.py::test_a_buyer_is_taken_in_so_by_itself",
    "67": "tests/flow/test_rotation.py::test_it_may_stop_at_any_moment",
    "68": "tests/flow/test_keys.py::test_a_key_ends_when_it_was_to_end",
    "69": "tests/core/test_turns.py::test_no_more_is_read_at_once_than_there_is_room_for",
    "70": "tests/flow/test_one_order.py::test_what_one_send_made_twice_is_told_within_minutes",
    "71": "tests/flow/test_one_order.py::test_what_one_send_made_twice_is_told_within_minutes",
    "72": "tests/flow/test_one_order.py::test_one_order_is_never_that_of_two_postings",
    "73": "tests/flow/test_one_order.py::test_a_number_that_nobody_can_print_confirms_nothing",
    "74": "tests/flow/test_one_order.py::test_a_number_that_nobody_can_print_confirms_nothing",
    "75": "tests/flow/test_cancels.py::test_a_yes_counts_when_the_order_is_gone",
    "76": "tests/flow/test_asked_prices.py::test_a_price_that_is_none_of_this_booking_is_told",
    "77": "tests/flow/test_asked_prices.py::test_a_price_that_is_none_of_this_booking_is_told",
    "78": "tests/flow/test_asked_prices.py::test_a_final_charge_that_is_none_of_this_booking_is_told_once",
    "79": "tests/flow/test_one_order.py::test_a_person_cannot_give_one_order_to_two_postings",
    "80": "tests/children/test_children.py::test_a_seller_has_two_at_work_at_most",
    "81": "tests/flow/test_opening.py::test_a_bomb_is_its_postings_refused_label_and_is_remembered",
    "82": "tests/flow/test_label_pages.py::test_a_page_with_another_live_bookings_code_is_nobodys",
    "83": "tests/flow/test_label_tries.py::test_a_batch_with_a_bad_one_costs_itself_only",
    "84": "tests/web/test_papers_of_several.py::test_a_file_of_two_sellers_is_refused_with_a_code",
    "85": "tests/flow/test_label_pages.py::test_all_pages_of_a_file_for_one_posting_are_its_own",
    "86": "tests/flow/test_forgotten.py::test_it_is_told_why",
    "87": "tests/flow/test_cannot_be_asked.py::test_a_carrier_that_cannot_be_asked_is_one_question",
    "88": "tests/flow/test_counter_file.py::test_the_file_is_never_behind_what_left",
    "89": "tests/flow/test_number_not_ours.py::test_a_number_that_is_not_ours_goes_to_a_person",
    "90": REFUSALS + "a_plugins_word_over_an_unproved_answer_is_no_refusal",
    "91": REFUSALS + "a_plugins_word_over_an_unproved_answer_is_no_refusal",
    "92": REFUSALS + "only_a_whole_answer_of_the_declared_shape_is_a_refusal",
    "93": REFUSALS + "unproved_credentials_are_tried_before_anything_unsafe_leaves",
    "94": JOURNAL + "attempts_are_written_down_and_never_changed",
    "95": REFUSALS + "a_result_that_says_refused_needs_the_proof_too",
    "96": JOURNAL + "nobody_looks_before_the_call_the_settle_time_and_a_second_are_over",
    "97": "tests/core/test_http.py::test_whatever_it_was_answered_an_unsafe_request_is_not_sent_again",
    "98": REFUSALS + "a_success_is_not_believed_where_none_was_answered",
    "99": "tests/flow/test_basis.py::test_a_cancel_in_the_last_moment_keeps_the_request_here",
}
"""The cheapest test that noticed a bug: asked first, and the others only where it has missed."""
OTHERS = (
    "tests/flow/test_promises.py",
    "tests/flow/test_sleeping.py",
    "tests/flow/test_journal.py",
    "tests/flow/test_labelling.py",
    "tests/flow/test_restore.py",
    "tests/faults/test_processes.py",
    "tests/faults/test_kills.py",
)

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git to apply patches with")


@needs_git
@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_every_patch_applies_to_the_hub_as_it_is(patch: Path) -> None:
    done = _apply(patch, ROOT, "--check")
    assert done.returncode == 0, f"make it anew, with the same mistake: {done.stderr}"


@needs_git
def test_planted_bugs_are_noticed(tmp_path: Path, request: pytest.FixtureRequest, fault_seed: int) -> None:
    assert len(PATCHES) >= 36
    everything = request.config.getoption("--planted", False)
    patches = PATCHES if everything else random.Random(fault_seed).sample(PATCHES, form(request).planted)
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as both:
        noticed = list(both.map(lambda patch: _notices(patch, tmp_path), patches))
    missed = [patch.stem for patch, by in zip(patches, noticed, strict=True) if not by]
    print(f"{len(patches) - len(missed)} of {len(patches)} noticed; missed: {missed}")
    if everything:
        assert _tests(_copy(tmp_path / "unpatched"), sorted(set(FIRST.values()))) == ""
    assert missed == []


def _notices(patch: Path, folder: Path) -> str:
    """The test that fails with this bug in a copy of the hub; "" where none does."""
    begun = time.monotonic()
    copy = _copy(folder / patch.stem)
    assert _apply(patch, copy).returncode == 0
    by = _tests(copy, [FIRST[patch.stem[:2]]]) or _tests(copy, OTHERS)
    print(f"{patch.stem}: {by or 'MISSED'} ({time.monotonic() - begun:.0f} s)", flush=True)
    shutil.rmtree(copy)
    return by


def _copy(to: Path) -> Path:
    for name in ("hub", "tests"):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "conftest.py"):  # the tests' options and markers
        shutil.copy(ROOT / name, to)
    return to


def _apply(patch: Path, to: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The lines that a patch takes away must be there; the lines around them may have changed."""
    command = ["git", "apply", "-C0", *options, str(patch)]
    return subprocess.run(command, cwd=to, capture_output=True, encoding="utf-8", check=False)


def _tests(copy: Path, tests: Sequence[str]) -> str:
    """The first of these tests that fails in the copy, or ""."""
    usual = ["--faults", "ci"] if any(one.startswith("tests/faults/") for one in tests) else []
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "--tb=no", "-p", "no:cacheprovider", *usual, *tests],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        encoding="utf-8",
        timeout=500,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout[-2000:]
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    assert bool(failed) == bool(done.returncode), done.stdout[-2000:]
    return failed[0] if failed else ""

"""Which test replays which row of the table of faults: each number of the trial, in words of our own.

The cases of the evil vendor say themselves which row they are (`Case.rows`); what a carrier's own protocol, a
machine or a plugin does wrong is replayed elsewhere. `tests/faults/test_replays.py` holds this against the
tests that exist, and against the trial's table where that is at hand.
"""

from __future__ import annotations

import msgspec

EVIL = "the evil vendor"
_POST = (
    "tests/flow/test_unclear_over_http.py::"
    "test_whatever_the_post_answers_there_is_one_order_or_a_person_knows"
)
_LINES = "tests/faults/test_between.py::test_the_hubs_own_carriers"
_KILLS = "tests/faults/test_kills.py::test_a_worker_killed_at_any_moment_pays_once"
_HOLDING = "tests/faults/test_holding.py::test_"
_SERVED = "tests/faults/test_under_serve.py::test_"
_CLOCK = "tests/flow/test_schedules.py::test_the_clock_goes_back_"
_FORGOTTEN = "tests/flow/test_forgotten.py::test_"
_HOMES = "tests/flow/test_old_homes.py::test_"


class Row(msgspec.Struct, frozen=True):
    """One fault, or several of a kind that stand together."""

    first: int
    last: int
    words: str
    by: tuple[str, ...]


REPLAYS: tuple[Row, ...] = (
    Row(
        1,
        2,
        "killed again and again on a noisy wire",
        (_KILLS, "tests/faults/test_points.py::test_it_may_die_at_any_point"),
    ),
    Row(
        3,
        3,
        "the same without assertions",
        (_KILLS, _SERVED + "a_locale_without_letters_and_an_interpreter_without_words"),
    ),
    Row(
        4,
        4,
        "two workers, each asleep over its lease",
        ("tests/faults/test_paused.py::test_a_worker_that_wakes_up_late_changes_nothing",),
    ),
    Row(5, 50, "what is answered to a booking and its look-up", (EVIL,)),
    Row(51, 68, "what is given out as a label", (EVIL,)),
    Row(69, 79, "tracking, charges, cancels, numbers that come again", (EVIL,)),
    Row(80, 83, "Russian Post: an error of somebody in between, done all the same", (_POST,)),
    Row(84, 85, "Russian Post: another order's answer, ours done or not", (_POST,)),
    Row(86, 86, "Russian Post: one request arrives twice", (_POST,)),
    Row(87, 90, "CDEK: an error of somebody in between, done all the same", (_LINES,)),
    Row(91, 92, "CDEK: another order's answer, ours done or not", (_LINES,)),
    Row(93, 93, "CDEK: one request arrives twice", (_LINES,)),
    Row(94, 96, "the database is lost", (_FORGOTTEN + "what_was_booked_is_not_booked_again",)),
    Row(97, 98, "an older copy is put back with cp", (_FORGOTTEN + "what_was_booked_is_not_booked_again",)),
    Row(
        99,
        102,
        "an older backup is restored over what happened since",
        (
            "tests/flow/test_restore.py::test_what_was_booked_is_found_and_adopted",
            "tests/flow/test_restore.py::test_a_key_is_sent_again_and_is_the_same_order",
            "tests/flow/test_restore.py::test_what_was_cancelled_after_the_backup_is_never_printed",
        ),
    ),
    Row(103, 103, "the database is taken away under the hub", (_SERVED + "a_database_that_is_taken_away",)),
    Row(
        104,
        104,
        "a read-only disk",
        (
            "tests/cli/test_doctor_of_the_machine.py::test_a_read_only_folder_is_told_by_every_command",
            "tests/store/test_trouble.py::test_a_real_small_disk_full_and_read_only",
        ),
    ),
    Row(
        105,
        105,
        "a full disk",
        (
            "tests/flow/test_schedules.py::test_a_full_disk_ends_no_work_and_costs_no_tries",
            "tests/store/test_trouble.py::test_a_real_small_disk_full_and_read_only",
        ),
    ),
    Row(
        106,
        107,
        "somebody else holds the database, or its lock",
        (
            "tests/store/test_trouble.py::test_a_lock_is_told_as_a_lock_and_no_restore_is_advised",
            "tests/cli/test_doctor.py::test_somebody_holds_the_database",
        ),
    ),
    Row(
        108,
        109,
        "the clock goes ahead by days",
        ("tests/faults/test_clocks.py::test_it_goes_ahead_and_nothing_is_sent_twice",),
    ),
    Row(110, 110, "the clock goes back, after a kill", (_CLOCK + "and_orders_come_in_within_minutes",)),
    Row(
        111,
        111,
        "the clock goes back, killed while it was being sent",
        (
            "tests/flow/test_schedules.py::test_a_booking_under_way_is_looked_up_after_its_settle_time_not_days_later",
        ),
    ),
    Row(112, 112, "the clock goes back, after a clean stop", (_CLOCK + "and_orders_come_in_within_minutes",)),
    Row(113, 113, "the clock goes back under a worker", (_CLOCK + "under_a_worker",)),
    Row(
        114,
        114,
        "the clock goes back, and a command ships",
        ("tests/faults/test_clocks.py::test_it_goes_back_and_a_command_ships",),
    ),
    Row(
        115,
        116,
        "the key is lost, or cut, under the hub",
        (_SERVED + "a_locale_without_letters_and_an_interpreter_without_words",),
    ),
    Row(
        117,
        117,
        "no time zones on the machine",
        ("tests/cli/test_doctor_of_the_machine.py::test_without_time_zones_it_is_told_in_words",),
    ),
    Row(
        118,
        119,
        "a locale without letters; an interpreter without docstrings",
        (_SERVED + "a_locale_without_letters_and_an_interpreter_without_words",),
    ),
    Row(
        120,
        120,
        "a database of an older hub, with work in every state",
        (
            _HOMES + "it_is_opened_migrated_and_sound",
            _HOMES + "the_worker_goes_on_and_nothing_is_paid_for_twice",
        ),
    ),
    Row(
        121,
        121,
        "a backup of an older hub",
        ("tests/flow/test_restore.py::test_a_backup_of_an_older_hub_is_restored",),
    ),
    Row(
        122,
        122,
        "an older program on a newer database",
        ("tests/store/test_store.py::test_a_database_of_a_newer_hub_is_refused_and_left_alone",),
    ),
    Row(
        123,
        128,
        "a plugin hangs, blocks, raises what is no Exception, cancels itself, has no room, takes too much",
        (
            _HOLDING + "everybody_ships",
            _HOLDING + "nobody_pays_twice",
            _HOLDING + "a_person_hears_of_who_does_it_always",
        ),
    ),
    Row(
        129,
        130,
        "a plugin leaves the program",
        ("tests/faults/test_ends.py::test_what_a_plugin_raises_ends_no_process",),
    ),
    Row(
        131,
        131,
        "the process ends in a booking",
        ("tests/faults/test_points.py::test_it_may_die_at_any_point", _KILLS),
    ),
    Row(
        132,
        132,
        "a plugin leaves the program in every label",
        (
            "tests/faults/test_ends.py::test_what_a_plugin_raises_ends_no_process",
            "tests/faults/test_ends.py::test_labels_that_kill_the_process_are_set_aside",
        ),
    ),
    Row(
        133,
        133,
        "a plugin ends the process in every quote",
        ("tests/faults/test_ends.py::test_work_that_kills_the_process_is_set_aside",),
    ),
    Row(
        134,
        135,
        "a plugin is taken out with bookings open",
        (
            "tests/flow/test_orphans.py::test_a_plugin_that_is_gone_with_bookings_is_told_and_over_when_it_is_back",
        ),
    ),
)


def numbers(row: Row) -> range:
    """The rows that it stands for."""
    return range(row.first, row.last + 1)


__all__ = ["EVIL", "REPLAYS", "Row", "numbers"]

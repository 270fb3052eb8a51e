"""Problems and answers are declared once, and held against each other; the day is a list of steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.flow import questions, steps
from hub.flow.history.situation import Wait
from hub.flow.problems import answers, kinds
from hub.flow.problems.answers import Answer
from hub.flow.problems.kinds import ProblemKind

from .desk import Lookup, desk


def test_every_answer_that_a_kind_names_is_declared_and_used() -> None:
    assert len(questions.ROOMS) > 5
    assert answers.undeclared() == []
    assert answers.unused() == []


def test_an_answer_that_only_one_side_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    monkeypatch.setattr(answers, "_ANSWERS", dict(answers._ANSWERS))
    kinds.declare(
        ProblemKind(code="on_fire", answers=("pour_water", "dismiss"), over_at=(), blocks=("book",))
    )
    answers.offer(Answer(code="retry", of=("late_risk",)), Answer(code="wave_hands"))
    assert answers.undeclared() == ["on_fire pour_water"]
    assert answers.unused() == ["late_risk retry", "wave_hands"]
    assert "on_fire" in kinds.blocking("book")
    with pytest.raises(TypeError, match="'on_fire' is declared twice"):
        kinds.declare(ProblemKind(code="on_fire", answers=(), over_at=()))
    with pytest.raises(TypeError, match="'wave_hands' of all kinds is declared twice"):
        answers.offer(Answer(code="wave_hands"))


def test_an_answer_may_need_what_the_problem_does_not_have() -> None:
    unclear = kinds.kind_of("address_unclear")
    assert "use_suggestion" not in unclear.offered({"as_written": True})
    assert "use_suggestion" in unclear.offered({"suggestion": True})


@pytest.mark.sqlite
async def test_a_step_only_reads_to_decide(tmp_path: Path) -> None:
    """Decided again and again, on whatever a posting meets in its day, nothing changes."""
    assert len({step.code for step in steps.STEPS}) == len(steps.STEPS)
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        said = set[str]()
        for _ in range(40):
            situation = steps.situation(at.app, posting)
            before = at.app.store.reader.execute("PRAGMA data_version").fetchone()[0]
            verdicts = {step.code: step.decide(situation) for step in steps.STEPS}
            after = at.app.store.reader.execute("PRAGMA data_version").fetchone()[0]
            assert before == after
            said |= {code for code, verdict in verdicts.items() if not isinstance(verdict, Wait)}
            await at.pass_time(1)
        assert said >= {"go_on", "choose", "book", "get_label"}
        assert at.view(posting).stage == "labelled"


async def test_what_a_situation_shows_is_of_one_moment(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        seen: list[int] = []

        def look(connection: object) -> None:
            reader = at.app.store.reader
            seen.append(reader.execute("SELECT sequence FROM postings").fetchone()[0])
            at.app.store.write_now(
                lambda tx: tx.execute("UPDATE postings SET sequence = sequence + 1").rowcount
            )
            seen.append(reader.execute("SELECT sequence FROM postings").fetchone()[0])

        at.app.store.snapshot(look)
        assert seen[0] == seen[1]
        assert steps.situation(at.app, posting).row.sequence == seen[0] + 1

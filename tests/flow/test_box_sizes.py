"""A box that is larger than a carrier takes is said before anything is told, with what would fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub.flow.choice import boxes
from hub.flow.choice.quote_checks import Missing
from hub.plugin_api.box_limits import BoxLimit
from hub.plugin_api.errors import ConfigError
from hub.plugin_api.models import Money, Parcel, Quote, QuoteRequest, Service, Stage
from hub.plugins.checks import check_class
from hub.words import render
from tests.flow.desk import Lookup, desk

SOURCE = "made up"


def limits(*, std: int, all_services: int = 2000) -> tuple[BoxLimit, ...]:
    """Of a side, in millimetres. The boxes here have 100."""
    return (
        BoxLimit(longest_mm=all_services, source=SOURCE),
        BoxLimit(services=("st",), longest_mm=std, source=SOURCE),
    )


class Small(Lookup):
    """It prices everything, and takes small boxes only; its cargo service takes more."""

    asked: ClassVar[list[int]]
    cargo: ClassVar[bool]

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        self.asked.append(request.parcels[0].length_mm)
        found = list(await super().quote(request))
        if self.cargo:
            service = Service(code="cargo", name="Cargo")
            found.append(msgspec.structs.replace(found[0], service=service, price=Money.of("900.00", "RUB")))
        return found


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    Small.asked, Small.cargo, Small.box_limits = [], False, limits(std=60)


async def test_it_is_a_question_before_the_marketplace_hears_of_it(tmp_path: Path) -> None:
    async with desk(tmp_path, Small) as at:
        posting = await at.order(stage=Stage.NEW)
        await at.ship(posting)
        await at.pass_time(news=False)
        problem = at.problems()["no_quotes"]
        assert "the longest side is 100 mm, at most 60" in problem.text
        assert {"correct_product", "other_carrier"} <= {one.code for one in problem.answers}
        assert at.operations() == []
        assert at.view(posting).stage == "new"


async def test_a_service_that_takes_it_is_booked_though_it_costs_more(tmp_path: Path) -> None:
    Small.cargo = True
    async with desk(tmp_path, Small) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(news=False)
        assert at.view(posting).service == "Cargo"


async def test_what_no_service_takes_is_not_even_asked_about(tmp_path: Path) -> None:
    Small.box_limits = limits(std=60, all_services=99)
    async with desk(tmp_path, Small) as at:
        await at.ship(await at.order())
        await at.pass_time(news=False)
        assert "the longest side is 100 mm, at most 99" in at.problems()["no_quotes"].text
        assert Small.asked == []


async def test_a_box_that_fits_to_the_millimetre_goes(tmp_path: Path) -> None:
    Small.box_limits = limits(std=100)
    async with desk(tmp_path, Small) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(news=False)
        assert at.view(posting).stage == "labelled"


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (BoxLimit(longest_mm=299, source=SOURCE), "самая длинная сторона 300 мм"),
        (BoxLimit(sides_mm=599, source=SOURCE), "три стороны вместе 600 мм"),
        (BoxLimit(girth_mm=899, source=SOURCE), "самая длинная сторона и дважды две другие 900 мм"),
        (BoxLimit(longest_mm=300, sides_mm=600, girth_mm=900, source=SOURCE), ""),
    ],
)
def test_each_measure(limit: BoxLimit, told: str) -> None:
    carrier: Any = type("Some", (Small,), {"box_limits": (limit,)})
    box = Parcel(number=1, weight_g=1, length_mm=100, width_mm=300, height_mm=200, items=())
    found = boxes.none_taken(carrier, [box])
    assert (found is None) is (told == "")
    if isinstance(found, Missing):
        assert told in render(found.data["message"], "ru")


@pytest.mark.parametrize(
    "wrong",
    [[BoxLimit(longest_mm=1, source="")], (BoxLimit(source=""),), (BoxLimit(longest_mm=0, source=""),)],
)
def test_what_limits_nothing_is_refused_when_the_plugin_loads(wrong: Any) -> None:
    with pytest.raises(ConfigError, match="box_limits"):
        check_class("small", "carriers", type("Wrong", (Small,), {"box_limits": wrong}))

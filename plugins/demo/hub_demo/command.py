"""``hub demo``: a whole seller's day against the emulators."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import msgspec
from hub import said
from rich.console import Console
from rich.table import Table

from hub_demo.checking import Difference, differences
from hub_demo.children import Children, Failed
from hub_demo.clock import Clock
from hub_demo.day import Day, Result
from hub_demo.files import save
from hub_demo.page import page
from hub_demo.report import Report, report
from hub_demo.scenario import START, Scenario, build
from hub_demo.screen import Screen

_PAPERS = ("index.html", "labels.pdf", "packing-slips.pdf", "handover.pdf", "report.json", "hub.sqlite")
_MINE = (
    *_PAPERS,
    "hub.sqlite-wal",
    "hub.sqlite-shm",
    "hub.sqlite.lock",
    "hub.key",
    "plugins.toml",
    "clock.json",
    "clock.new",
)

_WIDE = 150  # columns that the table needs with the story of each posting
_MIDDLE = 105  # and with its service


@click.command()
@click.option(
    "--out",
    default="demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the hub, the papers and the page are made. An earlier demonstration there is replaced.",
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Other postings.")
@click.option(
    "--database",
    default="",
    metavar="URL",
    help="An empty PostgreSQL database to work with, instead of a file.",
)
@click.option("--plant-fault", is_flag=True, help="Spoil the day, to see that it would be noticed.")
def demo(out: Path, seed: int, database: str, plant_fault: bool) -> None:
    """Take 24 postings through a day, against vendors that are emulated on this machine.

    The exit code is 0 only if all that the scenario says really happened, by the vendors' own books.
    """
    console = Console(highlight=False)
    _clear(out)
    clock = Clock(out / "clock.json", START)
    scenario = build(seed)
    planted: list[str] = []
    try:
        with Screen(console, clock) as screen, Children(out, clock.path, database) as children:
            day = Day(out, scenario, clock, screen, children)
            world, door = day.open()
            with world, door:
                result = day.run(world, door)
                if plant_fault:
                    planted = world.plant_faults()
                truth = world.truth()
            made = report(result, screen.seconds)
            found = differences(scenario, truth, made.totals.committed, made.totals.charged)
    except Failed as error:
        raise click.ClickException(str(error)) from None
    save(out / "report.json", msgspec.json.format(msgspec.json.encode(made), indent=2))
    save(out / "index.html", page(scenario, result, made, found).encode())
    _show(console, out, scenario, result, made)
    for text in planted:
        console.print(f"[yellow]planted:[/] {text}")
    _judge(console, found)
    if found:
        click.get_current_context().exit(1)


def _clear(out: Path) -> None:
    """Make the folder; what an earlier demonstration left is removed, and nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    left = [name for name in _MINE if (out / name).exists()]
    if left and "clock.json" not in left:
        raise click.ClickException(
            said(
                "{out} has {left} that no demonstration made: choose another folder with --out",
                code="usage.no_demonstration_made_choose_another",
                values={"out": out, "left": ", ".join(left)},
            )
        )
    for name in left:
        (out / name).unlink()
    shutil.rmtree(out / "logs", ignore_errors=True)


def _show(console: Console, out: Path, scenario: Scenario, result: Result, made: Report) -> None:
    wide, middle = console.width >= _WIDE, console.width >= _MIDDLE
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("posting", no_wrap=True)
    for title in ("flow", "carrier", *(("service",) if middle else ())):
        table.add_column(title, no_wrap=not wide or title != "service")
    table.add_column("price", justify="right")
    table.add_column("stage")
    if wide:
        table.add_column("story", overflow="fold")
    stories = {order.number: order.story for order in scenario.orders}
    for posting in made.postings:
        colour = {"delivered": "green", "cancelled": "magenta"}.get(posting.stage, "red")
        table.add_row(
            posting.posting_number,
            posting.integration_type_flow,
            posting.carrier or "",
            *((posting.service or "",) if middle else ()),
            "" if posting.price is None else str(posting.price),
            f"[{colour}]{posting.stage}[/]",
            *((stories.get(posting.posting_number, ""),) if wide else ()),
        )
    console.print(table)
    totals = made.totals
    money = ", ".join(f"{amount:.2f} {currency}" for currency, amount in totals.committed.items())
    console.print(
        f"\n{totals.postings} postings: {totals.delivered} delivered, {totals.cancelled} cancelled, "
        f"{totals.problems} needed a person; carriers cost {money or 'nothing'}; {made.seconds:.1f} s"
    )
    for name in _PAPERS:
        if (out / name).exists():
            console.print(f"  {out / name}", soft_wrap=True)


def _judge(console: Console, found: list[Difference]) -> None:
    if not found:
        console.print("[green]Everything happened as the scenario says, by the vendors' own books.[/]")
        return
    console.print(f"[red]{len(found)} differences between the scenario and the vendors' own books:[/]")
    for difference in found:
        console.print(f"[red]  {difference}[/]", soft_wrap=True)

"""The root command. Commands are imported when they are typed; plugins' commands too, and only after the
allow-list was read. The help text lists all of them without importing one."""

from __future__ import annotations

import io
import os
import sys
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub import __version__
from hub.cli import click_words, help_words
from hub.cli.click_words import message_of
from hub.cli.plainly import echo, failure, plain_logs
from hub.cli.session import LANGUAGES, Session
from hub.plugin_api.errors import HubError, StoreError
from hub.words import render, said
from hub.words.plain import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.metadata import EntryPoint

COMMANDS_GROUP = "parcelhub.commands"
PLUGINS_GROUP = "parcelhub.plugins"

# name -> (where it is, one line of help); in the order of a seller's day
_COMMANDS = {
    "init": ("hub.cli.commands.home:init", "Make a hub here: plugins.toml with comments, and the key file."),
    "serve": ("hub.cli.commands.serving:serve", "Serve HTTP, and do the hub's work."),
    "worker": ("hub.cli.commands.serving:worker", "Do the hub's work without serving HTTP."),
    "plugins": ("hub.cli.commands.home:plugins", "The plugins that may run here, and what they can do."),
    "seller": ("hub.cli.commands.sellers:seller", "Sellers: add, list."),
    "warehouse": ("hub.cli.commands.warehouses:warehouse", "Warehouses of a seller: list, add, change."),
    "account": ("hub.cli.commands.accounts:account", "Accounts: add, check, list."),
    "key": ("hub.cli.commands.keys:key", "API keys: add, list, revoke; rotate the key of the credentials."),
    "products": ("hub.cli.commands.products:products", "The product catalogue: import, list."),
    "prices": ("hub.cli.commands.prices:prices", "Contract prices with carriers: import, list."),
    "rules": ("hub.cli.commands.quotes:rules", "Which carrier is chosen: show the rules, try them."),
    "sync": ("hub.cli.commands.day:sync", "Fetch postings from the marketplaces now."),
    "today": ("hub.cli.commands.today:today", "What has to leave by when, and what waits for an answer."),
    "postings": ("hub.cli.commands.postings:postings", "A seller's postings, the most urgent first."),
    "quote": ("hub.cli.commands.quotes:quote", "Ask every carrier what a posting would cost."),
    "points": ("hub.cli.commands.points:points", "Delivery points near a buyer, the nearest first."),
    "ship": ("hub.cli.commands.day:ship", "Book, assemble and label postings. Costs money, once."),
    "units": ("hub.cli.commands.packing:units", "What the marketplace wants to know of each piece."),
    "pack": ("hub.cli.commands.packing:pack", "Scan marking codes and the like into the postings."),
    "labels": ("hub.cli.commands.papers:labels", "The labels of postings, as one file."),
    "slips": ("hub.cli.commands.papers:slips", "Packing slips of postings, as one file."),
    "handover": ("hub.cli.commands.handover:handover", "Hand over the parcels that are there."),
    "handovers": ("hub.cli.commands.handover:handovers", "A seller's hand-overs, the newest first."),
    "track": ("hub.cli.commands.day:track", "Ask the carriers where the parcels are."),
    "cancel": ("hub.cli.commands.day:cancel", "Cancel the booking of a posting."),
    "records": ("hub.cli.commands.records:records", "The carriers' records: on time, lost, price kept."),
    "problems": ("hub.cli.commands.problems:problems", "What needs a person; and answering it."),
    "messages": ("hub.cli.commands.messages:messages", "Being told outside the hub: try it, what was sent."),
    "show": ("hub.cli.commands.show:show", "Everything known about a posting, with its history."),
    "backup": ("hub.cli.commands.copies:backup", "Copy the database while the hub works."),
    "restore": ("hub.cli.commands.copies:restore", "Put a backup in the database's place."),
    "migrate": ("hub.cli.commands.copies:migrate", "Bring an older hub's database up to this version."),
    "erase": ("hub.cli.commands.erasing:erase", "Forget the buyers of parcels that are over."),
    "compact": ("hub.cli.commands.erasing:compact", "Write the database anew, without what was erased."),
    "incidents": ("hub.cli.commands.incidents:incidents", "What went wrong with money at stake."),
    "resolve": ("hub.cli.commands.incidents:resolve", "Say what became of an operation that waits for you."),
    "jobs": ("hub.cli.commands.jobs:jobs", "The queue of work; and taking up what was given up."),
    "health": ("hub.cli.commands.home:health", "Whether the hub works."),
    "doctor": ("hub.cli.commands.doctor:doctor", "Look at everything, and say what to do about it."),
}


class Root(click.Group):
    """A group whose commands are resolved when they are typed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_COMMANDS, *sorted(name for name in _installed() if name not in _COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _COMMANDS:
            module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
            command: click.Command = getattr(import_module(module), attribute)
            return command
        points = _installed().get(cmd_name)
        return _plugin_command(ctx, cmd_name, points) if points else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            close = get_close_matches(args[0], self.list_commands(ctx), n=2)
            if not close or args[0].startswith("-"):
                raise
            either = close[0]
            if len(close) == 2:
                values = {"one": close[0], "other": close[1]}
                either = said("{one} or {other}", code="usage.either", values=values)
            advice = said(
                "There is no command '{command}'. Did you mean {close}?",
                code="usage.command",
                values={"command": args[0], "close": either},
            )
            raise click.UsageError(advice, ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, line) for name, (_, line) in _COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
        theirs = [
            (name, help_words.from_plugins([_owner(point) for point in points]))
            for name, points in sorted(_installed().items())
            if name not in _COMMANDS
        ]
        if theirs:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(theirs)


def _installed() -> dict[str, list[EntryPoint]]:
    from importlib.metadata import entry_points

    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=COMMANDS_GROUP):
        if point not in found.setdefault(point.name, []):
            found[point.name].append(point)
    return found


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.module


def _plugin_command(ctx: click.Context, name: str, points: list[EntryPoint]) -> click.Command:
    """The command of a plugin: allowed here, or in a place that has no plugins.toml to say so."""
    from hub.plugins.config_reading import load_config
    from hub.plugins.loader import plugin_commands
    from hub.words.catalogue import use

    file = _home_of(ctx) / "plugins.toml"
    allow = load_config(file).allow if file.exists() else None
    found = [command for command in plugin_commands(allow) if command.name == name]
    if not found:
        plugin = _plugin_beside(points[0])
        raise click.ClickException(
            said(
                "'{name}' belongs to the plugin '{plugin}', which may not run here. If you trust it, add "
                "'{plugin}' to 'allow' in {file}",
                code="usage.belongs_plugin_not_run_if",
                values={"name": name, "plugin": plugin, "file": file},
            )
        )
    if len(found) > 1:
        owners = " and ".join(sorted(command.distribution for command in found))
        raise click.ClickException(
            said(
                "{owners} both bring the command '{name}': uninstall one of them",
                code="usage.both_bring_command_uninstall",
                values={"owners": owners, "name": name},
            )
        )
    try:
        command = found[0].load()
    except Exception as error:
        owner = found[0].distribution
        raise click.ClickException(
            said(
                "the command '{name}' of {owner} cannot be imported: {error}: {error_2}",
                code="usage.command_cannot_imported",
                values={"name": name, "owner": owner, "error": type(error).__name__, "error_2": error},
            )
        ) from error
    use(points[0].value.partition(":")[0].partition(".")[0])
    if not isinstance(command, click.Command):
        raise click.ClickException(
            said(
                "'{name}' of {distribution} is no click command",
                code="usage.no_click_command",
                values={"name": name, "distribution": found[0].distribution},
            )
        )
    return command


def _plugin_beside(point: EntryPoint) -> str:
    if point.dist is None:
        return point.name
    names = [entry.name for entry in point.dist.entry_points if entry.group == PLUGINS_GROUP]
    return names[0] if names else point.name


def _home_of(ctx: click.Context) -> Path:
    """Commands are resolved before the root's function has run, but after its options were read."""
    home = ctx.params.get("home")
    return home if isinstance(home, Path) else Path(".")


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home",
    envvar="PARCELHUB_HOME",
    default=".",
    show_default="the current directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where plugins.toml and the database are.",
)
@click.option(
    "--database",
    metavar="URL",
    help="A PostgreSQL database, as postgresql://USER@HOST/NAME.  [default: PARCELHUB_DATABASE, else of "
    "plugins.toml, else hub.sqlite]",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option(
    "--lang",
    envvar="PARCELHUB_LANG",
    type=click.Choice(LANGUAGES),
    show_default="the seller's, else English",
    help="The language of answers.",
)
@click.version_option(__version__, "-V", "--version", message="parcelhub %(version)s")
@click.pass_context
def hub(context: click.Context, home: Path, database: str | None, as_json: bool, lang: str | None) -> None:
    """parcelhub: from a marketplace's posting to a booked, labelled and tracked parcel."""
    began = context.obj
    context.obj = Session(home, as_json=as_json, language=lang, database=database or "")
    if isinstance(began, list):
        began.append(context.obj)


def run(arguments: Sequence[str]) -> int:
    """Run a command line; the exit code: 0 done, 1 failed with the reason on stderr, 2 wrong usage."""
    _speak_utf8()
    plain_logs()
    as_json = "--json" in arguments
    sessions: list[Session] = []
    click_words.install()
    help_words.install(lambda: language(arguments, sessions))
    try:
        result = hub.main(args=list(arguments), prog_name="hub", standalone_mode=False, obj=sessions)
    except click.UsageError as error:
        if as_json:
            _say_error(message_of(error), "usage", as_json)
        elif isinstance(error, click.exceptions.NoArgsIsHelpError):
            error.show()
        else:
            _say_usage(error, language(arguments, sessions))
        return error.exit_code
    except click.ClickException as error:
        message = message_of(error)
        _say_error(message if as_json else _spoken(message, arguments, sessions), "error", as_json)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        stopped = said(
            "Stopped. Nothing is lost: run the same command again, and it goes on.", code="usage.stopped"
        )
        echo(_spoken(stopped, arguments, sessions), err=True)
        return 130
    except HubError as error:
        message = error.message if as_json else _spoken(error.said, arguments, sessions)
        _say_error(message, error.code, as_json, tuple(getattr(error, "candidates", ())))
        return 1
    except BrokenPipeError:
        # somebody closed the pipe (``| head``); say nothing more, also not at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("PARCELHUB_TRACEBACK"):
            raise
        if known := _of_the_store(error, sessions):
            message = known.message if as_json else _spoken(known.said, arguments, sessions)
            _say_error(message, known.code, as_json)
            return 1
        place = _place(error)
        mistake = said(
            "The hub made a mistake: {error} in {place}. Set PARCELHUB_TRACEBACK=1 and run it again to see "
            "all "
            "of it; mind that it may show personal data",
            code="usage.mistake",
            values={"error": type(error).__name__, "place": place},
        )
        _say_error(mistake if as_json else _spoken(mistake, arguments, sessions), "internal", as_json)
        return 1
    return result if isinstance(result, int) else 0


def _spoken(message: str, arguments: Sequence[str], sessions: Sequence[Session]) -> str:
    return render(message, language(arguments, sessions))


def language(arguments: Sequence[str], sessions: Sequence[Session]) -> str:
    """The language of an error: the command's, or what was asked for where no command began."""
    if sessions:
        sessions[0].speak_unopened()
        return sessions[0].language
    after = dict(pairwise(arguments))
    if asked := after.get("--lang") or os.environ.get("PARCELHUB_LANG"):
        return asked
    home = after.get("--home") or os.environ.get("PARCELHUB_HOME") or "."
    return "en" if "--json" in arguments else _shared(Path(home))


@cache
def _shared(home: Path) -> str:
    """The language of a hub's sellers, where no command began. A help has a hundred texts, and each asks."""
    session = Session(home, as_json=False, language=None)
    session.speak_unopened()
    return session.language


def _say_usage(error: click.UsageError, language: str) -> None:
    """What click shows of wrong usage, in the language."""
    if error.ctx is not None:
        hint = said(
            "Try '{command} {option}' for help.",
            code="usage.help",
            values={"command": error.ctx.command_path, "option": "--help"},
        )
        echo(f"{error.ctx.get_usage()}\n{render(hint, language)}\n", err=True)
    failure(render(message_of(error), language))


def _say_error(message: str, code: str, as_json: bool, candidates: tuple[str, ...] = ()) -> None:
    if as_json:
        import msgspec

        error = {"code": code, "message": str(message)} | ({"candidates": candidates} if candidates else {})
        echo(escaped(msgspec.json.encode({"error": error}).decode()), err=True)
        return
    failure(message)
    for candidate in candidates:
        echo(f"  {candidate}", err=True)


def _of_the_store(error: Exception, sessions: Sequence[Session]) -> StoreError | None:
    """What to do where the database or its disk is at fault: damaged, full, read-only, locked."""
    from hub.store.condition import FILE
    from hub.store.trouble import trouble

    path = (sessions[0].home if sessions else Path(".")) / FILE
    if isinstance(error, OSError) and isinstance(error.filename, str):
        path = Path(error.filename)  # a file of its own: where something was to be written, or read
    return trouble(error, path)


def _place(error: BaseException) -> str:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _speak_utf8() -> None:
    """Also where the console's own code page cannot say a product's name."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (stream.encoding or "").lower() != "utf-8":
            stream.reconfigure(encoding="utf-8", errors="replace")

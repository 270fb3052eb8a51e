"""Sellers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.help_words import SpokenGroup
from hub.cli.next_steps import setting_up
from hub.cli.session import HubCommand, Session, actor, pass_session
from hub.cli.show import confirmed, emit, next_step
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.forms import PackageDefaults
    from hub.flow.history.views import SellerView
    from hub.plugin_api.models import Sender


@click.group(cls=SpokenGroup)
def seller() -> None:
    """Sellers."""


@seller.command("add", cls=HubCommand)
@click.argument("slug")
@click.option("--title", required=True, help="The seller's name, as people say it.")
@click.option("--time-zone", required=True, help="An IANA name, such as Europe/Moscow or Asia/Shanghai.")
@click.option("--plugin", "plugins", multiple=True, help="A plugin that is on for this seller; repeat it.")
@click.option(
    "--language",
    type=click.Choice(["ru", "zh", "en"]),
    default="ru",
    show_default=True,
    help="The language that the seller reads.",
)
@click.option("--paper", default="100x150", show_default=True, help="100x150, 75x120, 58x40 or a4.")
@click.option("--reference-prefix", default="", help="What booking references begin with.")
@click.option(
    "--sender",
    "sender_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file: name, company, phone, email, address {country, postal_code, region, city, street}.",
)
@click.option("--default-weight-g", type=click.IntRange(min=1), help="For products without a weight.")
@click.option("--default-size-mm", metavar="LxWxH", help="For products without a size: 200x150x50.")
@pass_session
def add_seller(
    session: Session,
    slug: str,
    title: str,
    time_zone: str,
    plugins: tuple[str, ...],
    language: str,
    paper: str,
    reference_prefix: str,
    sender_file: Path | None,
    default_weight_g: int | None,
    default_size_mm: str | None,
) -> None:
    """Add a seller. SLUG is its key for ever: lower-case letters, digits, hyphens."""
    from hub.flow.history.forms import NewSeller
    from hub.flow.sellers import sellers

    new = NewSeller(
        slug=slug,
        title=title,
        time_zone=time_zone,
        plugins=plugins,
        language=language,
        paper=paper,
        reference_prefix=reference_prefix,
        sender=sender_in(sender_file) if sender_file else None,
        defaults=_defaults(default_weight_g, default_size_mm),
    )

    async def work(app: App) -> tuple[SellerView, str]:
        added = await sellers.add_seller(app, new, actor())
        return added, setting_up(app, slug)

    view, following = session.run(work)
    session.speak_to(view)
    _emit_sellers(session, view)
    next_step(session, following)


@seller.command("change", cls=HubCommand)
@click.argument("slug")
@click.option("--title", help="The seller's name, as people say it.")
@click.option("--time-zone", help="An IANA name, such as Europe/Moscow or Asia/Shanghai.")
@click.option("--plugin", "plugins", multiple=True, help="A plugin that goes on; repeat it.")
@click.option("--no-plugin", "off", multiple=True, help="A plugin that goes off; repeat it.")
@click.option("--language", type=click.Choice(["ru", "zh", "en"]), help="The language that the seller reads.")
@click.option("--paper", help="100x150, 75x120, 58x40 or a4.")
@click.option(
    "--sender",
    "sender_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file, as for 'hub seller add'.",
)
@click.option("--default-weight-g", type=click.IntRange(min=1), help="For products without a weight.")
@click.option("--default-size-mm", metavar="LxWxH", help="For products without a size: 200x150x50.")
@click.option("--yes", is_flag=True, help="Do not ask before a plugin goes off that has work.")
@pass_session
def change_seller(
    session: Session,
    slug: str,
    title: str | None,
    time_zone: str | None,
    plugins: tuple[str, ...],
    off: tuple[str, ...],
    language: str | None,
    paper: str | None,
    sender_file: Path | None,
    default_weight_g: int | None,
    default_size_mm: str | None,
    yes: bool,
) -> None:
    """Correct a seller: what is given changes, the rest stays.

    A plugin that has accounts goes off only with a person's yes, or --yes: its parcels stand still.
    """
    from hub.flow.history.forms import SellerChange
    from hub.flow.sellers import sellers, switching_off

    on: tuple[str, ...] | None = None
    if plugins or off:

        async def look(app: App) -> tuple[tuple[str, ...], list[switching_off.Left]]:
            known = sellers.seller(app, slug).plugins
            if unknown := [one for one in off if one not in known or one in plugins]:
                raise click.UsageError(
                    said(
                        "--no-plugin {plugin}: these are on: {known}",
                        code="usage.plugin_not_on",
                        values={"plugin": unknown[0], "known": ", ".join(known)},
                    )
                )
            return known, switching_off.left_behind(app.store.reader, slug, off)

        known, left = session.run(look)
        on = tuple(one for one in dict.fromkeys((*known, *plugins)) if one not in off)
        if left:
            confirmed(session, switching_off.told(left), twice=True, yes=yes)
    change = SellerChange(
        title=title,
        time_zone=time_zone,
        plugins=on,
        language=language,
        paper=paper,
        sender=sender_in(sender_file) if sender_file else None,
        defaults=_defaults(default_weight_g, default_size_mm),
        force=bool(off),
    )

    async def work(app: App) -> SellerView:
        return await sellers.change_seller(app, slug, change, actor())

    _emit_sellers(session, session.run(work))


@seller.command("list", cls=HubCommand)
@pass_session
def list_sellers(session: Session) -> None:
    """All sellers."""
    from hub.flow.sellers import sellers

    async def work(app: App) -> list[SellerView]:
        return list(sellers.list_sellers(app))

    _emit_sellers(session, session.run(work))


def _emit_sellers(session: Session, value: SellerView | list[SellerView]) -> None:
    views = value if isinstance(value, list) else [value]
    headings = ("seller", "title", "time zone", "plugins", "language", "paper", "accounts")
    rows = [(v.slug, v.title, v.time_zone, v.plugins, v.language, v.paper, v.accounts) for v in views]
    emit(session, value, headings, rows)


def _as_utf8(path: Path, data: bytes) -> bytes:
    """The file as JSON is read: without a mark, which Notepad and PowerShell begin it with, and of UTF-16, as
    they save "Unicode", in UTF-8. Raises UsageError for other encodings: they would be guessed."""
    from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

    encoding = "utf-8"
    if data.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
        encoding = "utf-16"
    elif 0 in data[:2]:  # JSON begins with an ASCII character
        encoding = "utf-16-be" if data[0] == 0 else "utf-16-le"
    try:
        return data.removeprefix(BOM_UTF8).decode(encoding).encode()
    except UnicodeDecodeError:
        raise click.UsageError(
            said(
                "{path}: save the file as UTF-8: its characters cannot be told for sure",
                code="usage.file_not_utf8",
                values={"path": path},
            )
        ) from None


def sender_in(path: Path) -> Sender:
    """The sender that a JSON file holds. Raises UsageError."""
    import msgspec

    from hub.plugin_api.models import Sender
    from hub.plugins.toml_keys import shown, unknown_key, wrong_value

    try:
        data = _as_utf8(path, path.read_bytes())
        if not data.strip():
            raise click.UsageError(
                said("{path}: the file is empty", code="usage.file_empty", values={"path": path})
            )
        given = msgspec.json.decode(data)
        if wrong := unknown_key(given, Sender):  # a misspelt phone would be missed at the first booking
            keys, known = wrong
            raise click.UsageError(
                said(
                    "{path}: {keys}: no such key; there are {known}",
                    code="usage.no_key",
                    values={"path": path, "keys": shown(keys), "known": ", ".join(known)},
                )
            )
        return msgspec.convert(given, Sender)
    except msgspec.ValidationError as error:
        at, what = wrong_value(error, Sender)
        where = f"{path}: {shown(at)}" if at else path
        raise click.UsageError(
            said("{path}: {error}", code="usage.file", values={"path": where, "error": what})
        ) from None
    except msgspec.DecodeError as error:
        raise click.UsageError(
            said("{path}: {error}", code="usage.file", values={"path": path, "error": error})
        ) from None


def _defaults(weight_g: int | None, size_mm: str | None) -> PackageDefaults | None:
    from hub.flow.history.forms import PackageDefaults

    if weight_g is None and size_mm is None:
        return None
    sides = (size_mm or "").lower().replace("х", "x").split("x")  # the Cyrillic letter too
    if weight_g is None or len(sides) != 3 or not all(side.strip().isdecimal() for side in sides):
        raise click.UsageError(
            said(
                "a default needs both: --default-weight-g 500 --default-size-mm 200x150x50 (millimetres)",
                code="usage.default_needs_both_default",
            )
        )
    length, width, height = (int(side) for side in sides)
    return PackageDefaults(weight_g=weight_g, length_mm=length, width_mm=width, height_mm=height)

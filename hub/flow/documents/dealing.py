"""Whose page is whose: a page belongs to the posting whose code it shows, never to a position in a file.

Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from hub.flow.documents.label_tries import Wanted
from hub.plugin_api.labels import LabelPage

Holders = Mapping[str, frozenset[str]]
"""Of each code the postings with a live booking, of all sellers, that it belongs to."""
_NUMBER = re.compile(r"(?=(?:\D*\d){6})[A-Za-z0-9]{8,}")
"""What a parcel's number looks like; shorter texts stand on every label."""


class Dealt(msgspec.Struct, frozen=True):
    """The pages of a file, dealt out."""

    owned: dict[str, list[LabelPage]]
    """By posting: in the file's order, what is to be printed."""
    shown: dict[str, int]
    """By posting: how many different pages show a code of its own."""
    nobodys: list[LabelPage]
    """Pages with something on them that may be a part of somebody's label: nobody knows whose."""
    strange: list[LabelPage]
    """Pages that show a code of another parcel, or of two: these are printed for nobody."""

    @property
    def left(self) -> list[LabelPage]:
        """What is printed for nobody, in the file's order."""
        return sorted([*self.nobodys, *self.strange], key=lambda page: page.index)


def deal(pages: Sequence[LabelPage], wanted: Mapping[str, Wanted], holders: Holders) -> Dealt:
    """A page that shows codes of one posting is its page; one that shows another live booking's as well, of
    whatever seller, belongs to nobody. Of a file that was made for one posting all other pages are its too: a
    customs form behind the label may show no code. Where the file has a page of another parcel, nobody knows
    which of the two a form belongs to. Pages that look the same are one page.

    ``wanted``: by posting.
    """
    owned: dict[str, list[LabelPage]] = {posting_id: [] for posting_id in wanted}
    known: dict[str, set[frozenset[str]]] = {posting_id: set() for posting_id in wanted}
    nobodys: list[LabelPage] = []
    strange: list[LabelPage] = []
    by_code = _by_text((posting_id, one.codes) for posting_id, one in wanted.items())
    by_name = _by_text((posting_id, one.known_by) for posting_id, one in wanted.items())
    only = next(iter(wanted.values())) if len(wanted) == 1 else None
    for page in pages:
        labelled = _claims(page, by_code)
        claims = labelled or _claims(page, by_name)
        own = wanted[next(iter(claims))].known_by if len(claims) == 1 else frozenset()
        others = {holder for code in page.codes - own for holder in holders.get(code, frozenset())}
        if len(claims) > 1 or others - claims:
            strange.append(page)
        elif claims:
            (posting_id,) = claims
            if labelled:
                known[posting_id].add(page.codes)
            _add(owned[posting_id], page)
        elif only is not None and _of_another_parcel(page, only):
            strange.append(page)
        elif not page.blank:
            nobodys.append(page)
    shown = {posting_id: len(codes) for posting_id, codes in known.items()}
    # A page with the posting's number goes with a label; alone it is none.
    nobodys += [page for posting_id, mine in owned.items() if not shown[posting_id] for page in mine]
    if only is not None and not strange:
        mine = owned[only.posting.id]
        for page in nobodys:
            _add(mine, page)
        mine.sort(key=lambda page: page.index)
        if shown[only.posting.id]:
            nobodys = []
    return Dealt(owned, shown, nobodys, strange)


def _by_text(texts: Iterable[tuple[str, frozenset[str]]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for posting_id, own in texts:
        for text in own:
            found.setdefault(text, set()).add(posting_id)
    return found


def _claims(page: LabelPage, by_text: Mapping[str, set[str]]) -> set[str]:
    return {posting_id for code in page.codes for posting_id in by_text.get(code, ())}


def _of_another_parcel(page: LabelPage, one: Wanted) -> bool:
    """Whether the page shows a number of the kind that its own label has, and not that: the label of a parcel
    that this hub does not know, of another shop of the carrier's for one."""
    kinds = {_kind(code) for code in one.codes} - {""}
    return any(_kind(code) in kinds for code in page.codes)


def _kind(code: str) -> str:
    """The same for two numbers of one carrier: how long they are, and where digits and letters stand."""
    if _NUMBER.fullmatch(code) is None:
        return ""
    return "".join("9" if sign.isdigit() else "A" for sign in code)


def _add(pages: list[LabelPage], page: LabelPage) -> None:
    """A picture of a page that is there already is not printed a second time."""
    same = (page.look == one.look if page.look and one.look else page.codes == one.codes for one in pages)
    if not any(same):
        pages.append(page)


__all__ = ["Dealt", "Holders", "deal"]

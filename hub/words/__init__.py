"""What is said to people, as data: an English sentence, its code and its values. `render` says it in another
language; the words of that language are in gettext catalogues (``words/ru.po``) of the hub and its plugins.

``{name}`` in a sentence is a value. ``{name:parcel}`` counts ("3 parcels"), or reads a code of ours as words
(``{stage:stage}``). A part in ``[brackets]`` falls away where a value in it is empty. A value is never
translated, so what a vendor said is one: ``"CDEK: {said}"``. See docs/how-to/translate.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

LANGUAGES = ("en", "ru", "zh")
_LONGEST = 400  # characters of one value of stored data
_BREAKS = re.compile(r"\s+")
_FIELD = re.compile(r"\{(\w+)(?::([\w.|]+))?\}")
_PART = re.compile(r"\[([^\[\]]*)\]")
_KEYS = frozenset({"text", "code", "values"})
_MARK = '{"text":'


class Words(msgspec.Struct, frozen=True):
    """A sentence as data. ``text`` is English; empty for what is stored by its code alone (a history entry).
    ``code`` names it in the catalogues; ``values`` are texts, numbers, lists of them, and other Words."""

    text: str = ""
    """English, with ``{names}``; empty for what is stored by its code alone."""
    code: str = ""
    """Names the sentence in the catalogues."""
    values: dict[str, Any] = {}
    """What the names stand for."""


class Sentence(str):
    """An English sentence that knows its words: a text wherever one is wanted, and `render` says it in
    another language. The store keeps its words, not its text."""

    __slots__ = ("words",)
    words: Words
    """The sentence as data."""

    def __new__(cls, words: Words) -> Sentence:
        made = super().__new__(cls, _english(words))
        made.words = words
        return made

    def __reduce__(self) -> tuple[type[Sentence], tuple[Words]]:
        return Sentence, (self.words,)


def said(text: str, /, *, code: str = "", values: Mapping[str, Any] | None = None) -> Sentence:
    """A sentence to be shown to a person: English with ``{names}``, its code, and the values."""
    if isinstance(text, Sentence) and not values:
        return text
    return Sentence(Words(str(text), code, _kept(values)))


def in_a_row(sentences: Iterable[str], between: str = "; ") -> Sentence:
    """Several sentences, or other texts, as one."""
    values = {f"said_{number}": one for number, one in enumerate(sentences, 1)}
    return said(between.join(f"{{{name}}}" for name in values), code="row", values=values)


def for_json(value: object) -> Any:
    """What an encoder of JSON makes of a sentence: its English. For ``enc_hook``."""
    if isinstance(value, Sentence):
        return str(value)
    raise NotImplementedError(f"objects of type {type(value).__name__} are no JSON")


class BadValue(ValueError):
    """A value that a person wrote and that cannot be used: of a line, a rule, an option."""

    def __init__(self, text: str, /, *, code: str = "", values: Mapping[str, Any] | None = None) -> None:
        self.said = said(text, code=code, values=values)
        super().__init__(str(self.said))


def said_of(error: BaseException) -> str:
    """The sentence of an error, with its words where it has any."""
    known = getattr(error, "said", None)
    return known if isinstance(known, Sentence) else str(error)


def render(what: str | Words | Mapping[str, Any], language: str) -> str:
    """The sentence in the language, English where there are no words of it. A plain text stays what it is;
    so does one that was stored before sentences had words."""
    words = words_of(what)
    return str(what) if words is None else _said(words, language)


def words_of(what: object) -> Words | None:
    """The words of a sentence, as it is in memory or in stored data; None of anything else. A plain text is
    never taken for words, whatever stands in it: it may be a vendor's."""
    if isinstance(what, str):  # what most values are, and what is cheap to ask
        return what.words if isinstance(what, Sentence) else None
    if isinstance(what, Words):
        return what
    if isinstance(what, dict | Mapping) and what.keys() == _KEYS and isinstance(what["values"], Mapping):
        return Words(str(what["text"]), str(what["code"]), dict(what["values"]))
    return None


def stored(text: str) -> str:
    """What a column holds of a text: the JSON of its words, or the text itself where it has none and does not
    look as if it had."""
    if not isinstance(text, Sentence) and not text.startswith(_MARK):
        return text
    words = text.words if isinstance(text, Sentence) else Words(text)
    return msgspec.json.encode(as_data(words)).decode()


def revived(text: str | Mapping[str, Any]) -> str:
    """The sentence that `stored` or `as_data` wrote; an older one is a plain text."""
    if isinstance(text, str):
        if type(text) is str and not text.startswith(_MARK):
            return text
        words = _read(text) if text.startswith(_MARK) and not isinstance(text, Sentence) else words_of(text)
    else:
        words = words_of(text)
    return str(text) if words is None else Sentence(words)


def as_data(value: Any) -> Any:
    """The value as JSON can have it: sentences and words as mappings of text, code and values."""
    words = value if isinstance(value, Words) else value.words if isinstance(value, Sentence) else None
    if words is not None:
        return {"text": words.text, "code": words.code, "values": as_data(words.values)}
    if isinstance(value, Mapping):
        return {name: as_data(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(one) for one in value]
    return value


def in_english(value: Any) -> Any:
    """The data with each sentence in it as its English text: what programs are shown."""
    words = words_of(value)
    if words is not None:
        return _english(words)
    if isinstance(value, Mapping):
        return {name: in_english(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [in_english(one) for one in value]
    return value


def changed(text: str, change: Callable[[str], str]) -> str:
    """The text with ``change`` made in everything that somebody else may have said: in a sentence's values,
    and in a text that is no sentence of ours."""
    words = words_of(text)
    if words is None:
        return change(text)
    again = _changed(words, change)
    return text if again == words and isinstance(text, Sentence) else Sentence(again)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    words = words_of(value)
    if words is not None:
        values = {name: _changed(one, change) for name, one in words.values.items()}
        return Words(words.text if values else change(words.text), words.code, values)
    if isinstance(value, str):
        return change(value)
    if isinstance(value, int | float):  # a number may be somebody's, too
        told = change(str(value))
        return value if told == str(value) else told
    if isinstance(value, Mapping):
        return {name: _changed(one, change) for name, one in value.items()}
    return [_changed(one, change) for one in value] if isinstance(value, list | tuple) else value


def fields(text: str) -> frozenset[str]:
    """The names of the values of a sentence."""
    return frozenset(match[1] for match in _FIELD.finditer(text))


def _kept(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: _plain_data(value) for name, value in (values or {}).items()}


def _plain_data(value: Any) -> Any:
    """A value as it can be stored: what is no number, list or sentence, and has none, is its text."""
    told = value if isinstance(value, Sentence) else getattr(value, "said", None)
    if isinstance(told, Sentence):  # a sentence, or an error, or what else has one
        return told.words
    if value is None or isinstance(value, Words | bool | int | float) or type(value) is str:
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain_data(one) for name, one in value.items()}
    return (
        [_plain_data(one) for one in value]
        if isinstance(value, list | tuple | set | frozenset)
        else str(value)
    )


@lru_cache(maxsize=512)
def _read(text: str) -> Words | None:
    try:
        return words_of(msgspec.json.decode(text))
    except msgspec.DecodeError:
        return None


# --- saying it --------------------------------------------------------------------------------------------


def _english(words: Words) -> str:
    if words.text and (not words.values or "{" not in words.text):
        return words.text
    return _said(words, "en")


def _said(words: Words, language: str) -> str:
    template = ""
    if not words.text or language in ("ru", "zh"):  # else no file is read
        from hub.words.catalogue import found

        template = found(words.code, words.text, language)
    counting = language if template else "en"
    template = template or words.text or words.code
    if words.text and not words.values:
        return template  # it stands as it is, braces and all
    return filled(template, words.values, language, own=bool(words.text), counting=counting)


def filled(
    template: str, values: Mapping[str, Any], language: str, *, own: bool = False, counting: str = ""
) -> str:
    """The sentence with its values. ``own``: they were given with it, and stand in it as they are; what the
    store has of others is put on one line, and cut where it is very long. ``counting``: the language of the
    sentence itself, where that is another one."""

    said_in = counting or language

    def told(name: str, spec: str) -> str:
        given = values.get(name)
        if given is None or given == "" or given == [] or given == {}:
            return ""
        text = _worded(given, spec, said_in) if spec else _plain(given, language, own=own)
        return text if own else on_one_line(text)

    # a bracket or a name in a value stays what it is: the sentence was cut before any value came in
    pieces: list[str] = []
    for part in _cut(template):
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part, _Field):
            nothing = "" if own and part.name in values else "—"
            pieces.append(told(part.name, part.spec) or nothing)
        else:
            inner = [one if isinstance(one, str) else told(one.name, one.spec) for one in part]
            if all(one for one, known in zip(inner, part, strict=True) if isinstance(known, _Field)):
                pieces += inner
    return "".join(pieces) if own else "".join(pieces).strip()


class _Field(NamedTuple):
    """Where a value stands in a sentence."""

    name: str
    spec: str


@lru_cache(maxsize=2048)  # there are about as many sentences, in three languages
def _cut(template: str) -> tuple[str | _Field | list[str | _Field], ...]:
    """A sentence's texts and fields, and as a list each part that falls away without its values. Brackets
    without a field are text."""
    pieces: list[str | _Field | list[str | _Field]] = []
    end = 0
    for part in _PART.finditer(template):
        if _FIELD.search(part[1]):
            pieces += _fields(template[end : part.start()])
            pieces.append(_fields(part[1]))
            end = part.end()
    return (*pieces, *_fields(template[end:]))


def _fields(text: str) -> list[str | _Field]:
    found: list[str | _Field] = []
    end = 0
    for match in _FIELD.finditer(text):
        found += [text[end : match.start()], _Field(match[1], match[2] or "")]
        end = match.end()
    return [*found, text[end:]]


def on_one_line(text: str) -> str:
    """The text on one line, cut where it is very long."""
    text = _BREAKS.sub(" ", text).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _plain(value: Any, language: str, *, own: bool) -> str:
    words = words_of(value)
    if words is not None:
        return _said(words, language)
    if isinstance(value, Mapping):
        if value.keys() == {"amount", "currency"}:
            return f"{value['amount']} {value['currency']}"
        return "; ".join(f"{key}: {_plain(one, language, own=own)}" for key, one in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_plain(one, language, own=own) for one in value)
    return str(value) if own else on_one_line(str(value))


def _worded(value: Any, spec: str, language: str) -> str:
    from hub.words.catalogue import counted, duration, grouped, title

    if spec == "duration":
        return duration(int(value), language)
    if spec == "number":
        return grouped(value, language)
    if isinstance(value, int) and (told := counted(spec, value, language)):
        return told
    if words_of(value) is not None:
        return _plain(value, language, own=False)
    if isinstance(value, Mapping):
        if "code" in value:
            return title(spec, str(value["code"]), language, value) or _plain(value, language, own=False)
        return "; ".join(f"{key}: {_worded(one, spec, language)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_worded(one, spec, language) for one in value)
    return title(spec, str(value), language) or on_one_line(str(value))

"""Whether every sentence of a package has its words, found without running it: for the tests of a plugin.

    def test_words() -> None:
        assert hub.testing.check_words("hub_mine", languages=("ru", "zh")) == []

`update` writes the catalogues anew from the code: ``python -m hub.testing.words FOLDER`` with the package's
folder. See docs/how-to/translate.md.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from hub.words.catalogue import Entry, entries
from hub.words.help_texts import HELP, paragraphs

_FIELD = re.compile(r"\{(\w+)(?::([\w.|]+))?\}")
_PART = re.compile(r"\[([^\[\]]*\{\w+(?::[\w.|]+)?\}[^\[\]]*)\]")
_SAYING = frozenset(
    {
        "HubError",
        "Unsupported",
        "Rejected",
        "AuthFailed",
        "Unavailable",
        "Unconfirmed",
        "BadReply",
        "NotFound",
    }
    | {"Conflict", "ConfigError", "Failure", "BadValue", "said"}
)
"""What takes a sentence; subclasses that the package makes of them count too."""
_SCRIPTS = {"ru": re.compile("[а-яё]", re.IGNORECASE), "zh": re.compile("[\u4e00-\u9fff]")}
_WORD = re.compile(r"(?<![\w.])[a-z]{3,}(?![\w.:])")
"""A word of the language; ``plugins.toml``, ``time_zone`` and ``SQLite`` are names."""
_QUOTED = re.compile(r"'[^']*'")
PLURALS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
    "(n%100<10 || n%100>=20) ? 1 : 2);",
    "zh": "nplurals=1; plural=0;",
    "en": "nplurals=2; plural=(n != 1);",
}  # fmt: skip
_FORMS = {"ru": 3, "zh": 1}


class Said(NamedTuple):
    """A sentence where it is said."""

    code: str
    english: str
    place: str


def check_words(package: str, languages: Sequence[str] = ()) -> list[str]:
    """What is wrong with the sentences of a package and its catalogues, a line each; empty where nothing is.

    Always: values fit their sentence, a code has one sentence, a catalogue that is there fits the code. With
    ``languages``, each sentence has its code, and words in each of them.
    """
    spec = find_spec(package)
    places = list((spec.submodule_search_locations if spec else None) or ())
    if not places:
        return [f"{package} is no package that is installed here"]
    folder = Path(places[0])
    said, wrong = sentences(folder, strict=bool(languages))
    return [*wrong, *_of_codes(said), *_of_catalogues(folder, said, languages)]


# --- what the code says -----------------------------------------------------------------------------------


def sentences(folder: Path, *, strict: bool = True) -> tuple[list[Said], list[str]]:
    """Every sentence of a package, and what is wrong where it is said. ``strict``: each has a code."""
    trees = {file: [*ast.walk(ast.parse(file.read_text("utf-8")))] for file in _files(folder)}
    saying = _with_subclasses(trees.values())
    said: list[Said] = []
    wrong: list[str] = []
    for file, nodes in trees.items():
        for call, values in _calls(nodes, saying):
            place = f"{file.relative_to(folder.parent).as_posix()}:{call.lineno}"
            given = {one.arg: one.value for one in call.keywords}
            message = call.args[0] if call.args else given.get("message")
            if isinstance(message, ast.JoinedStr | ast.BinOp):
                wrong += [f"{place}: no literal: give a sentence and its values"] * strict
            if (
                not (isinstance(message, ast.Constant) and isinstance(message.value, str))
                or not message.value
            ):
                continue
            code = given.get("code")
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                said.append(Said(code.value, message.value, place.partition(":")[0]))
            elif strict:
                wrong.append(f"{place}: no code: {message.value!r}")
            wrong += [f"{place}: {fault}" for fault in _misfits(message.value, given.get("values"), values)]
        place = file.relative_to(folder.parent).as_posix()
        said += [Said(HELP, text, place) for text in _help_of(nodes)]
    return said, wrong


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.py") if "tests" not in file.relative_to(folder).parts)


def _with_subclasses(trees: Iterable[Sequence[ast.AST]]) -> frozenset[str]:
    classes = [node for nodes in trees for node in nodes if isinstance(node, ast.ClassDef)]
    known = set(_SAYING)
    while more := {
        one.name
        for one in classes
        if one.name not in known and any(_name(base) in known for base in one.bases) and not _has_init(one)
    }:
        known |= more
    return frozenset(known)


def _has_init(node: ast.ClassDef) -> bool:
    return any(isinstance(one, ast.FunctionDef) and one.name == "__init__" for one in node.body)


def _calls(
    nodes: Sequence[ast.AST], saying: frozenset[str]
) -> Iterator[tuple[ast.Call, dict[str, ast.Dict]]]:
    """The calls that say something, with the dicts that stand under a name in the same function."""
    for scope in nodes:
        if not isinstance(scope, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        inside = list(_own(scope))
        named = {
            target.id: node.value
            for node in inside
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in inside:
            if isinstance(node, ast.Call) and _name(node.func) in saying:
                yield node, named


def _help_of(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """What click shows for ``--help``: a command's docstring, by paragraphs, and the help of its options."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            made = {_name(one.func) for one in node.decorator_list if isinstance(one, ast.Call)}
            if made & {"command", "group"}:
                yield from paragraphs(ast.get_docstring(node) or "")
        elif isinstance(node, ast.Call) and _name(node.func) in {"option", "Option"}:
            for one in node.keywords:
                text = one.value.value if isinstance(one.value, ast.Constant) else None
                if one.arg in {"help", "show_default"} and isinstance(text, str):
                    yield from paragraphs(text)


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions in it."""
    coming = [*ast.iter_child_nodes(scope)][::-1]
    while coming:
        child = coming.pop()
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            coming += [*ast.iter_child_nodes(child)][::-1]
        else:
            for one in (*child.args.defaults, *child.decorator_list):
                yield from ast.walk(one)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _misfits(english: str, values: ast.expr | None, named: Mapping[str, ast.Dict]) -> Iterator[str]:
    if isinstance(values, ast.Name):
        values = named.get(values.id)
        if values is None:
            return
    fields = {match[1] for match in _FIELD.finditer(english)}
    if values is None:
        if fields:
            yield f"no values for {', '.join(sorted(fields))}"
        return
    if not isinstance(values, ast.Dict) or not all(isinstance(key, ast.Constant) for key in values.keys):
        return
    given = {key.value for key in values.keys if isinstance(key, ast.Constant)}
    if given != fields:
        yield f"values and sentence differ in {', '.join(sorted(map(str, given ^ fields)))}"


def _of_codes(said: Iterable[Said]) -> Iterator[str]:
    known: dict[str, str] = {}
    for one in said:
        if one.code != HELP and known.setdefault(one.code, one.english) != one.english:
            yield f"{one.place}: {one.code} is the code of another sentence too"


# --- what the catalogues have -----------------------------------------------------------------------------


def catalogue_of(folder: Path) -> Path:
    """Where a package has its catalogues."""
    return folder / "words"


def _of_catalogues(folder: Path, said: Sequence[Said], languages: Sequence[str]) -> Iterator[str]:
    home = catalogue_of(folder)
    template = home / "words.pot"
    if not template.exists():
        if languages and said:
            yield f"{template} is missing"
        return
    known = [one for one in entries(template.read_text("utf-8")) if one.english]
    have = {(one.code, one.english) for one in known}
    extracted = {(one.code, one.english) for one in said}
    for code, english in sorted(extracted - have):
        yield f"words.pot lacks {code}: {english!r}"
    for one in known:
        if one.places and (one.code, one.english) not in extracted:
            yield f"words.pot: nobody says {one.code} any more: {one.english!r}"
    for language in languages or sorted(file.stem for file in home.glob("*.po")):
        file = home / f"{language}.po"
        if not file.exists():
            yield f"{file} is missing"
        else:
            yield from (f"{language}: {fault}" for fault in _of_language(known, file, language))


def _of_language(known: Sequence[Entry], file: Path, language: str) -> Iterator[str]:
    theirs = {(one.code, one.english): one for one in entries(file.read_text("utf-8")) if one.english}
    for one in known:
        told = theirs.pop((one.code, one.english), None)
        if told is None or not all(told.said) or told.fuzzy:
            yield f"not translated: {one.code}: {one.english!r}"
            continue
        forms = _FORMS.get(language)
        if one.plural and forms is not None and len(told.said) != forms:
            yield f"{one.code} has {len(told.said)} forms, and the language {forms}"
        for text in told.said:
            yield from (f"{one.code}: {fault}" for fault in _differences(one.english, text, language))
    for code, english in theirs:
        yield f"{code} is in no words.pot: {english!r}"


def _differences(english: str, text: str, language: str) -> Iterator[str]:
    if {match[1] for match in _FIELD.finditer(english)} != {match[1] for match in _FIELD.finditer(text)}:
        yield f"other values than {english!r}"
    if _in_parts(english) != _in_parts(text):
        yield f"other [parts] than {english!r}"
    bare = _QUOTED.sub("", _FIELD.sub("", text))
    script = _SCRIPTS.get(language)
    if any(one.search(bare) for name, one in _SCRIPTS.items() if name != language):
        yield f"letters of another language: {text!r}"
    if script is not None and text == english and _WORD.search(_QUOTED.sub("", _FIELD.sub("", english))):
        yield f"English: {text!r}"


def _in_parts(text: str) -> set[str]:
    return {match[1] for part in _PART.finditer(text) for match in _FIELD.finditer(part[1])}


# --- writing them -----------------------------------------------------------------------------------------


def update(folder: Path, languages: Sequence[str] = ("ru", "zh")) -> None:
    """Write ``words.pot`` anew from the code, what developers put there by hand kept, and bring the languages
    after it: a sentence that has changed is marked fuzzy, one that is gone falls out."""
    home = catalogue_of(folder)
    said, _ = sentences(folder, strict=False)
    old = _read(home / "words.pot")
    by_hand = list({(one.code, one.english): one for one in old if not one.places}.values())
    places: dict[tuple[str, str], set[str]] = {}
    for one in said:
        places.setdefault((one.code, one.english), set()).add(one.place)
    made = [Entry(code, text, ("",), places=tuple(sorted(found))) for (code, text), found in places.items()]
    template = [*(one for one in by_hand if (one.code, one.english) not in places), *sorted(made)]
    if not template:
        return
    home.mkdir(exist_ok=True)
    (home / "words.pot").write_text(_written(template, "en"), encoding="utf-8")
    for language in languages:
        file = home / f"{language}.po"
        theirs = _read(file)
        file.write_text(_written([_merged(one, theirs) for one in template], language), encoding="utf-8")


def _read(file: Path) -> list[Entry]:
    return [one for one in entries(file.read_text("utf-8")) if one.english] if file.exists() else []


def _merged(one: Entry, theirs: Sequence[Entry]) -> Entry:
    """The entry with its translation: the very one, that of the same English under another code, or, marked
    for the translator, that of the code's old English."""
    same = [old for old in theirs if old.english == one.english and all(old.said)]
    exact = next((old for old in same if old.code == one.code), None)
    if exact is not None or same:
        found = exact or same[0]
        return one._replace(said=found.said, fuzzy=found.fuzzy, was=found.was)
    changed = next((old for old in theirs if old.code == one.code and all(old.said)), None)
    if changed is not None and bool(changed.plural) == bool(one.plural) and one.code not in ("cli", HELP):
        return one._replace(said=changed.said, fuzzy=True, was=changed.was or changed.english)
    return one._replace(said=("",))


def _written(template: Iterable[Entry], language: str) -> str:
    head = (
        "Project-Id-Version: parcelhub",
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {PLURALS.get(language, PLURALS['en'])}",
    )
    lines = ['msgid ""', 'msgstr ""', *(_quoted(f"{one}\n") for one in head)]
    for one in template:
        lines += ["", *(f"#. {note}" for note in one.notes), *(f"#: {place}" for place in one.places)]
        if one.fuzzy and language != "en":
            lines += ["#, fuzzy", *([f"#| msgid {_quoted(one.was)}"] if one.was else [])]
        lines += [f"msgctxt {_quoted(one.code)}"] if one.code else []
        lines.append(f"msgid {_quoted(one.english)}")
        if one.plural:
            lines.append(f"msgid_plural {_quoted(one.plural)}")
            forms = ("", "") if language == "en" else one.said
            lines += [f"msgstr[{at}] {_quoted(form)}" for at, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quoted('' if language == 'en' else one.said[0])}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        update(Path(folder))

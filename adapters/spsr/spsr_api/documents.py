"""XML in and out: parsed without entities and network, bounded in size, depth and number of elements.

SPSR declares windows-1251 and sends UTF-8 (public clients patch the prolog), so an answer is first taken for
what it is, then for what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree  # type: ignore[import-untyped]

from spsr_api.errors import BadAnswer, SpsrError

SIZE_LIMIT = 16 * 1024 * 1024
"""Bytes. All cities of Russia are the largest answer that clients have asked for."""
DEPTH_LIMIT = 16
"""The deepest answer known has six levels."""
ELEMENT_LIMIT = 200_000

_PIECE = 64 * 1024
_DECLARED = re.compile(r"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'][^>]*\?>""")
_PROLOG = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ENCODINGS = {"windows-1251": "cp1251", "cp1251": "cp1251"}

Attributes = Mapping[str, str]


class Element:
    """One element, with names as they stand without their namespaces."""

    __slots__ = ("_node",)

    def __init__(self, node: etree._Element) -> None:
        self._node = node

    @property
    def name(self) -> str:
        return str(etree.QName(self._node).localname)

    @property
    def text(self) -> str:
        return (self._node.text or "").strip()

    def get(self, name: str) -> str:
        """An attribute without white space around it; empty where it is absent."""
        return (self._node.get(name) or "").strip()

    def children(self, name: str) -> Iterator[Element]:
        for node in self._node:
            if etree.QName(node).localname == name:
                yield Element(node)

    def child(self, name: str) -> Element | None:
        return next(self.children(name), None)

    def below(self, *path: str) -> Iterator[Element]:
        """Every element at this path: ``below("Invoices", "Invoice")``."""
        first, *rest = path
        for found in self.children(first):
            if rest:
                yield from found.below(*rest)
            else:
                yield found


def parse(content: bytes) -> Element:
    """The root element. Raises BadAnswer for what is no XML, has a DOCTYPE, or exceeds a limit."""
    if len(content) > SIZE_LIMIT:
        raise BadAnswer(f"an answer of more than {SIZE_LIMIT} bytes")
    text = _PROLOG.sub("", _decoded(content), count=1)
    # Entities come with a DOCTYPE only; SPSR never sends one, so none is looked at.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadAnswer("an answer with a DOCTYPE")
    return Element(_tree(text.encode("utf-8")))


def checked(root: Element) -> Element:
    """The same root, where ``Result@RC`` is 0. Raises SpsrError, or BadAnswer where there is no result."""
    error = _error(root)
    result = root.child("Result")
    if result is None:
        if error is not None:
            raise SpsrError(None, error)
        raise BadAnswer("an answer without a result code")
    code = result.get("RC")
    if not re.fullmatch(r"-?[0-9]{1,9}", code):
        raise BadAnswer("an answer with a result code that is no number")
    if int(code) != 0:
        raise SpsrError(int(code), error or "")
    return root


def envelope(area: str, version: str, params: str, login: Attributes | None, body: Iterable[Node]) -> bytes:
    """A request: ``area`` is the tail of the namespace without its version, ``params`` the method's name.

    ``login`` are attributes of the element ``Login``; None where the method takes none.
    """
    namespace = f"http://spsr.ru/webapi/{area}/{version}"
    root = etree.Element(f"{{{namespace}}}root", nsmap={None: namespace})
    web = "http://spsr.ru/webapi/WA/1.0"
    etree.SubElement(root, f"{{{web}}}Params", {"Name": params, "Ver": version}, nsmap={"p": web})
    nodes = list(body) if login is None else [Node("Login", login), *body]
    for node in nodes:
        _append(root, namespace, node)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


class Node:
    """An element to be written; empty attributes are left out, unless they mean something."""

    __slots__ = ("attributes", "children", "name")

    def __init__(
        self, name: str, attributes: Attributes, children: Iterable[Node] = (), *, keep_empty: bool = False
    ) -> None:
        self.name = name
        self.attributes = {key: value for key, value in attributes.items() if value or keep_empty}
        self.children = tuple(children)


def _append(parent: etree._Element, namespace: str, node: Node) -> None:
    try:
        element = etree.SubElement(parent, f"{{{namespace}}}{node.name}", node.attributes)
    except ValueError:
        # lxml's own message shows the value, which may be a person's name.
        raise ValueError(f"{node.name} has a character that XML cannot carry") from None
    for child in node.children:
        _append(element, namespace, child)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.match(content[:200].decode("ascii", "replace"))
    encoding = _ENCODINGS.get(declared[1].lower()) if declared else None
    if encoding is None:
        raise BadAnswer("an answer that is neither UTF-8 nor windows-1251")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise BadAnswer("an answer that is neither UTF-8 nor windows-1251") from None


def _tree(content: bytes) -> etree._Element:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = elements = 0
    try:
        for start in range(0, len(content), _PIECE):
            parser.feed(content[start : start + _PIECE])
            for event, _ in parser.read_events():
                depth += 1 if event == "start" else -1
                elements += event == "start"
                if depth > DEPTH_LIMIT or elements > ELEMENT_LIMIT:
                    raise BadAnswer(f"an answer deeper than {DEPTH_LIMIT} or of too many elements")
        root = parser.close()
    except etree.XMLSyntaxError:
        raise BadAnswer("an answer that is no XML") from None
    return root


def _error(root: Element) -> str | None:
    """What an answer says in ``error@ErrorMessageRU`` and its sisters, or in an element ``Error``."""
    error = root.child("error")
    if error is not None:
        names = ("ErrorMessageRU", "ErrorMessage", "ErrorMessageEN")
        return next((text for name in names if (text := error.get(name))), "")
    error = root.child("Error")
    return None if error is None else error.text

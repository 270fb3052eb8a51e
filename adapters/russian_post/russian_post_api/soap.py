"""SOAP by hand: envelopes written with lxml, answers parsed without entities, DTD and network, in bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import httpx
from lxml import etree  # type: ignore[import-untyped]

Node: TypeAlias = Any
"""An element of lxml, which has no types of its own."""

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
CONTENT_TYPES = {SOAP_11: "text/xml;charset=UTF-8", SOAP_12: "application/soap+xml;charset=UTF-8"}

SIZE_LIMIT = 32 * 1024 * 1024
"""Bytes. An answer to a ticket of 3000 items with 60 operations each takes about 25 MB."""
DEPTH_LIMIT = 24
"""The deepest answer known has nine levels."""
ELEMENT_LIMIT = 500_000

_PIECE = 64 * 1024


class BadAnswer(ValueError):
    """An answer that is no SOAP, must not be parsed, or is too large."""


class Fault(Exception):
    """A SOAP fault. ``kind`` is the name of its detail ("AuthorizationFaultReason"), or its code; ``text``
    the Post's own words."""

    def __init__(self, kind: str, text: str, http_status: int) -> None:
        self.kind = kind
        self.text = text
        self.http_status = http_status
        super().__init__(f"Russian Post's tracking answered with a fault: {kind}")


class Element:
    """One element, by local names: the server's prefixes and the order of optional elements vary."""

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
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

    def children(self, name: str | None = None) -> Iterator[Element]:
        for node in self._node:
            if name is None or etree.QName(node).localname == name:
                yield Element(node)

    def find(self, *path: str) -> Element | None:
        """The first element at a path; None where there is none."""
        found: Element | None = self
        for name in path:
            found = next(found.children(name), None) if found is not None else None
        return found

    def value(self, *path: str) -> str:
        """The text at a path; empty where there is none."""
        found = self.find(*path)
        return "" if found is None else found.text


def element(namespace: str, name: str) -> Node:
    return etree.Element(f"{{{namespace}}}{name}")


def add(parent: Node, namespace: str | None, name: str, text: str | None = None) -> Node:
    """A child; ``namespace`` None is an unqualified one. Raises ValueError for what XML cannot carry."""
    child = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)
    if text is not None:
        child.text = text
    return child


def envelope(version: str, body: Node) -> bytes:
    root = etree.Element(f"{{{version}}}Envelope", nsmap={"soap": version})
    etree.SubElement(root, f"{{{version}}}Header")
    etree.SubElement(root, f"{{{version}}}Body").append(body)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


async def call(http: httpx.AsyncClient, url: str, version: str, body: Node) -> Element:
    """Sends one request, marked safe (tracking only reads), and gives the first child of the answer's body.

    Raises httpx errors, :class:`Fault`, :class:`BadAnswer`.
    """
    headers = {"Content-Type": CONTENT_TYPES[version], "Accept": CONTENT_TYPES[version].partition(";")[0]}
    if version == SOAP_11:
        headers["SOAPAction"] = '""'
    request = http.build_request("POST", url, content=envelope(version, body), headers=headers)
    request.extensions["safe"] = True
    response = await http.send(request, stream=True, follow_redirects=False)
    try:
        content = bytearray()
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > SIZE_LIMIT:
                raise BadAnswer(f"an answer of more than {SIZE_LIMIT} bytes")
    finally:
        await response.aclose()
    return _first_of(bytes(content), version, response)


def parse(content: bytes) -> Element:
    """The root element. Raises BadAnswer for what is no XML, has a DOCTYPE, or exceeds a limit."""
    if len(content) > SIZE_LIMIT:
        raise BadAnswer(f"an answer of more than {SIZE_LIMIT} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadAnswer("an answer that is not UTF-8") from None
    # Entities come with a DOCTYPE only; SOAP forbids one, so none is looked at.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadAnswer("an answer with a DOCTYPE")
    return Element(_tree(text.lstrip().encode("utf-8")))


def _first_of(content: bytes, version: str, response: httpx.Response) -> Element:
    try:
        root = parse(content)
        body = root.find("Body")
        first = next(body.children(), None) if root.name == "Envelope" and body is not None else None
        if first is None:
            raise BadAnswer("an answer that is no SOAP envelope")
    except BadAnswer:
        response.raise_for_status()
        raise
    if first.name == "Fault":
        raise _fault(first, response.status_code)
    response.raise_for_status()
    return first


def _fault(fault: Element, status: int) -> Fault:
    detail = fault.find("Detail") or fault.find("detail")
    reason = next(detail.children(), None) if detail is not None else None
    text = fault.value("Reason", "Text") or fault.value("faultstring")
    if reason is not None:
        return Fault(reason.name, reason.text or text, status)
    return Fault(fault.value("Code", "Value") or fault.value("faultcode"), text, status)


def _tree(content: bytes) -> Node:
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
        return parser.close()
    except etree.XMLSyntaxError:
        raise BadAnswer("an answer that is no XML") from None

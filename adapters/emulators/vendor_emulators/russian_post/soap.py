"""SOAP 1.1 and 1.2 envelopes, read without entities and written as text."""

import re
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from vendor_emulators.wire import Request, Response

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
CONTENT_TYPES = {SOAP_11: "text/xml", SOAP_12: "application/soap+xml"}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")

Element = ElementTree.Element


class NotSoap(Exception):
    """A body that is no envelope of the version expected."""


def read(request: Request, version: str) -> Element:
    """The first child of the envelope's body. Raises NotSoap."""
    try:
        text = request.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotSoap("not UTF-8") from None
    if "<!" in text:
        # Neither a document type nor anything it could declare; no client of this service writes comments.
        raise NotSoap("DTD is not allowed")
    try:
        root = ElementTree.fromstring(_DECLARATION.sub("", text))
    except (ElementTree.ParseError, ValueError):
        raise NotSoap("XML reader error") from None
    if root.tag != f"{{{version}}}Envelope":
        raise NotSoap("Version mismatch")
    body = root.find(f"{{{version}}}Body")
    if body is None or len(body) == 0:
        raise NotSoap("Empty body")
    return body[0]


def local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def child(element: Element | None, name: str) -> Element | None:
    """The first direct child of that local name."""
    return None if element is None else next((one for one in element if local(one) == name), None)


def text_of(element: Element | None, name: str) -> str:
    """The text of a direct child; "" where there is none."""
    found = child(element, name)
    return (found.text or "").strip() if found is not None else ""


def accepts(request: Request, version: str) -> bool:
    """Whether the content type is that of the version: else 415."""
    return request.headers.get("content-type", "").lower().startswith(CONTENT_TYPES[version])


def envelope(version: str, body: str, status: int = 200) -> Response:
    text = (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f'<S:Envelope xmlns:S="{version}"><S:Body>{body}</S:Body></S:Envelope>'
    )
    return Response(status, text.encode(), f"{CONTENT_TYPES[version]}; charset=utf-8")


def fault(version: str, reason: str, detail: str = "", sender: bool = False) -> Response:
    """HTTP 500 whoever is to blame, as JAX-WS answers."""
    if version == SOAP_11:
        code = "S:Client" if sender else "S:Server"
        inner = f"<faultcode>{code}</faultcode><faultstring>{escape(reason)}</faultstring>"
        return envelope(version, f"<S:Fault>{inner}{detail and f'<detail>{detail}</detail>'}</S:Fault>", 500)
    code = "S:Sender" if sender else "S:Receiver"
    body = (
        f"<S:Fault><S:Code><S:Value>{code}</S:Value></S:Code>"
        f'<S:Reason><S:Text xml:lang="ru">{escape(reason)}</S:Text></S:Reason>'
        f"{detail and f'<S:Detail>{detail}</S:Detail>'}</S:Fault>"
    )
    return envelope(version, body, 500)


def tag(name: str, value: object) -> str:
    """``<name>value</name>``, escaped; "" for None."""
    if value is None:
        return ""
    shown = ("true" if value else "false") if isinstance(value, bool) else escape(str(value))
    return f"<{name}>{shown}</{name}>"


def attributes(**values: object) -> str:
    """`` Name="value"``; what is None is left out."""
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items() if value is not None)

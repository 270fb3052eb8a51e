"""What all emulators share: the ASGI application, the control endpoints under ``/_emulator``, the log."""

import abc
import argparse
import random
from collections.abc import Callable, MutableMapping
from datetime import datetime
from typing import Any, ClassVar, Self

import msgspec

from vendor_emulators.clock import Clock, ManualClock
from vendor_emulators.connection import Connection, Disturbed, Receive, Send
from vendor_emulators.faults import Faults
from vendor_emulators.log import RequestLog
from vendor_emulators.outbox import Outbox
from vendor_emulators.refusals import Guess, Guessed, Settings
from vendor_emulators.rules import Rule
from vendor_emulators.schedule import Schedule
from vendor_emulators.serving import ASGI, Running, serve
from vendor_emulators.wire import JSON, Refusal, Request, Response, Router, json_response

__all__ = ["Disturbed", "Emulator", "Running", "serve"]

BODY_LIMIT = 16 * 1024 * 1024
CONTROL = "/_emulator/"


class FaultRules(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/faults``."""

    rules: list[Rule]


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/advance``: virtual seconds."""

    seconds: float


class LogSettings(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/log``: whether answers are kept as well."""

    answers: bool


class Emulator(abc.ABC):
    """A vendor's API with state.

    Subclasses answer requests in ``answer`` (synchronous: one request is one step), show their truth in
    ``state`` and add control endpoints to ``self.control``. Everything that happens later goes through
    ``self.schedule``, every random choice through ``self.random``.
    """

    name: ClassVar[str]
    vendor_faults: ClassVar[frozenset[str]] = frozenset()
    guesses: ClassVar[tuple[Guess, ...]] = ()

    def __init__(self, *, clock: Clock | None = None, seed: int = 1) -> None:
        self.clock = clock or Clock()
        self.random = random.Random(seed)
        self.schedule = Schedule(self.clock)
        self.faults = Faults(
            self.schedule, random.Random(f"faults-{seed}"), self.vendor_faults, self.error_inside
        )
        self.guessed = Guessed(self.schedule, self.guesses)
        self.log = RequestLog()
        self.outbox = Outbox()
        self.control = Router()
        self.urls: dict[str, str] = {}
        self._control_routes()

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Options of the command line beside those of every emulator's socket and clock."""
        parser.add_argument("--seed", type=int, default=1, help="of all random choices")

    @classmethod
    def from_options(cls, options: argparse.Namespace, *, clock: Clock) -> Self:
        """The emulator that the command line describes."""
        return cls(clock=clock, seed=options.seed)

    @abc.abstractmethod
    def answer(self, request: Request) -> Response:
        """The vendor's answer; effects that are due have run already."""

    @abc.abstractmethod
    def state(self) -> object:
        """The whole truth, as a value that msgspec encodes as an object; ``faults`` is added to it."""

    def error_inside(self, request: Request, code: str | None) -> Response:
        """For the fault ``error_in_200``: this vendor's error under HTTP 200. ``code`` None: a likely one."""
        error = {"code": code or "internal", "message": f"{request.path} failed"}
        return json_response({"error": error})

    @property
    def listeners(self) -> dict[str, ASGI]:
        """The applications that want a port each; ``url`` is the API itself."""
        return {"url": self.app}

    def bound(self, urls: dict[str, str]) -> None:
        """Called with the addresses of the listeners before the first request."""
        self.urls = urls

    def now(self) -> datetime:
        return self.schedule.now()

    def tick(self) -> None:
        """Run what is due; the server calls it about twenty times a second."""
        self.schedule.drain()

    def execute(self, request: Request) -> Response:
        """Drain, answer, log: one step of the world."""
        self.schedule.drain()
        response = self.guessed.judged(request, self._outcome(request), lambda: self._outcome(request))
        self.log.add(self.now(), request, response)
        return response

    def _outcome(self, request: Request) -> Response:
        try:
            return self.answer(request)
        except Refusal as refusal:
            return refusal.response

    async def app(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] != "http":
            return
        connection = Connection(scope, receive, send)
        body = await read_body(receive)
        if body is None:
            await connection.answer(Response(413))
            return
        client = scope.get("client")
        request = Request(
            scope["method"],
            scope["path"],
            scope.get("query_string", b"").decode("latin-1"),
            {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]},
            body,
            client[0] if client else "",
        )
        if request.path.startswith(CONTROL):
            await connection.answer(self._controlled(request))
        else:
            await self.faults.respond(request, self.execute, connection)

    def _controlled(self, request: Request) -> Response:
        self.schedule.drain()
        handler = self.control.find(request)
        if handler is None:
            methods = self.control.methods_of(request.path)
            return json_response({"error": "no such control endpoint"}, 405 if methods else 404)
        try:
            response = handler(request)
        except Refusal as refusal:
            return refusal.response
        except (msgspec.DecodeError, ValueError) as error:
            return json_response({"error": str(error)}, 400)
        self.schedule.drain()
        return response

    def _control_routes(self) -> None:
        add = self.control.add
        add("GET", "/_emulator/state", lambda _: self._show_state())
        add("GET", "/_emulator/faults", lambda _: json_response({"rules": self.faults.view()}))
        add("POST", "/_emulator/faults", self._set_faults)
        add("DELETE", "/_emulator/faults", self._done(self.faults.clear))
        add("GET", "/_emulator/guessed", lambda _: json_response(self.guessed.view()))
        add("POST", "/_emulator/guessed", self._set_guessed)
        add("GET", "/_emulator/log", self._show_log)
        add("POST", "/_emulator/log", self._set_log)
        add("DELETE", "/_emulator/log", self._done(self.log.clear))
        add("GET", "/_emulator/clock", lambda _: json_response(self._clock_view()))
        add("POST", "/_emulator/advance", self._advance)

    def _done(self, action: Callable[[], None]) -> Callable[[Request], Response]:
        def handler(_: Request) -> Response:
            action()
            return json_response({"ok": True})

        return handler

    def _show_state(self) -> Response:
        # Spliced, not merged: the truth of ten thousand orders is encoded once.
        truth = msgspec.json.encode(self.state())
        faults = b'"faults":' + msgspec.json.encode(self.faults.happened) + b"}"
        return Response(200, truth[:-1] + (b"," if len(truth) > 2 else b"") + faults, JSON)

    def _set_faults(self, request: Request) -> Response:
        self.faults.add(msgspec.json.decode(request.body, type=FaultRules).rules)
        return json_response({"rules": self.faults.view()})

    def _set_guessed(self, request: Request) -> Response:
        self.guessed.set(msgspec.json.decode(request.body, type=Settings))
        return json_response(self.guessed.view())

    def _show_log(self, request: Request) -> Response:
        since = int(request.query_value("since") or 0)
        return json_response({"count": self.log.count, "requests": self.log.entries(since)})

    def _set_log(self, request: Request) -> Response:
        self.log.keep_answers = msgspec.json.decode(request.body, type=LogSettings).answers
        return json_response({"answers": self.log.keep_answers})

    def _clock_view(self) -> dict[str, object]:
        manual = isinstance(self.clock, ManualClock)
        return {"now": self.now(), "speed": self.clock.speed, "manual": manual, "pending": len(self.schedule)}

    def _advance(self, request: Request) -> Response:
        seconds = msgspec.json.decode(request.body, type=Advance).seconds
        if not isinstance(self.clock, ManualClock):
            return json_response({"error": "only a manual clock is moved by hand"}, 409)
        self.clock.advance(seconds)
        self.schedule.drain()
        return json_response(self._clock_view())


async def read_body(receive: Receive) -> bytes | None:
    """The whole request body, or None where it is larger than 16 MiB."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    pieces, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > BODY_LIMIT:
            return None
        pieces.append(piece)
    return b"".join(pieces)

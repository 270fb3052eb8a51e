"""A process of its own in which apprise is loaded: ``python -m hub_messages.child``.

It reads one task as a line of JSON, and answers with lines of JSON: ``{"ask": [host, port]}`` where something
is to be connected, which the hub answers with the numbers that may be (or none); last what became of it.
Whatever hangs is ended from outside. Nothing that apprise says is handed on: it may hold the address, which
is a secret.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Any, BinaryIO

MEMORY = 1 << 30
_ANSWER = 64 * 1024  # characters of an answer that are looked at


class Door:
    """The way to the hub: the process's own input and output, before anything else could write there."""

    def __init__(self) -> None:
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb")
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nowhere, number)

    def read(self) -> dict[str, Any]:
        line = self._in.readline()
        if not line:
            raise SystemExit(0)  # the hub is gone
        found: dict[str, Any] = json.loads(line)
        return found

    def write(self, **answer: object) -> None:
        self._out.write(json.dumps(answer).encode() + b"\n")
        self._out.flush()


class Guard:
    """Every connection of this process goes to a number that the hub gave for a name, and to no other."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._given: set[tuple[str, int]] = set()
        self.refused = False

    def resolve(self, host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        """In the place of ``socket.getaddrinfo``."""
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        self._door.write(ask=[name, int(port or 0)])
        places = [(str(number), int(at)) for number, at in self._door.read()["places"]]
        if not places:
            self.refused = True
            raise OSError("not to be connected to")
        self._given.update(places)
        return [
            (socket.AF_INET6 if ":" in number else socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, at))
            for number, at in places
        ]

    def audit(self, event: str, values: tuple[Any, ...]) -> None:
        """An audit hook: it sees every connection and every program, whoever begins them."""
        if event == "socket.connect":
            where = values[1]
            if not isinstance(where, tuple) or (str(where[0]), where[1]) not in self._given:
                self.refused = True
                raise OSError("not to be connected to")
        elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"):
            raise OSError("nothing is started here")


class Heard:
    """What the service answered, as far as it can be told without quoting it."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.code = ""
        self.error = ""

    def watch(self, requests: Any, schemes: set[str]) -> None:
        """Look at every answer on its way to apprise, which takes the status for all."""
        plain = requests.Session.send

        def send(session: Any, request: Any, **options: Any) -> Any:
            options["allow_redirects"] = False
            try:
                answer = plain(session, request, **options)
            except Exception as error:
                self.error = _kind(error)
                raise
            self.status = answer.status_code
            if 300 <= answer.status_code < 400:
                self.error = "redirect"
            elif answer.ok and not self.code:
                self.code = refusal(answer.text[:_ANSWER], schemes)
            return answer

        requests.Session.send = send


def refusal(body: str, schemes: set[str]) -> str:
    """The code with which a service refuses in an answer of HTTP 200; empty where it does not."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    for field in ("errcode",) if schemes & {"wecombot", "dingtalk"} else ("code", "StatusCode"):
        value = answer.get(field)
        if schemes & {"wecombot", "dingtalk", "feishu", "lark"} and isinstance(value, int) and value:
            return str(value)
    return "false" if schemes & {"slack", "tgram"} and answer.get("ok") is False else ""


def _kind(error: BaseException) -> str:
    said = f"{type(error).__name__} {error}".lower()
    if "certificate" in said or "ssl" in said:
        return "tls"
    return "timeout" if "timeout" in said or "timed out" in said else "closed"


def run(door: Door) -> None:
    """One task, from its line to its answer."""
    task = door.read()
    guard, heard = Guard(door), Heard()
    import smtplib

    import apprise
    import requests

    asset = apprise.AppriseAsset(
        app_id="parcelhub",
        app_desc="parcelhub",
        app_url="https://github.com/parcelhub/parcelhub",
        async_mode=False,
        http_redirects=False,
        storage_mode="memory",
        secure_logging=True,
    )
    target: Any = apprise.Apprise.instantiate(task["url"], asset=asset, suppress_exceptions=True)
    schemes = set() if target is None else set(target.schemas())
    if not schemes & set(task["schemes"]):  # of a pasted https:// it is only known now
        return door.write(bad=True)
    if task["what"] == "check":
        return door.write(service=str(target.service_name), places=_own_places(target, schemes))
    heard.watch(requests, schemes)
    _watch_mail(smtplib, heard)
    socket.getaddrinfo = guard.resolve
    sys.addaudithook(guard.audit)
    done = bool(target.notify(body=task["text"], title=task["title"], body_format=apprise.NotifyFormat.TEXT))
    door.write(
        done=done and not heard.code and not heard.error,
        status=heard.status,
        code=heard.code,
        error="refused" if guard.refused else heard.error,
        service=str(target.service_name),
    )


def _watch_mail(smtplib: Any, heard: Heard) -> None:
    """What a mail server says to a command it refuses, by its number."""
    plain = smtplib.SMTP.getreply

    def getreply(session: Any) -> Any:
        try:
            code, said = plain(session)
        except smtplib.SMTPServerDisconnected:
            heard.error = "closed"
            raise
        if code >= 400:
            heard.status = code
        return code, said

    smtplib.SMTP.getreply = getreply


def _own_places(target: Any, schemes: set[str]) -> list[list[Any]]:
    """The hosts that stand in the address itself."""
    if schemes & {"mailto", "mailtos"}:
        return [[str(target.smtp_host), int(target.port)]]
    if schemes & {"json", "jsons", "mmost", "mmosts"} or getattr(target, "mode", "") == "private":
        return [[str(target.host), int(target.port or (443 if target.secure else 80))]]
    return []


def bounded() -> None:
    """No more memory than an answer may ever need."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    bounded()
    run(Door())

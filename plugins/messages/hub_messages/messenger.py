"""One address of a seller: looked at, and sent to."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import hub

from hub_messages.services import ADDRESSES, SCHEMES, look_at, scheme_of

_ENVIRONMENT = ("PATH", "SYSTEMROOT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "LANG")
_LINE = 1 << 16


class Address(hub.MessageSettings, frozen=True, kw_only=True):
    """Where to, and when what is told there."""

    url: hub.Secret
    """The address as apprise writes it, such as wecombot://KEY, tgram://TOKEN/CHAT or
    mailtos://NAME:PASSWORD@yandex.ru?to=ME@example.com; it is kept sealed."""


class AppriseMessenger(hub.Messenger[Address]):
    """Sends by apprise, in a process of its own that is ended when it takes too long."""

    code, title, settings_type = "messages", "Messages", Address
    addresses = ADDRESSES
    longest = 1900  # bytes: a text of WeCom has 2048 at most
    seconds = 25.0
    """How long a look or a sending may take, in real seconds."""

    async def check(self) -> hub.AccountStatus:
        """Read the address, and see whether its host may be connected to. Nothing is sent."""
        look_at(self.settings.url.reveal())
        answer = await self._child("check")
        if "bad" in answer:
            raise hub.ConfigError(
                "url: the service is known, but this is no whole address of it: compare it with {page}",
                code="config.messages_url",
                values={"page": "https://appriseit.com/services/"},
            )
        for host, port in answer.get("places", ()):
            await self._reach(host, port)
        return hub.AccountStatus(
            name=str(answer.get("service", "")),
            notes=(
                hub.said(
                    "this is an address as it should be; nothing was sent, so nobody knows yet whether "
                    "messages arrive: 'hub messages test {seller}' tries it",
                    code="messages.not_tried",
                    values={"seller": self.account.seller or "-"},
                ),
            ),
        )

    async def send(self, message: hub.Message) -> None:
        look_at(self.settings.url.reveal())
        answer = await self._child("send", title=message.title, text=message.text)
        if answer.get("done"):
            return
        raise failure(answer)

    async def _child(self, what: str, **more: str) -> dict[str, Any]:
        """Run one task in a child. Raises Unavailable where it comes to no end."""
        task = {"what": what, "url": self.settings.url.reveal(), "schemes": SCHEMES, **more}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-m", "hub_messages.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            limit=_LINE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(self.seconds):
                return await self._talk(process, task)
        except TimeoutError:
            raise hub.Unavailable(
                "the service did not answer within {seconds} seconds",
                code="unavailable.messages_timeout",
                values={"seconds": round(self.seconds)},
            ) from None
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _talk(self, process: asyncio.subprocess.Process, task: dict[str, Any]) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        refused: Exception | None = None
        process.stdin.write(json.dumps(task).encode() + b"\n")
        while line := await process.stdout.readline():
            answer: dict[str, Any] = json.loads(line)
            if "ask" not in answer:
                if refused is not None and not answer.get("done"):
                    raise refused
                return answer
            try:
                places = await self.places(*answer["ask"])
            except hub.HubError as error:
                refused, places = error, []
            process.stdin.write(json.dumps({"places": places}).encode() + b"\n")
        raise hub.Unavailable(
            "the program that sends messages ended without an answer", code="unavailable.messages_ended"
        )

    async def places(self, host: str, port: int) -> list[tuple[str, int]]:
        """The numbers and ports that may be connected to for a host."""
        return [(number, port) for number in await self._reach(host, port)]

    async def _reach(self, host: str, port: int) -> Sequence[str]:
        """How the service is called there is said too: what the operator has to write begins with it."""
        return await self.reach(host, port, scheme_of(self.settings.url.reveal()))


def failure(answer: dict[str, Any]) -> hub.HubError:
    """What became of a sending that did not succeed, in words, and by what has to be done next."""
    service, status, code = (
        str(answer.get("service", "")),
        answer.get("status"),
        str(answer.get("code") or ""),
    )
    answered = {"service": service, "status": status}
    if code:
        return hub.Rejected(
            "{service} refused the message, code {code}: look at the address and the robot's settings",
            code="rejected.messages_code",
            values={"service": service, "code": code},
        )
    if answer.get("error") == "redirect":
        return hub.Rejected(
            "{service} sends the request elsewhere (HTTP {status}), which is not followed: write the final "
            "address",
            code="rejected.messages_redirect",
            values=answered,
        )
    if answer.get("error") == "tls":
        return hub.Unavailable(
            "{service}: the certificate cannot be trusted",
            code="unavailable.messages_tls",
            values={"service": service},
        )
    if status in (401, 403, 535):
        return hub.AuthFailed(
            "{service} does not accept the key or password (answer {status}): set the address again",
            code="auth_failed.messages",
            values=answered,
        )
    if isinstance(status, int) and (400 <= status < 429 or 550 <= status < 560) and status != 408:
        return hub.Rejected(
            "{service} refused the message (answer {status}): look at the address",
            code="rejected.messages_status",
            values=answered,
        )
    if isinstance(status, int) and status >= 400:
        return hub.Unavailable(
            "{service} cannot take the message now (answer {status})",
            code="unavailable.messages_status",
            values=answered,
        )
    return hub.Unavailable(
        "{service} cannot be reached, or closed the connection",
        code="unavailable.messages",
        values={"service": service},
    )

"""apprise against servers of one's own, in its own process: what arrives, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import hub
import pytest
from hub.calls.connecting import numbers_of
from hub.plugins.addresses import Addresses, AddressRefused
from hub.testing import check_words
from hub_messages import child
from hub_messages.messenger import Address, AppriseMessenger, failure
from plugins.messages.tests.servers import Got, certificate, mail, web

MESSAGE = hub.Message(title="Магазин: 1 проблема", text="до 18:00: 1001-1: <b>срок</b>\n第二行")
SECRET = "s3cr3t-t0ken"


def messenger(url: str, *named: str, kind: type[AppriseMessenger] = AppriseMessenger) -> AppriseMessenger:
    """One for this address, where the operator has named these places."""
    account = hub.Account(id="acc_1", seller="shop", plugin="messages", name="phone")
    made = kind(Address(url=hub.Secret(url)), httpx.AsyncClient(), account)
    made.reach = partial(numbers_of, Addresses("messages", (*AppriseMessenger.addresses, *named)))
    return made


@pytest.fixture
def server() -> Iterator[Got]:
    with web() as got:
        yield got


def own(got: Got, *, named: bool = True, kind: type[AppriseMessenger] = AppriseMessenger) -> AppriseMessenger:
    places = [f"http://127.0.0.1:{got.port}"] if named else []
    return messenger(f"json://127.0.0.1:{got.port}/{SECRET}", *places, kind=kind)


async def test_it_arrives_as_it_was_written(server: Got) -> None:
    await own(server).send(MESSAGE)
    (body,) = server.bodies
    assert (body["title"], body["message"]) == (MESSAGE.title, MESSAGE.text)
    assert server.paths == [f"/{SECRET}"]


@pytest.mark.parametrize(
    ("behaves", "kind", "words"),
    [
        (500, hub.Unavailable, "answer 500"),
        ("redirect", hub.Rejected, "not followed"),
        ("close", hub.Unavailable, "closed the connection"),
    ],
)
async def test_a_server_that_does_not_take_it(
    server: Got, behaves: int | str, kind: type[hub.HubError], words: str
) -> None:
    server.behaves = behaves
    with pytest.raises(kind) as refused:
        await own(server).send(MESSAGE)
    assert words in refused.value.message
    assert SECRET not in str(refused.value)
    assert "/elsewhere" not in server.paths


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, hub.Unavailable), (408, hub.Unavailable), (404, hub.Rejected), (413, hub.Rejected),
        (401, hub.AuthFailed), (535, hub.AuthFailed), (451, hub.Unavailable), (550, hub.Rejected),
        (None, hub.Unavailable),
    ],
)  # fmt: skip
def test_what_is_to_be_done_next(status: int | None, kind: type[hub.HubError]) -> None:
    assert type(failure({"service": "x", "status": status})) is kind


class Hasty(AppriseMessenger):
    seconds = 3.0


async def test_a_server_that_never_ends_is_left(server: Got) -> None:
    """Each step is in time: no time-out of a library ends it."""
    server.behaves = "drip"
    with pytest.raises(hub.Unavailable):
        await own(server, kind=Hasty).send(MESSAGE)


async def test_only_named_places_are_connected_to(server: Got) -> None:
    with pytest.raises(AddressRefused):
        await own(server, named=False).send(MESSAGE)
    assert server.paths == []


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("json://my.example.com/x", "http://my.example.com"),
        ("jsons://my.example.com/x", "https://my.example.com"),
        ("mmost://my.example.com:8065/x", "http://my.example.com:8065"),
        ("jsons://my.example.com:8443/x", "https://my.example.com:8443"),
        ("mailtos://me:word@my.example.com?smtp=mail.example.com", "smtp://mail.example.com"),
    ],
)
async def test_a_refusal_says_what_the_operator_has_to_write(url: str, place: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        await messenger(url).check()
    assert f'["{place}' in refused.value.message
    assert "https" not in refused.value.message or place.startswith("https")


async def test_a_good_address_says_that_nothing_was_sent(server: Got) -> None:
    (note,) = (await own(server).check()).notes
    assert "hub messages test shop" in note
    assert server.paths == []


class _Here(AppriseMessenger):
    """Its service's name leads to a server of this test."""

    port = 0

    async def places(self, host: str, port: int) -> list[tuple[str, int]]:
        assert (host, port) == ("qyapi.weixin.qq.com", 443)
        return [("127.0.0.1", self.port)]


async def test_a_refusal_with_http_200_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """WeCom over TLS, as it is written by apprise: it says no with HTTP 200."""
    pem = certificate(tmp_path, "qyapi.weixin.qq.com")
    with web(pem) as got:
        _Here.port = got.port
        here = messenger(f"wecombot://{SECRET}", kind=_Here)
        with pytest.raises(hub.Unavailable, match="certificate"):
            await here.send(MESSAGE)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
        got.body = '{"errcode": 0, "errmsg": "ok"}'
        await here.send(MESSAGE)
        assert MESSAGE.text in got.bodies[0]["text"]["content"]
        got.body = '{"errcode": 93000, "errmsg": "invalid webhook url"}'
        with pytest.raises(hub.Rejected, match="code 93000") as refused:
            await here.send(MESSAGE)
        assert SECRET not in str(refused.value)


async def test_mail_arrives_and_a_server_that_refuses_is_told() -> None:
    with mail() as got:
        url = f"mailto://me:{SECRET}@127.0.0.1:{got.port}?from=hub@example.com&to=me@example.com"
        # A server that knows no log-in is written without one.
        url = url.replace(f"me:{SECRET}@", "")
        here = messenger(url, f"smtp://127.0.0.1:{got.port}")
        await here.send(MESSAGE)
        assert "To: me@example.com" in got.mails[0]
        got.behaves = 550
        with pytest.raises(hub.Rejected, match="answer 550"):
            await here.send(MESSAGE)
        with pytest.raises(AddressRefused, match="messages may not connect to smtp"):
            await messenger(url).check()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("wecombot", "begins with the service"),
        (f"wecomb0t://{SECRET}", "not among those"),
        (f"syslog://{SECRET}", "not among those"),
        (f"file:///{SECRET}", "not among those"),
        (f"mailtos://a:{SECRET}@yandex.ru?pgpprv=/etc/passwd", "'pgpprv' cannot be used"),
        (f"jsons://example.com/{SECRET}?verify=no", "'verify' cannot be used"),
        (f"jsons://example.com/{SECRET}?redirect=yes", "'redirect' cannot be used"),
        (f"jsons://example.com/{SECRET}?%72edirect=yes", "'redirect' cannot be used"),
        (f"wecombot://{SECRET}\n", "cannot be printed"),
        (f"wecombot://{SECRET * 400}", "longer than"),
        (f"tgram://{SECRET}", "no whole address"),
    ],
)
async def test_what_is_mistyped_is_refused_without_an_echo(url: str, words: str) -> None:
    with pytest.raises(hub.ConfigError) as refused:
        await messenger(url).check()
    assert words in refused.value.message
    assert SECRET not in str(refused.value)


async def test_the_address_that_the_service_shows_can_be_pasted() -> None:
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a1b2c3d-0000-4000-8000-000000000000"
    assert (await messenger(url).check()).name == "WeCom Bot"


@pytest.mark.parametrize(
    ("body", "schemes", "code"),
    [
        ('{"errcode": 310000, "errmsg": "keywords not in content"}', {"dingtalk"}, "310000"),
        ('{"code": 19021, "msg": "sign match fail"}', {"feishu"}, "19021"),
        ('{"StatusCode": 0, "code": 0}', {"feishu"}, ""),
        ('{"ok": false}', {"tgram"}, "false"),
        ('{"errcode": 1}', {"json", "jsons"}, ""),
        ("[]", {"dingtalk"}, ""),
        ("not json", {"dingtalk"}, ""),
        ('{"errcode": "x"}', {"dingtalk"}, ""),
    ],
)
def test_refusals_within_a_success(body: str, schemes: set[str], code: str) -> None:
    assert child.refusal(body, schemes) == code


def test_words() -> None:
    assert check_words("hub_messages", languages=("ru", "zh")) == []

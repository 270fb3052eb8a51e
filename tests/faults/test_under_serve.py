"""What may happen to a hub's machine while it is served: its key or its database goes, its console speaks
another language, its interpreter leaves out what it can. Each is a process of its own, over real HTTP."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.served import Served, served

_NO_WORDS = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="locales and open files are POSIX's")


class House:
    """The hub that is served, as a stranger sees it."""

    def __init__(self, one: Served) -> None:
        self.one = one
        self._http = httpx.Client(base_url=one.url, headers=one.headers, trust_env=False, timeout=30)
        self._keys = 0

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> httpx.Response:
        return self._http.get(path, params=query)

    def post(self, path: str, body: Any) -> httpx.Response:
        self._keys += 1
        return self._http.post(path, json=body, headers={"Idempotency-Key": f"key-{self._keys}"})

    def posting(self, number: str) -> dict[str, Any]:
        items = self.get("/v1/postings", seller="shop").json()["items"]
        found: dict[str, Any] = next((one for one in items if one["number"] == number), {})
        return found

    def ordered(self) -> str:
        """A buyer orders, and the hub takes it in. Returns the posting's number."""
        (number,) = self.one.buyers_order()
        self.until(lambda: bool(self.posting(number)))
        return number

    def ship(self, number: str) -> httpx.Response:
        body = {"seller": "shop", "postings": [number], "carrier": "sample"}
        return self.post("/v1/shipments", body)

    def shipped(self) -> dict[str, Any]:
        """A posting from the order to its label."""
        number = self.ordered()
        assert self.ship(number).status_code == 202
        self.until(lambda: self.posting(number)["stage"] == "labelled")
        return self.posting(number)

    def live(self) -> list[dict[str, Any]]:
        """The courier's live orders."""
        truth = httpx.get(f"{self.one.courier}/_emulator/state", trust_env=False).json()
        assert truth["counts"]["shipments_posted"] == len(truth["shipments"]), "nothing was sent twice"
        return [one for one in truth["shipments"] if one["live"]]

    def until(self, what: Callable[[], bool], seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, "it did not come to that"
            time.sleep(0.05)


def _said(one: Served, *arguments: str) -> tuple[int, str]:
    """How a command ends, and what it says: words, never a traceback."""
    done = one.run(*arguments)
    said = (done.stdout + done.stderr).decode("utf-8")
    assert "Traceback" not in said
    assert "made a mistake" not in said
    return done.returncode, said


def test_a_locale_without_letters_and_an_interpreter_without_words(tmp_path: Path) -> None:
    """Rows 118 and 119, and with the same process 115 and 116: its key is lost, and cut."""
    with served(tmp_path, flags=["-OO"], variables=_NO_WORDS) as one, House(one) as house:
        first = house.shipped()
        assert [order["number"] for order in house.live()] == [first["tracking_number"]]
        details = house.get(f"/v1/postings/{first['id']}").json()
        assert "Кружка 杯子" in json.dumps(details, ensure_ascii=False)
        code, said = _said(one, "show", first["number"])
        assert (code, "Кружка 杯子" in said) == (0, True), said
        code, said = _said(one, "--lang", "zh", "doctor", "--offline")
        assert (code, "磁盘" in said) == (0, True), said
        _without_its_key(house)


def _without_its_key(house: House) -> None:
    one = house.one
    key = one.home / "hub.key"
    good = key.read_bytes()
    for left in (b"", good[:20]):
        key.unlink()
        if left:
            key.touch(mode=0o600)
            key.write_bytes(left)
        booked = {order["number"] for order in house.live()}
        new = house.shipped()
        assert {order["number"] for order in house.live()} == {*booked, new["tracking_number"]}
        checks = {check["code"] for check in house.get("/v1/health").json()["checks"]}
        assert "key_unusable" in checks
        code, said = _said(one, "show" if left else "init", *([new["number"]] if left else []))
        assert (code, "hub.key" in said) == (1, True), said
        assert (key.read_bytes() if left else key.exists()) == (left or False), "none is made beside it"
        key.unlink(missing_ok=True)
        key.touch(mode=0o600)
        key.write_bytes(good)


def test_a_database_that_is_taken_away(tmp_path: Path) -> None:
    """Row 103: what cannot be written down is not sent, and whoever asks hears that."""
    with served(tmp_path) as one, House(one) as house:
        done = house.shipped()
        second = house.ordered()
        for ending in ("", "-wal", "-shm"):
            (one.home / f"hub.sqlite{ending}").unlink(missing_ok=True)
        answer = house.ship(second)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_gone"), answer.text
        health = house.get("/v1/health")
        assert (health.status_code, health.json()["status"]) == (503, "failing")
        assert "cannot_write" in health.json()["reasons"]
        assert house.get("/v1/health/live").status_code == 200
        code, said = _said(one, "doctor", "--offline")
        assert (code, "hub restore" in said) == (1, True), said
        time.sleep(1)  # two virtual hours
        assert house.posting(second)["stage"] != "labelled"
        assert [order["number"] for order in house.live()] == [done["tracking_number"]]

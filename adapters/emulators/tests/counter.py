"""An emulator of two routes, for tests of what all emulators share."""

from datetime import datetime

import httpx
from vendor_emulators.app import Emulator
from vendor_emulators.clock import Clock
from vendor_emulators.wire import Refusal, Request, Response, Router, json_response


class Counter(Emulator):
    """Counts; ``/later`` counts an hour later."""

    name = "counter"
    vendor_faults = frozenset({"refuse"})

    def __init__(self, *, clock: Clock | None = None, seed: int = 1) -> None:
        super().__init__(clock=clock, seed=seed)
        self.counted: list[datetime] = []
        self.router = Router()
        self.router.add("POST", "/count", self._count)
        self.router.add("POST", "/later/{hours}", self._later)
        self.router.add("GET", "/things/{number}", self._thing)

    def answer(self, request: Request) -> Response:
        if self.faults.vendor("refuse", request):
            raise Refusal(Response(409))
        handler = self.router.find(request)
        return handler(request) if handler else Response(404)

    def state(self) -> object:
        return {"counted": self.counted}

    def _count(self, request: Request) -> Response:
        self.counted.append(self.now())
        return json_response({"text": "x" * 400})

    def _thing(self, request: Request) -> Response:
        number = request.params["number"]
        return json_response({"number": number, "counted": len(self.counted), "price": 12.30})

    def _later(self, request: Request) -> Response:
        seconds = float(request.params["hours"]) * 3600
        self.schedule.after(seconds, lambda: self.counted.append(self.now()))
        return Response(202)


def counted(http: httpx.Client) -> int:
    return len(http.get("/_emulator/state").json()["counted"])


def fault(http: httpx.Client, **rule: object) -> None:
    http.delete("/_emulator/faults").raise_for_status()
    http.post("/_emulator/faults", json={"rules": [rule]}).raise_for_status()


def happened(http: httpx.Client) -> dict[str, int]:
    """How often each kind of fault was seen to happen."""
    kinds: dict[str, int] = http.get("/_emulator/state").json()["faults"]
    return kinds

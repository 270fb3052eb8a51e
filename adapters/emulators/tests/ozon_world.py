"""One seller's view of a served Ozon, in the words of the tests."""

from typing import Any

import httpx
from vendor_emulators.clock import ManualClock

PRODUCT: dict[str, Any] = {"sku": 827098843, "offer_id": "SC-1", "name": "Ножницы 剪刀", "quantity": 2}
KEYS = {"Client-Id": "100001", "Api-Key": "demo-api-key"}


class Ozon:
    """A served Ozon, its world's clock, and one seller's client."""

    def __init__(self, url: str, clock: ManualClock, http: httpx.Client) -> None:
        self.url = url
        self.clock = clock
        self.http = http

    def order(self, flow: str = "ozon", *, count: int = 1, **spec: Any) -> list[str]:
        """Place orders; returns posting numbers."""
        body = [{"integration_type_flow": flow, "products": [PRODUCT], **spec}] * count
        reply = self.http.post("/_emulator/postings", json=body)
        assert reply.status_code == 200, reply.text
        numbers: list[str] = reply.json()["postings"]
        return numbers

    def control(self, path: str, body: Any) -> Any:
        reply = self.http.post(f"/_emulator/{path}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def call(self, path: str, body: Any = None, *, status: int = 200) -> Any:
        """A method of the API; asserts the HTTP status."""
        reply = self.http.post(path, json={} if body is None else body)
        assert reply.status_code == status, reply.text
        return reply.json()

    def refused(self, path: str, body: Any = None) -> tuple[int, int, str]:
        """HTTP status, code and message of a refusal."""
        reply = self.http.post(path, json={} if body is None else body)
        assert reply.status_code != 200, reply.text
        return reply.status_code, reply.json()["code"], reply.json()["message"]

    def ship(self, *numbers: str) -> None:
        for number in numbers:
            lines = [{"product_id": PRODUCT["sku"], "quantity": PRODUCT["quantity"]}]
            body = {"posting_number": number, "packages": [{"products": lines}]}
            assert self.call("/v4/posting/fbs/ship", body)["result"] == [number]

    def packed(self, flow: str = "ozon", *, count: int = 1, **spec: Any) -> list[str]:
        """Orders that are shipped and whose labels are ready."""
        numbers = self.order(flow, count=count, **spec)
        self.ship(*numbers)
        self.clock.advance(200)
        return numbers

    def get(self, number: str, **wanted: bool) -> dict[str, Any]:
        result: dict[str, Any] = self.call("/v3/posting/fbs/get", {"posting_number": number, "with": wanted})[
            "result"
        ]
        return result

    def stands(self, number: str) -> tuple[str, str]:
        posting = self.get(number)
        return posting["status"], posting["substatus"]

    def truth(self, number: str) -> dict[str, Any]:
        postings = self.http.get("/_emulator/state").json()["postings"]
        found: dict[str, Any] = next(p for p in postings if p["number"] == number)
        return found

    def label_files(self, *numbers: str) -> dict[str, bytes]:
        """Files by task type."""
        tasks = self.call("/v3/posting/fbs/package-label/create", {"posting_numbers": list(numbers)})["tasks"]
        self.clock.advance(5)
        files = {}
        for task in tasks:
            done = self.call("/v2/posting/fbs/package-label/get", {"task_id": task["task_id"]})
            files[task["task_type"]] = httpx.get(done["file_url"], trust_env=False).content
        return files

    def hand_over(self, *numbers: str) -> int:
        """Labels, carriage and approval of FBS postings; returns the carriage."""
        self.label_files(*numbers)
        method = self.get(numbers[0])["delivery_method"]["id"]
        carriage: int = self.call("/v1/carriage/create", {"delivery_method_id": method})["carriage_id"]
        self.call("/v1/carriage/approve", {"carriage_id": carriage})
        return carriage

    def log(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.http.get("/_emulator/log").json()["requests"]
        return entries

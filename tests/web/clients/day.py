"""A seller's day with a generated Python client (the package ``made``), as an integrator writes it. It is run
by tests/web/test_clients.py, and prints "delivered" at the end."""

# mypy: ignore-errors

from __future__ import annotations

import json
import os
import time
import urllib.request

from made import AuthenticatedClient
from made.api.documents import document_content, document_picture, make_labels
from made.api.hand_overs import hand_over
from made.api.postings import list_postings, show_posting, track_shipments
from made.api.problems import answer_problem, list_problems
from made.api.sellers import sync_postings
from made.api.shipments import make_total, order_total, ship_postings
from made.models import (
    AnswerBody,
    AnswerBodyParameters,
    HandoverBody,
    LabelsBody,
    Problem,
    SellerBody,
    ShipmentsBody,
    ShipResultState,
    TrackingBody,
)

client = AuthenticatedClient(
    base_url=os.environ["HUB_URL"], token=os.environ["HUB_KEY"], timeout=90, raise_on_unexpected_status=True
)
numbers = json.loads(os.environ["NUMBERS"])


def good(answer):
    assert not isinstance(answer, Problem), answer
    assert answer is not None
    return answer


def until(what, seconds=120):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.2)
    return found


# --- the orders
fetched = good(sync_postings.sync("shop", client=client))
assert all(one.code == "" for one in fetched.items), fetched
waiting = good(list_postings.sync(client=client, seller="shop"))
assert {one.number for one in waiting.items} >= set(numbers)
wrong = list_postings.sync(client=client, seller="shpo")
assert isinstance(wrong, Problem)
assert wrong.code == "not_found"

# --- several are not shipped before somebody has seen what they cost
asked = [*numbers, "nothing", numbers[0]]
several = ShipmentsBody(postings=asked, seller="shop")
wrong = ship_postings.sync(client=client, body=several, idempotency_key="day-0")
assert isinstance(wrong, Problem)
assert wrong.code == "total_first"
total = good(make_total.sync(client=client, body=several))
assert [one.number for one in total.lines] == [*numbers, "nothing"]
assert [one.code for one in total.lines if one.state == "refused"] == ["not_found"]
lacking = [one.number for one in total.lines if one.state == "unpriced"]
assert total.orders == 3 - len(lacking)

# --- ship
answer = good(
    order_total.sync(total.token, client=client, body=SellerBody(seller="shop"), idempotency_key="day-1")
)
assert [one.number for one in answer.results] == numbers
assert [one.number for one in answer.results if one.state == ShipResultState.REFUSED] == lacking

# --- what needs a person
found = good(list_problems.sync(client=client, seller="shop")).items
(problem,) = [one for one in found if one.kind == "no_weight"]
assert "correct_product" in [one.code for one in problem.answers]
cup = {"offer_id": "CUP-2", "weight_g": 300, "length_mm": 100, "width_mm": 90, "height_mm": 90}
answered = good(
    answer_problem.sync(
        problem.id,
        client=client,
        body=AnswerBody(answer="correct_product", parameters=AnswerBodyParameters.from_dict(cup)),
        idempotency_key=f"answer-{problem.id}",
    )
)
assert answered.state == "answered", answered


# --- labels, as bytes
def labels():
    made = good(make_labels.sync(client=client, body=LabelsBody(postings=numbers), prefer="wait=20"))
    return made if len(made.ready) == len(numbers) else None


made = until(labels)
assert [one.state for one in made.results] == ["ready"] * 3
file = good(document_content.sync(made.document, client=client))
assert file.payload.read(5) == b"%PDF-"
picture = good(document_picture.sync(made.document, client=client))
assert picture.payload.read(4) == b"\x89PNG"

# --- the courier takes them
handed = good(hand_over.sync(client=client, body=HandoverBody(seller="shop"), idempotency_key="evening"))
assert sum(len(one.postings) for one in handed.handovers) == 3
details = [good(show_posting.sync(number, client=client)) for number in numbers]
tracks = [one.posting.tracking_number for one in details]
request = urllib.request.Request(
    os.environ["COURIER"] + "/_emulator/dropoff",
    data=json.dumps({"numbers": tracks}).encode(),
    headers={"Content-Type": "application/json"},
)
urllib.request.urlopen(request).read()


def there():
    good(track_shipments.sync(client=client, body=TrackingBody(seller="shop", postings=[])))
    now = [good(show_posting.sync(number, client=client)) for number in numbers]
    return all(one.posting.stage == "delivered" and one.tracking for one in now)


until(there)
print("delivered")

"""What the answer to a change says: that it was done, that it was refused, or nothing.

A change that is read as refused will be asked for again, and one that is read as done will not: an answer
that says neither is therefore neither, and :class:`NoOutcome` is raised for it. Shapes: the schemas of
SergeR/russianpost-api-sdk (2026-02), recorded answers of 2026-07; what no source shows is not guessed.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import httpx
import msgspec

from russian_post_api.batches import F103, Batch, CreatedBatches
from russian_post_api.decoding import Deciding, decode_whole
from russian_post_api.errors import OtpravkaError, errors_of_items
from russian_post_api.orders import CreatedOrder, CreatedOrders, Ids
from russian_post_api.structs import ErrorInfo, Received

T = TypeVar("T")


class NoOutcome(msgspec.ValidationError):
    """The answer to a change, under a status of success, says neither that it was done nor that it was
    refused: it may have been either. Look before anything is sent again."""

    def __init__(self) -> None:
        super().__init__("the answer says neither that it was done nor that it was refused")


class _Orders(Received, frozen=True, kw_only=True):
    orders: Annotated[tuple[CreatedOrder, ...], Deciding] = ()


class _Ids(Received, frozen=True, kw_only=True):
    result_ids: Annotated[tuple[int, ...], Deciding] = ()


class _Batches(Received, frozen=True, kw_only=True):
    batches: Annotated[tuple[Batch, ...], Deciding] = ()
    result_ids: Annotated[tuple[int, ...], Deciding] = ()


def orders_made(response: httpx.Response) -> CreatedOrders:
    """``{"orders": [...], "errors": [...]}``, either of which may be absent, and not both."""
    orders = _fields(response, _Orders).orders
    return CreatedOrders(orders=orders, errors=_errors_beside(response, orders))


def ids_done(response: httpx.Response) -> Ids:
    """``{"result-ids": [...], "errors": [...]}``, either of which may be absent, and not both."""
    ids = _fields(response, _Ids).result_ids
    return Ids(result_ids=ids, errors=_errors_beside(response, ids))


def batches_made(response: httpx.Response) -> CreatedBatches:
    """``{"batches": [...], "result-ids": [...], "errors": [...]}``: batches or errors."""
    found = _fields(response, _Batches)
    return CreatedBatches(
        batches=found.batches,
        result_ids=found.result_ids,
        errors=_errors_beside(response, found.batches),
    )


def checked_in(response: httpx.Response) -> F103:
    """``{"f103-sent": bool, "error-code": "..."}``: without the first, or where it is not true, only a code
    says something."""
    body = _object(response)
    done = _as(body, F103)
    if done.error_code and not done.f103_sent:
        raise OtpravkaError([ErrorInfo(code=done.error_code)], response)
    if "f103-sent" not in body:
        raise _refusal(response)
    return done


def _errors_beside(response: httpx.Response, done: tuple[object, ...]) -> tuple[ErrorInfo, ...]:
    errors = errors_of_items(response.content)
    if not done and not _coded(errors):
        raise NoOutcome
    return errors


def _refusal(response: httpx.Response) -> Exception:
    """The error to raise for what is not known to be success."""
    errors = errors_of_items(response.content)
    return OtpravkaError(errors, response) if _coded(errors) else NoOutcome()


def _coded(errors: tuple[ErrorInfo, ...]) -> bool:
    return any(one.code for one in errors)


def _json(response: httpx.Response) -> Any:
    try:
        return msgspec.json.decode(response.content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise NoOutcome from None


def _object(response: httpx.Response) -> dict[str, Any]:
    body = _json(response)
    if not isinstance(body, dict):
        raise NoOutcome
    return body


def _fields(response: httpx.Response, type_: type[T]) -> T:
    return _as(_object(response), type_)


def _as(value: Any, type_: type[T]) -> T:
    """Whole or not at all: what cannot be read in the answer to a change may be what was done."""
    try:
        return decode_whole(msgspec.json.encode(value), type_)
    except msgspec.DecodeError:
        raise NoOutcome from None

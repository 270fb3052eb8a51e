"""One send of an operation: marked first, then sent once, and what came of it written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.call import Attempt, send
from hub.flow.history.basis import Basis, deciding
from hub.flow.journal import attempts, limits
from hub.flow.journal.forgetting import ABSENT_SAYS_A_PERSON
from hub.flow.journal.kinds import Kind, Outcome
from hub.flow.journal.outcomes import change, first_look, settle
from hub.plugin_api.errors import AuthFailed, BadReply, HubError, Rejected, Unavailable, Unconfirmed
from hub.store import rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App


async def send_once(
    app: App, operation: rows.OperationRow, kind: Kind, basis: Basis | None
) -> rows.OperationRow:
    """Send what is planned. Raises what says that surely nothing was done."""
    content = kind.fingerprint(app.store.reader, operation)
    told = ABSENT_SAYS_A_PERSON in operation.result
    if operation.doubts and not told and operation.fingerprint not in ("", content):
        # One reference, one content: were the first one there after all, it would be with the old one.
        reason = said(
            "the sender, or the buyer's address, phone or papers changed between two sends of one booking",
            code="journal.buyer_address_phone_papers",
        )
        return await change(
            app,
            operation,
            kind,
            write=deciding(basis),
            state="human",
            reason=reason,
            reason_code="changed",
        )
    operation = await change(
        app,
        operation,
        kind,
        write=deciding(basis),
        attempt=attempts.begun(app, operation),
        state="sending",
        sent_at=app.clock.now(),
        sends=operation.sends + 1,
        doubts=operation.doubts + 1,
        fingerprint=content,
        looks=0,
    )
    attempt = Attempt()
    fewer: dict[str, Any] = {"doubts": operation.doubts - 1}
    try:
        outcome = await send(
            kind.title,
            lambda: kind.send(operation),
            operation_id=operation.id,
            terms=kind.terms,
            deadline=limits.DEADLINE,
            attempt=attempt,
        )
    except Rejected as error:
        state = "duplicate" if error.duplicate else "rejected"
        outcome = Outcome(state=state, reason=error.said, reason_code=error.vendor_code)  # type: ignore[arg-type]
    except (Unavailable, AuthFailed, BadReply) as error:
        # `calls.send` raises these only where nothing was done: the intent stands and may be sent later.
        ended = attempts.ended(app, operation, attempt)
        await change(app, operation, kind, attempt=ended, state="planned", reason=error.said, **fewer)
        raise
    except Unconfirmed as error:
        return await _unclear(app, operation, kind, attempt, error.said)
    except HubError as error:
        outcome = Outcome(state="rejected", reason=error.said, reason_code=error.code)
    except Exception as error:
        await _unclear(app, operation, kind, attempt, type(error).__name__)
        raise
    ended = attempts.ended(app, operation, attempt)
    settled = fewer if ended.verdict in ("not_sent", "refused") and outcome.state == "rejected" else {}
    return await settle(app, operation, kind, outcome, attempt=ended, **settled)


async def _unclear(
    app: App, operation: rows.OperationRow, kind: Kind, attempt: Attempt, reason: str
) -> rows.OperationRow:
    wait = first_look(app, kind, operation.sent_at or app.clock.now())
    ended = msgspec.structs.replace(attempts.ended(app, operation, attempt), verdict="unclear")
    return await change(app, operation, kind, attempt=ended, state="unknown", look_after=wait, reason=reason)

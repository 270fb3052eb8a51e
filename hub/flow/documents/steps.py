"""A posting's label, in its day."""

from __future__ import annotations

from hub.flow.documents import labelling
from hub.flow.history.situation import NOT_DUE, Act, Situation, Verdict, Wait


class GetLabel:
    """Its label is wanted: it is asked for together with its neighbours'."""

    code = "get_label"

    def decide(self, at: Situation) -> Verdict:
        if labelling.label_wanted(at.app, at.row, at.shipment) is None:
            return NOT_DUE
        return Act(lambda: self._request(at))

    async def _request(self, at: Situation) -> Wait:
        makes = at.row.document.fulfilment.label == "marketplace" or at.shipment is None
        owner = at.row.account if makes or at.shipment is None else at.shipment.account
        await labelling.request(at, owner)
        return Wait()


__all__ = ["GetLabel"]

"""Printed forms. ``id`` is the API's own id of an order, never our number (that one is 1001).

``print_type``: PAPER (A5, 148x210 mm) or THERMO (A6, 100x150 mm); there is no ZPL.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from russian_post_api.sending import Calls, given, part

PrintType = Literal["PAPER", "THERMO"]

_PDF = b"%PDF"


class FormCalls(Calls):
    async def forms_backlog(self, id: int, *, sending_date: date | None = None) -> bytes:
        """GET /1.0/forms/backlog/{id}/forms: PDF forms of an order that is in no batch yet."""
        return await self._file(
            f"/1.0/forms/backlog/{part(id)}/forms", _PDF, given(sending_date=sending_date)
        )

    async def forms(
        self, id: int, *, print_type: PrintType | None = None, sending_date: date | None = None
    ) -> bytes:
        """GET /1.0/forms/{id}/forms: PDF of the label (F7p, or E-1 for EMS) and what else the order needs."""
        params = given(sending_date=sending_date, print_type=print_type)
        return await self._file(f"/1.0/forms/{part(id)}/forms", _PDF, params)

    async def form_f103(self, batch_name: str) -> bytes:
        """GET /1.0/forms/{name}/f103pdf: PDF list of a batch. Still CREATED: HTTP 400 with nothing in it."""
        return await self._file(f"/1.0/forms/{part(batch_name)}/f103pdf", _PDF)

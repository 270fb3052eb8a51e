"""Printed forms. ``id`` is the API's own id of an order, never our number (that one is 1001).

``print_type``: PAPER (A5, 148x210 mm) or THERMO (A6, 100x150 mm); there is no ZPL.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from russian_post_api.sending import Calls, given, part

PrintType = Literal["PAPER", "THERMO"]
PrintTypeForm = Literal["ONE_SIDED", "TWO_SIDED"]

_PDF = b"%PDF"
_ZIP = b"PK"


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

    async def form_f7(
        self, id: int, *, print_type: PrintType | None = None, sending_date: date | None = None
    ) -> bytes:
        """GET /1.0/forms/{id}/f7pdf: PDF of the label alone (and F22 of an online parcel)."""
        params = given(sending_date=sending_date, print_type=print_type)
        return await self._file(f"/1.0/forms/{part(id)}/f7pdf", _PDF, params)

    async def form_f112(self, id: int, *, sending_date: date | None = None) -> bytes:
        """GET /1.0/forms/{id}/f112pdf: PDF of the money order; cash on delivery only."""
        return await self._file(f"/1.0/forms/{part(id)}/f112pdf", _PDF, given(sending_date=sending_date))

    async def form_f103(self, batch_name: str) -> bytes:
        """GET /1.0/forms/{name}/f103pdf: PDF list of a batch. Still CREATED: HTTP 400 with nothing in it."""
        return await self._file(f"/1.0/forms/{part(batch_name)}/f103pdf", _PDF)

    async def forms_zip(
        self,
        batch_name: str,
        *,
        print_type: PrintType | None = None,
        print_type_form: PrintTypeForm | None = None,
    ) -> bytes:
        """GET /1.0/forms/{name}/zip-all: ZIP of Export.xls, Export.csv, F103.pdf and the labels.

        Still CREATED: HTTP 400 with nothing in it."""
        params = given(print_type=print_type, print_type_form=print_type_form)
        return await self._file(f"/1.0/forms/{part(batch_name)}/zip-all", _ZIP, params)

    async def form_completeness_checking(self, batch_name: str) -> bytes:
        """GET /1.0/forms/{name}/completeness-checking-form: PDF."""
        return await self._file(f"/1.0/forms/{part(batch_name)}/completeness-checking-form", _PDF)

    async def form_easy_return(self, barcode: str, *, print_type: PrintType | None = None) -> bytes:
        """GET /1.0/forms/{barcode}/easy-return-pdf: PDF label of a return."""
        path = f"/1.0/forms/{part(barcode)}/easy-return-pdf"
        return await self._file(path, _PDF, given(print_type=print_type))

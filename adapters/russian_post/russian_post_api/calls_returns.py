"""Easy returns; the account needs the option, else FREE_ER_ADDRESS_NOT_ENABLED and the like."""

from __future__ import annotations

from collections.abc import Sequence

from russian_post_api.decoding import decode
from russian_post_api.errors import OtpravkaError, errors_in
from russian_post_api.returns import Return, ReturnEdit, ReturnRequest, SeparateReturnRequest
from russian_post_api.sending import Calls, given, part


class ReturnCalls(Calls):
    async def return_create(self, request: ReturnRequest) -> Return:
        """PUT /1.0/returns: a return of a delivered parcel. Refused: DIRECT_SHIPMENT_NOT_FOUND …"""
        response = await self._send("PUT", "/1.0/returns", request)
        made = decode(response.content, tuple[Return, ...])  # an object is taken as a list of one
        if len(made) != 1 or not made[0].return_barcode:
            raise OtpravkaError(errors_in(response.content), response)
        return made[0]

    async def return_create_separate(self, requests: Sequence[SeparateReturnRequest]) -> list[Return]:
        """PUT /1.0/returns/return-without-direct: each is made or refused on its own, under HTTP 200."""
        response = await self._send("PUT", "/1.0/returns/return-without-direct", requests)
        return decode(response.content, list[Return])

    async def return_edit(self, barcode: str, edit: ReturnEdit) -> None:
        """POST /1.0/returns/{barcode}. Sources differ on verb and path; unproven."""
        response = await self._send("POST", f"/1.0/returns/{part(barcode)}", edit)
        if errors := errors_in(response.content):
            raise OtpravkaError(errors, response)

    async def return_delete(self, barcode: str) -> None:
        """DELETE /1.0/returns/delete-separate-return. Unknown: RETURN_SHIPMENT_NOT_FOUND."""
        params = given(barcode=barcode)
        response = await self._send("DELETE", "/1.0/returns/delete-separate-return", params=params)
        if errors := errors_in(response.content):
            raise OtpravkaError(errors, response)

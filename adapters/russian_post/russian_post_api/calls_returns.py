"""Easy returns; the account needs the option, else FREE_ER_ADDRESS_NOT_ENABLED and the like."""

from __future__ import annotations

from collections.abc import Sequence

from russian_post_api.changes import only, return_made, returns_made
from russian_post_api.returns import Return, ReturnEdit, ReturnRequest, SeparateReturnRequest
from russian_post_api.sending import Calls, given, part


class ReturnCalls(Calls):
    async def return_create(self, request: ReturnRequest) -> Return:
        """PUT /1.0/returns: a return of a delivered parcel. Refused: DIRECT_SHIPMENT_NOT_FOUND …"""
        return return_made(await self._send("PUT", "/1.0/returns", request))

    async def return_create_separate(self, requests: Sequence[SeparateReturnRequest]) -> list[Return]:
        """PUT /1.0/returns/return-without-direct: each is made or refused on its own, under HTTP 200."""
        response = await self._send("PUT", "/1.0/returns/return-without-direct", requests)
        return returns_made(response, len(requests))

    async def return_edit(self, barcode: str, edit: ReturnEdit) -> None:
        """POST /1.0/returns/{barcode}. Sources differ on verb and path; unproven. Done is an object without
        errors (the schema)."""
        only(await self._send("POST", f"/1.0/returns/{part(barcode)}", edit), b"{}", b'{"errors":[]}')

    async def return_delete(self, barcode: str) -> None:
        """DELETE /1.0/returns/delete-separate-return. Unknown: RETURN_SHIPMENT_NOT_FOUND.

        The schema has a body for the refusal only, so that done is no body."""
        params = given(barcode=barcode)
        only(await self._send("DELETE", "/1.0/returns/delete-separate-return", params=params), b"")

"""Post offices, and the list of them all."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal

from russian_post_api.errors import raise_for_error
from russian_post_api.offices import (
    OfficeQuery,
    PassportElement,
    PostOffice,
)
from russian_post_api.passport import elements_of
from russian_post_api.sending import Calls, given, params_of, part


class OfficeCalls(Calls):
    async def postoffice(
        self,
        index: str,
        query: OfficeQuery = OfficeQuery(),  # noqa: B008 - frozen
    ) -> PostOffice:
        """GET /postoffice/1.0/{postal-code}. Unknown: 1004."""
        return await self._get(f"/postoffice/1.0/{part(index)}", PostOffice, params_of(query))

    async def unloading_passport(
        self, type: Literal["ALL", "OPS", "PVZ", "APS"]
    ) -> AsyncGenerator[PassportElement, None]:
        """GET /1.0/unloading-passport/zip: offices, pick-up points (PVZ) or lockers (APS), as they arrive.

        A ZIP with one JSON text of tens of megabytes, unpacked and decoded in bounded memory. An answer that
        is cut off raises ``msgspec.DecodeError`` after the points that came whole, so keep nothing before
        the end. Who stops early closes the generator (``contextlib.aclosing``).
        """
        request = self._build("GET", "/1.0/unloading-passport/zip", params=given(type=type))
        request.headers["Accept"] = "application/octet-stream"
        response = await self._http.send(request, auth=self._auth, stream=True, follow_redirects=False)
        try:
            if not response.is_success or "json" in response.headers.get("content-type", ""):
                await response.aread()
                raise_for_error(response)
            async for element in elements_of(response.aiter_bytes()):
                yield element
        finally:
            await response.aclose()

"""A seller's tables as Excel files."""

from __future__ import annotations

import asyncio
from typing import Literal

from litestar import Controller, Response, get
from litestar.params import FromPath, FromQuery

from hub.flow.exports.tables import Asked, Table, export
from hub.web.access import HubRequest, hub_of, seller_of
from hub.web.description import XLSX, XlsxOperation


class TablesController(Controller):
    """What a seller takes along."""

    path = "/sellers/{slug:str}/tables"
    tags = ("sellers",)

    @get(
        "/{table:str}",
        operation_id="downloadTable",
        summary="A table as an Excel file: products, prices, records, postings, problems",
        operation_class=XlsxOperation,
    )
    async def table(
        self,
        request: HubRequest,
        slug: FromPath[str],
        table: FromPath[Table],
        carrier: FromQuery[str] = "",
        language: FromQuery[Literal["", "ru", "zh", "en"]] = "",
    ) -> Response[bytes]:
        """Headed in the seller's language where none is named. ``products``, ``prices`` of one ``carrier``
        and the second sheet of ``records`` can be imported again. ``postings`` and ``problems`` are those
        that are open."""
        hub, seller = hub_of(request), seller_of(request, slug)
        asked = Asked(hub, seller, language=language, carrier=carrier, open_only=True)
        content = await asyncio.to_thread(export, table, asked)
        return Response(
            content,
            media_type=XLSX,
            headers={
                "Content-Disposition": f'attachment; filename="{table}.xlsx"',
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-store",
            },
        )

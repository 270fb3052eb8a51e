"""Labels, packing slips and every other file."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath, JSONBody, QueryParameter

from hub.flow import orders, reading
from hub.flow.history.results import LabelResult
from hub.flow.history.views import DocumentView
from hub.flow.reading.naming import named, not_named, why
from hub.plugin_api.errors import NotFound
from hub.web.access import IN_WAREHOUSE, HubRequest, actor_of, hub_of, visible
from hub.web.bodies import DocumentAnswer, LabelsAnswer, LabelsBody, PostingsBody
from hub.web.description import BYTES, FileOperation, PictureOperation
from hub.web.ordering import Prefer, also_200, seconds_to_wait
from hub.web.routes.postings import ids_of
from hub.words import said

_SUFFIXES = {"application/pdf": "pdf", "image/png": "png", "text/html": "html"}


@post(
    "/labels",
    operation_id="makeLabels",
    summary="The labels of postings, as one file in pick-list order",
    status_code=202,
    tags=["documents"],
    opt=IN_WAREHOUSE,
    responses=also_200(LabelsAnswer, "No label is waited for: each is ready or refused"),
)
async def labels(
    request: HubRequest, data: JSONBody[LabelsBody], prefer: Prefer = None
) -> Response[LabelsAnswer]:
    """A label that is not ready yet is a wait, not an error: ask again, or send ``Prefer: wait=N``."""
    ids, refused = ids_of(request, data.postings, request.user.seller)
    if not ids and all(isinstance(error, NotFound) for error in refused.values()):
        raise NotFound("no such posting", code="not_found.no_posting")
    seconds = seconds_to_wait(prefer)
    paper = str(data.paper) if data.paper else None
    result = await orders.labels(
        hub_of(request),
        list(ids.values()),
        paper=paper,
        dpi=data.dpi,
        slips=data.slips,
        start=data.start,
        actor=actor_of(request),
        wait=seconds,
    )
    by_id = {one.posting_id: one for one in result.results}
    strange = {key: not_named(LabelResult, key, error) for key, error in refused.items()}
    answer = LabelsAnswer(
        document=result.document_id,
        results=tuple(by_id[ids[key]] if key in ids else strange[key] for key in data.postings),
        ready=tuple(result.ready),
        waiting=dict(result.waiting),
        refused={**result.refused, **{key: one.reason for key, one in strange.items()}},
    )
    headers = {"Preference-Applied": f"wait={seconds:g}"} if seconds else {}
    return Response(answer, status_code=202 if answer.waiting else 200, headers=headers)


@post(
    "/packing-slips",
    operation_id="makePackingSlips",
    summary="Packing slips of postings, as one file",
    status_code=200,
    tags=["documents"],
    opt=IN_WAREHOUSE,
)
async def packing_slips(request: HubRequest, data: JSONBody[PostingsBody]) -> DocumentAnswer:
    """What goes into each box, with a QR code of the posting. What names none, or was cancelled, is in
    ``refused``."""
    user = request.user
    found, strange = named(hub_of(request), data.postings, user.seller, user.warehouse)
    if not found:
        raise next(iter(strange.values()))
    ids = [view.id for view in found.values()]
    document = await orders.packing_slips(hub_of(request), ids, actor_of(request))
    refused: dict[str, str] = {key: why(key, error) for key, error in strange.items()}
    for key, view in found.items():
        if view.stage == "cancelled":
            refused[key] = said("the posting was cancelled: nothing is packed", code="slip.posting_cancelled")
    return DocumentAnswer(document=document, refused=refused)


class DocumentsController(Controller):
    """Files by their id."""

    path = "/documents"
    tags = ("documents",)

    @get("/{document_id:str}", summary="What a document is, and whether it is ready", opt=IN_WAREHOUSE)
    async def show_document(self, request: HubRequest, document_id: FromPath[str]) -> DocumentView:
        return visible(request, reading.document, document_id)

    @get(
        "/{document_id:str}/content",
        operation_id="documentContent",
        summary="The file itself",
        opt=IN_WAREHOUSE,
        operation_class=FileOperation,
    )
    async def content(self, request: HubRequest, document_id: FromPath[str]) -> Response[bytes]:
        view = visible(request, reading.document, document_id)
        document = reading.document_content(hub_of(request), document_id)
        return file_answer(request, document.content, document.media_type, _stem(view))

    @get(
        "/{document_id:str}/picture",
        operation_id="documentPicture",
        summary="A page of the file as PNG",
        opt=IN_WAREHOUSE,
        operation_class=PictureOperation,
    )
    async def picture(
        self,
        request: HubRequest,
        document_id: FromPath[str],
        page: Annotated[int, QueryParameter(ge=1, le=10_000, description="Counts from 1")] = 1,
    ) -> Response[bytes]:
        view = visible(request, reading.document, document_id)
        picture = await reading.document_picture(hub_of(request), document_id, page)
        return file_answer(request, picture, "image/png", _stem(view))


def _stem(view: DocumentView) -> str:
    return f"{view.kind}-{view.posting_number or view.id}"


def file_answer(request: HubRequest, content: bytes, media_type: str, stem: str) -> Response[bytes]:
    """A file with a name to be saved under."""
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in stem)
    suffix = _SUFFIXES.get(media_type, "bin")
    return Response(
        content,
        media_type=_as_asked(request, media_type),
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{suffix}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",  # labels carry names and addresses
        },
    )


def _as_asked(request: HubRequest, media_type: str) -> str:
    """The file's own type, or plain bytes for who takes nothing else. Raises HTTPException (406)."""
    asked = request.headers.get("accept", "*/*") or "*/*"
    taken = [one.partition(";")[0].strip().lower() for one in asked.split(",")]
    group = media_type.partition("/")[0]
    if any(one in ("*/*", f"{group}/*", media_type) for one in taken):
        return media_type
    if any(one in (BYTES, "application/*") for one in taken):
        return BYTES
    raise HTTPException(
        status_code=406,
        detail=said(
            "This is {media_type}: take that, or {bytes}.",
            code="http.take",
            values={"media_type": media_type, "bytes": BYTES},
        ),
        extra={"code": "not_acceptable"},
    )

"""The ASGI application over one `hub.flow.app.App`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import AsyncIterator
from typing import Any

from litestar import Litestar, Response, Router
from litestar.datastructures import State
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from hub import __version__
from hub.flow.app import App
from hub.web.access import authenticate
from hub.web.description import operation_id
from hub.web.page import PagePlugin, SchemaPlugin
from hub.web.problems import EXCEPTION_HANDLERS, nothing_here
from hub.web.routes.carriers import CarriersController
from hub.web.routes.day import HandoversController, ProblemsController
from hub.web.routes.documents import DocumentsController, labels, packing_slips
from hub.web.routes.health import health, live
from hub.web.routes.incidents import list_incidents, resolve_operation
from hub.web.routes.jobs import JobsController
from hub.web.routes.messages import MessagesController
from hub.web.routes.postings import PostingsController, track
from hub.web.routes.sellers import AccountsController, SellersController
from hub.web.routes.shipments import ShipmentsController, show_operation
from hub.web.routes.system import KeysController, plugins
from hub.web.routes.tables import TablesController
from hub.web.routes.today import today
from hub.web.routes.totals import TotalsController
from hub.web.routes.units import UnitsController
from hub.web.routes.warehouses import WarehousesController
from hub.web.site import Site, known_parameters
from hub.web.strict_json import StrictRequest
from hub.words import Sentence

log = logging.getLogger("hub.web")

BODY_MAX = 1024 * 1024
_STOP_SECONDS = 25.0  # what the worker gives the work under way at a stop, and time to write how it ended


def create_app(app: App, *, worker: bool = True) -> Site:
    """The application. With ``worker`` the hub's own work runs in the same process while it is served.

    ``app`` is closed by who opened it.
    """

    @contextlib.asynccontextmanager
    async def working(_: Litestar) -> AsyncIterator[None]:
        from hub.jobs.worker import Worker

        stop = asyncio.Event()
        task = asyncio.create_task(Worker(app).run(stop), name="worker")
        task.add_done_callback(_tell_if_it_died)
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait({task}, timeout=_STOP_SECONDS)
            task.cancel()
            await asyncio.wait({task})

    api = Router(
        path="/v1",
        before_request=authenticate,
        route_handlers=[
            plugins,
            SellersController,
            WarehousesController,
            AccountsController,
            CarriersController,
            TablesController,
            PostingsController,
            track,
            ShipmentsController,
            TotalsController,
            show_operation,
            labels,
            packing_slips,
            DocumentsController,
            HandoversController,
            UnitsController,
            today,
            ProblemsController,
            MessagesController,
            list_incidents,
            resolve_operation,
            JobsController,
            KeysController,
        ],
        security=[{"key": []}],
    )
    return Site(
        route_handlers=[
            api,
            Router(path="/v1", guards=[known_parameters], route_handlers=[health, live]),
            *_plugin_routes(app),
        ],
        state=State({"hub": app}),
        lifespan=[working] if worker else [],
        exception_handlers=EXCEPTION_HANDLERS,
        type_encoders={Sentence: str},
        request_max_body_size=BODY_MAX,
        request_class=StrictRequest,
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="parcelhub",
            version=__version__,
            description="From a marketplace's posting to a booked, labelled and tracked parcel.",
            openapi_router=Router(
                path="/schema", route_handlers=[], include_in_schema=False, after_request=_problem_for_404
            ),
            render_plugins=[SchemaPlugin(), PagePlugin()],
            use_handler_docstrings=True,
            operation_id_creator=operation_id,
            components=Components(
                security_schemes={
                    "key": SecurityScheme(type="http", scheme="bearer", description="An API key")
                }
            ),
        ),
    )


def _tell_if_it_died(task: asyncio.Task[None]) -> None:
    """A worker that dies must not die in silence: HTTP goes on, and ``/v1/health`` shows it."""
    if not task.cancelled() and (error := task.exception()) is not None:
        frames = traceback.extract_tb(error.__traceback__)[-4:]
        place = " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
        log.critical("the worker died: %s at %s", type(error).__name__, place)


async def _problem_for_404(response: Response[Any]) -> Response[Any]:
    """The framework's own page for an unknown address below ``/schema`` gives way to a problem."""
    return nothing_here() if response.status_code == 404 else response


def _plugin_routes(app: App) -> list[Router]:
    controllers = list(app.registry.routes())
    if not controllers:
        return []
    return [Router(path="/plugins", route_handlers=controllers, include_in_schema=False)]

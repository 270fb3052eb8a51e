"""``hub serve`` and ``hub worker``: what runs until it is stopped."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from hub.cli.plainly import echo
from hub.cli.session import HubCommand, Session, pass_session
from hub.cli.texts import text


@click.command(cls=HubCommand)
@click.option("--host", help="The address to listen on.  [default: of plugins.toml, else 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="0: any free one.  [default: of plugins.toml, else 8080]",
)
@click.option("--worker/--no-worker", default=True, show_default=True, help="Do the hub's work here too.")
@pass_session
def serve(session: Session, host: str | None, port: int | None, worker: bool) -> None:
    """Serve HTTP, and do the hub's work. Ctrl-C stops it; what is at work ends first."""
    from hub.web.server import serve as run

    def ready(url: str) -> None:
        if session.as_json:
            echo(f'{{"ready": true, "url": "{url}"}}')
        else:
            echo(text("Ready: {url} (the API is described at {url}/schema/page)", session.language, url=url))

    run(session.home, database=session.database, host=host, port=port, worker=worker, ready=ready)


@click.command(cls=HubCommand)
@click.option("--concurrency", default=4, show_default=True, type=click.IntRange(1, 64))
@click.option("--until-idle", is_flag=True, help="Stop when nothing is left to do now.")
@click.option(
    "--limit",
    default=3600.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="With --until-idle: the most seconds to work.",
)
@pass_session
def worker(session: Session, concurrency: int, until_idle: bool, limit: float) -> None:
    """Do the hub's work without serving HTTP. Ctrl-C stops it; what is at work ends first."""
    import asyncio

    from hub.flow.app import App
    from hub.jobs.worker import Worker

    async def work(app: App) -> None:
        worker = Worker(app, concurrency=concurrency)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        with on_stop(lambda: loop.call_soon_threadsafe(stop.set)):
            if until_idle:
                await worker.run_until_idle(limit)
                return
            if session.as_json:
                echo('{"ready": true}')
            else:
                echo(text("Working. Ctrl-C stops.", session.language), err=True)
            gc.freeze()  # what was loaded stays: the collector need not walk all of it again and again
            await worker.run(stop)

    session.run(work)
    if session.as_json and until_idle:
        echo('{"idle": true}')


@contextmanager
def on_stop(stop: Callable[[], object]) -> Iterator[None]:
    """Call ``stop`` on Ctrl-C and on a request to terminate. A second Ctrl-C stops at once."""
    known = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGBREAK"):  # what Windows sends instead
        known.append(signal.SIGBREAK)
    before = {number: signal.getsignal(number) for number in known}

    def stopping(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)] or signal.SIG_DFL)
        stop()

    for number in known:
        signal.signal(number, stopping)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

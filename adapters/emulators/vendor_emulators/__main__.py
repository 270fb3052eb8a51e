"""``python -m vendor_emulators ozon|cdek|courier``: one emulator on a port of its own."""

import argparse
import asyncio
import contextlib
import importlib
import json
import signal
import sys
import threading
from collections.abc import Sequence

from vendor_emulators.app import Emulator
from vendor_emulators.clock import CLOCK_VARIABLE, Clock, ManualClock
from vendor_emulators.documents import show_full
from vendor_emulators.serving import Running, run

# Imported only when asked for: each starts without the others.
EMULATORS = {
    "ozon": ("vendor_emulators.ozon", "OzonEmulator"),
    "cdek": ("vendor_emulators.cdek", "CdekEmulator"),
    "courier": ("vendor_emulators.courier", "CourierEmulator"),
    "spsr": ("vendor_emulators.spsr", "SpsrEmulator"),
    "russian-post": ("vendor_emulators.russian_post", "RussianPostEmulator"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one emulator until SIGTERM, Ctrl-C or (``--watch-stdin``) the end of stdin."""
    name = next((a for a in (sys.argv[1:] if arguments is None else arguments) if a in EMULATORS), None)
    kind = _load(name) if name else None
    options = _parser(kind).parse_args(arguments)
    assert kind is not None
    show_full(options.labels == "full")
    emulator = kind.from_options(options, clock=_clock(options))
    ports = {
        key: value
        for key, value in (("url", options.port), ("files_url", getattr(options, "files_port", None)))
        if value is not None
    }
    try:
        asyncio.run(_serve(emulator, options.host, ports, watch_stdin=options.watch_stdin))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        print(f"{name}: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _parser(kind: type[Emulator] | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vendor_emulators", description=__doc__)
    parser.add_argument("name", choices=sorted(EMULATORS))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 (default) picks a free one")
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help=f"virtual seconds a second, where {CLOCK_VARIABLE} is not set",
    )
    parser.add_argument("--manual-clock", action="store_true", help="time moves by POST /_emulator/advance")
    parser.add_argument(
        "--labels",
        choices=("full", "plain"),
        default="full",
        help="like the vendor's, in everybody's letters; or only the codes, which is quicker",
    )
    parser.add_argument("--watch-stdin", action="store_true", help="end when stdin is closed")
    if kind is not None:
        kind.add_options(parser)
    return parser


def _load(name: str) -> type[Emulator]:
    module, attribute = EMULATORS[name]
    kind: type[Emulator] = getattr(importlib.import_module(module), attribute)
    return kind


def _clock(options: argparse.Namespace) -> Clock:
    import os

    if options.manual_clock:
        return ManualClock()
    return Clock.from_env() if os.environ.get(CLOCK_VARIABLE) else Clock.fixed_speed(options.speed)


async def _serve(emulator: Emulator, host: str, ports: dict[str, int], watch_stdin: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Windows' loops know no signal handlers: there Ctrl-C is a KeyboardInterrupt, caught by main.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    if watch_stdin:
        threading.Thread(target=_wait_for_stdin, args=(loop, stop), daemon=True).start()

    def on_ready(running: Running) -> None:
        print(json.dumps({"ready": True, "name": emulator.name, **running.urls}), flush=True)

    await run(emulator, stop, on_ready, host, ports)


def _wait_for_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop may have ended by itself
        loop.call_soon_threadsafe(stop.set)


if __name__ == "__main__":
    sys.exit(main())

"""Other people's code that tries to end the process: what it raises becomes an ordinary error.

`SystemExit` and `KeyboardInterrupt` go through every ``except Exception`` and end an event loop from
within a task (CPython's asyncio raises them out of ``run_forever``): one plugin's ``sys.exit()`` would
stop every seller. So plugins' code runs inside `containing`, and the tasks that it starts are made by
`task_factory`. What is meant for the process still reaches it: a cancelled task, and Ctrl-C.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class PluginExit(RuntimeError):
    """Code of a plugin tried to end the process, or raised what is no `Exception`; its own is
    ``__cause__``."""


@contextmanager
def containing() -> Iterator[None]:
    """Turn what would pass ``except Exception`` into a `PluginExit`, unless it is meant for this process."""
    try:
        yield
    except Exception:
        raise
    except GeneratorExit:
        raise
    except BaseException as error:
        if _meant(error):
            raise
        raise PluginExit(f"it raised {type(error).__name__}") from error


async def contained(work: Callable[[], Awaitable[T]]) -> T:
    """Run it inside `containing`."""
    with containing():
        return await work()


def _meant(error: BaseException) -> bool:
    """Whether this process is to stop, or this task was cancelled: and not by a ``raise`` of the code
    itself."""
    if isinstance(error, asyncio.CancelledError):
        return _cancelled()
    if isinstance(error, KeyboardInterrupt):
        frames = traceback.extract_tb(error.__traceback__)
        # asyncio's own handler of Ctrl-C, or the interpreter's, which has no frame with a ``raise``
        return not frames or frames[-1].name == "_on_sigint" or "raise" not in (frames[-1].line or "")
    return False


def _cancelled() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop runs here
        return True
    return task is None or task.cancelling() > 0


def task_factory(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
    """Tasks of the loop, each contained: also those that a plugin starts by itself."""
    return asyncio.Task(_Guarded(work), loop=loop, **options)


class _Guarded(Coroutine[Any, Any, Any]):
    """A coroutine as it is, but for what would end the loop that runs it."""

    __slots__ = ("_work",)

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self._work = work

    def send(self, value: Any) -> Any:
        try:
            return self._work.send(value)
        except (SystemExit, KeyboardInterrupt) as error:
            raise _named(error) from error

    def throw(self, *error: Any) -> Any:
        try:
            return self._work.throw(*error)
        except (SystemExit, KeyboardInterrupt) as raised:
            raise _named(raised) from raised

    def close(self) -> None:
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._work.__await__()


def _named(error: BaseException) -> BaseException:
    return error if _meant(error) else PluginExit(f"it raised {type(error).__name__}")


__all__ = ["PluginExit", "contained", "containing", "task_factory"]

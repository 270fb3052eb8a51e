"""What all tests share: nothing depends on how fast a machine is, and what is written goes to memory where
there is room."""

from __future__ import annotations

import os
import sys
import tempfile

from hypothesis import HealthCheck, settings

_MEMORY = "/dev/shm"
_ROOM = 2 * 2**30  # bytes; the suite has been seen to need a quarter of it


def _write_to_memory() -> None:
    """Folders for tests go where a commit costs no wait for a disk. The hub asks for each as ever, and the
    test of power cuts counts them: what is left out is the disk's own time, most of a test's.

    ``TMPDIR`` chooses another place.
    """
    if "TMPDIR" in os.environ or not sys.platform.startswith("linux") or not os.access(_MEMORY, os.W_OK):
        return
    room = os.statvfs(_MEMORY)
    if room.f_bavail * room.f_frsize >= _ROOM and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = _MEMORY
        tempfile.tempdir = None  # it was looked for before


def _keep_bytecode() -> None:
    """Compile once what two workers and some hundreds of processes import, also where the environment says
    that no bytecode is kept, as in containers."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        sys.dont_write_bytecode = False


_write_to_memory()
_keep_bytecode()
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

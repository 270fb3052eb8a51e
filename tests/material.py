"""Where the vendors' own documents and recorded answers are, if they are."""

from __future__ import annotations

import os
from pathlib import Path

WITHOUT_SHARED = (
    "held against the vendors' own documents and recorded answers, which are not ours to pass on "
    "(PARCELHUB_SHARED names their folder)"
)


def shared_folder() -> Path | None:
    """``PARCELHUB_SHARED``, else ``../shared`` beside the repository; None where there is no such folder."""
    folder = Path(os.environ.get("PARCELHUB_SHARED") or Path(__file__).parents[2] / "shared")
    return folder if (folder / "specs").is_dir() else None

"""What the hub finds when it starts."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from importlib.resources import files

import pluggy
from hub import LabelRenderer


def test_the_entry_point_brings_one_renderer() -> None:
    (entry,) = entry_points(group="parcelhub.plugins", name="labels")
    manager = pluggy.PluginManager("parcelhub")
    from hub.plugin_api import hookspecs

    manager.add_hookspecs(hookspecs)
    manager.register(entry.load(), "labels")
    manager.check_pending()

    ((renderer,),) = manager.hook.label_renderers()

    assert issubclass(renderer, LabelRenderer)
    assert renderer.code == "labels"
    inherited = {name for name, value in vars(LabelRenderer).items() if callable(value)} - set(vars(renderer))
    assert inherited == set()


def test_heavy_libraries_stay_out_until_the_first_document() -> None:
    heavy = {"reportlab", "pypdfium2", "zxingcpp", "segno", "PIL"}
    code = f"import sys, hub_labels; print(sorted({heavy} & set(sys.modules)))"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_the_fonts_come_with_their_licences() -> None:
    names = {file.name for file in (files("hub_labels") / "fonts").iterdir()}

    assert names == {
        "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "LICENSE-DejaVu.txt",
        "DroidSansFallbackFull.ttf", "LICENSE-DroidSansFallback.txt",
    }  # fmt: skip

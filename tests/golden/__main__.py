"""``python -m tests.golden write FILE [--long]``, ``compare OLD NEW``, ``update``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.golden.trace import Trace, compare, joined

EXPECTED = Path(__file__).with_name("expected.txt")


def runs(long: bool = False) -> list[Trace]:
    """The short form is what CI holds the hub to."""
    from tests.golden.runs import demonstration, machine, sweep

    if long:
        return [demonstration(), sweep(), machine(steps=150)]
    return [demonstration(), sweep(every=8), machine(steps=12)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    orders = parser.add_subparsers(dest="order", required=True)
    write = orders.add_parser("write", help="the whole trace into a file")
    write.add_argument("file", type=Path)
    write.add_argument("--long", action="store_true", help="every fault, and more steps")
    against = orders.add_parser("compare", help="where two traces part")
    against.add_argument("old", type=Path)
    against.add_argument("new", type=Path)
    orders.add_parser("short", help="the short form onto the screen")
    orders.add_parser("update", help="write expected.txt anew: what the hub does has changed on purpose")
    given = parser.parse_args()
    if given.order == "compare":
        found = compare(given.old.read_text("utf-8"), given.new.read_text("utf-8"))
        print("\n".join(found) or "they are the same")
        return 1 if found else 0
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets come in one order then
        again = [sys.executable, "-m", "tests.golden", *sys.argv[1:]]
        return subprocess.call(again, env={**os.environ, "PYTHONHASHSEED": "0"})
    begun = time.monotonic()
    whole, short = joined(runs(given.order == "write" and given.long))
    if given.order == "write":
        given.file.write_text(whole, encoding="utf-8")
        print(f"{whole.count(chr(10))} lines in {time.monotonic() - begun:.0f} s: {given.file}")
    elif given.order == "short":
        sys.stdout.buffer.write(short.encode())
    else:
        EXPECTED.write_text(short, encoding="utf-8")
        print(f"written: {EXPECTED}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

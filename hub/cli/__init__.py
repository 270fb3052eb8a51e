"""The command line. ``hub --version`` is answered before anything else is imported."""


def main() -> None:
    """Run ``hub`` with the arguments of this process."""
    import sys

    if sys.argv[1:] in (["--version"], ["-V"]):
        from hub import __version__

        print("parcelhub", __version__)
        return
    from hub.cli.root import run

    sys.exit(run(sys.argv[1:]))

"""The program `papers`, also `python -m bot`."""

from __future__ import annotations

import sys


def main() -> int:
    """Do what the command line says, and return the exit status: 0 done, 1 could not, 2 wrong usage."""
    try:
        from bot.cli import run  # noqa: PLC0415 - an interrupt while it loads leaves no traceback either

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

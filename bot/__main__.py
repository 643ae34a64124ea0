"""The program `papers`, also `python -m bot`."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Do what the command line says, and return the exit status: 0 done, 1 could not, 2 wrong usage."""
    # Looking for garbage among what is being loaded is a tenth of the start; `run_to_end` begins it again.
    gc.disable()
    try:
        from bot.cli import run  # noqa: PLC0415 - an interrupt while it loads leaves no traceback either

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

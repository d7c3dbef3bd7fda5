"""`slt`: no argument on a terminal opens the app, anything else is the command line."""

from __future__ import annotations

import sys
from typing import Any


def main() -> None:
    """Runs one command, or the app, and leaves with its exit code."""
    from slt_tui.cli.root import run_command

    sys.exit(run_command(sys.argv[1:], workbench=open_workbench))


def open_workbench(**wish: Any) -> int:
    """The full-screen app, until it is left."""
    from slt_tui.app import run_workbench

    return run_workbench(**wish)


if __name__ == "__main__":
    main()

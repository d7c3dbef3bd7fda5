"""`slt`: the command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs one command and leaves with its exit code."""
    from slt_tui.cli.root import run_command

    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()

"""A foreground training with the fake trainer, as `slt train` has it: RUN_DIR and the trainer's options."""

from __future__ import annotations

import sys
from pathlib import Path

from slt_tui.cli.progress import follow
from tests.support.fake_runs import start_fake

if __name__ == "__main__":
    sys.exit(follow(start_fake(Path(sys.argv[1]), *sys.argv[2:])))

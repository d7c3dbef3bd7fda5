"""`slt` with the fake trainer in the engine's place: [TRAINER OPTIONS] -- [WORDS FOR SLT]."""

from __future__ import annotations

import sys

from slt_tui import launch
from slt_tui.__main__ import main
from tests.support.fake_runs import FAKE_TRAINER

if __name__ == "__main__":
    border = sys.argv.index("--")
    launch.ENGINE = (*FAKE_TRAINER, *sys.argv[1:border])  # type: ignore[assignment]
    sys.argv[1:] = sys.argv[border + 1 :]
    main()

"""LineParser: arguments of a command that people type, through `slt`; what is wrong with them is told in one line."""

from __future__ import annotations

import argparse
from typing import NoReturn

WRONG_USE = 2


class LineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USE, f"{self.prog}: {message}\n")

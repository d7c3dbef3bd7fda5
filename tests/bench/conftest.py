"""One table of all figures, at the end of `make bench`."""

from __future__ import annotations

import pytest

from tests.bench.figures import Figures, table

_FIGURES = Figures()


@pytest.fixture(scope="session")
def figures() -> Figures:
    """Where a bench leaves what it measured."""
    return _FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _FIGURES:
        terminalreporter.section("measured")
        for line in table(_FIGURES):
            terminalreporter.write_line(line)

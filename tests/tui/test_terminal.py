"""The app in a real terminal: how it starts, ends, keeps quiet, and does with less than a modern terminal has."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slt_engine.run.directory import RunDir
from slt_engine.run.status import read_status, write_exit, write_status
from slt_engine.run.stopping import kill_run
from tests.support.fake_runs import NOBODY, exit_of, finished_run, has_stepped, status_by, trainer_of
from tests.support.real_config import real_document
from tests.support.runs import wait_for
from tests.support.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
SLT = (sys.executable, "-m", "slt_tui")
FAKE = (sys.executable, "-m", "tests.support.workbench", "--epochs", "1000", "--")
COLOUR = re.compile(rb"\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m")
IDLE_S = 1.5


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with one finished run."""
    finished_run(tmp_path / "runs" / "first", age_s=3600)
    return tmp_path / "runs"


@contextmanager
def app(
    root: Path, *, command: tuple[str, ...] = SLT, columns: int = 80, rows: int = 24, **variables: str
) -> Iterator[Terminal]:
    """The app over ``root``, with preferences of its own."""
    own = {"SLT_ROOTS": str(root), "XDG_CONFIG_HOME": str(root.parent / "config"), **variables}
    with Terminal(command, columns=columns, rows=rows, environment=own, cwd=ROOT) as terminal:
        yield terminal


def test_the_app_shows_the_runs(root: Path) -> None:
    with app(root) as terminal:
        terminal.wait_for(r"finished +first")


def test_an_idle_app_sends_nothing(root: Path) -> None:
    with app(root) as terminal:
        terminal.wait_for(r"finished +first")
        terminal.wait_for_quiet(IDLE_S, timeout_s=10)


@pytest.mark.parametrize("end", ["ctrl+q", "SIGTERM"])
def test_the_terminal_is_left_in_order(root: Path, end: str) -> None:
    with app(root) as terminal:
        terminal.wait_for(r"finished +first")
        if end == "ctrl+q":
            terminal.press("\x11")
        else:
            terminal.process.kill(signal.SIGTERM)
        assert terminal.wait_for_end() == {"ctrl+q": 0, "SIGTERM": 143}[end]
        assert last_of(terminal.sent, b"\x1b[?1049h", b"\x1b[?1049l") == b"\x1b[?1049l"
        assert last_of(terminal.sent, b"\x1b[?25h", b"\x1b[?25l") == b"\x1b[?25h"
        assert last_of(terminal.sent, b"\x1b[?1003h", b"\x1b[?1003l") == b"\x1b[?1003l"
        assert b"Traceback" not in terminal.sent


def test_a_lost_connection_ends_the_app_and_not_the_run_that_it_started(root: Path, tmp_path: Path) -> None:
    run = stopped_run(root / "second", tmp_path / "data")
    with app(root, command=FAKE) as terminal:
        terminal.wait_for(r"stopped +second")
        terminal.press("gr")
        wait_for(lambda: has_stepped(run))
        terminal.process.kill(signal.SIGHUP)
        assert terminal.wait_for_end() in (129, -signal.SIGHUP)
        assert b"Traceback" not in terminal.sent
    step = trainer_step(run)
    wait_for(lambda: trainer_step(run) > step)
    kill_run(run)


@pytest.mark.parametrize(
    ("variables", "encoding"),
    [
        ({"SLT_ASCII": "1"}, "ascii"),
        ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, "ascii"),
        ({"PYTHONIOENCODING": "latin-1"}, "latin-1"),
    ],
)
def test_only_characters_that_the_terminal_has_are_sent(
    root: Path, variables: dict[str, str], encoding: str
) -> None:
    with app(root, **variables) as terminal:
        terminal.wait_for(r"finished +first")
        terminal.wait_for_quiet(0.3)
        if encoding == "ascii":
            terminal.sent.decode("ascii")
        assert not re.search(rb"[\x80-\x9f]", terminal.sent), "bytes that begin no character of this encoding"


def test_without_colours_none_is_sent(root: Path) -> None:
    with app(root, NO_COLOR="1") as terminal:
        terminal.wait_for(r"finished +first")
        terminal.wait_for_quiet(0.3)
        assert not COLOUR.search(terminal.sent)


def test_a_terminal_that_cannot_draw_is_refused_in_one_line(root: Path) -> None:
    with app(root, command=(*SLT, "open"), TERM="dumb") as terminal:
        assert terminal.wait_for_end() == 2
        assert terminal.sent.decode().count("\n") == 1
        assert "needs a terminal" in terminal.text


def test_the_window_may_become_large_and_tiny(root: Path) -> None:
    with app(root) as terminal:
        terminal.wait_for(r"finished +first")
        for columns, rows in ((160, 45), (40, 10), (1, 1), (80, 24)):
            terminal.resize(columns, rows)
            terminal.wait_for_quiet(0.2)
        terminal.wait_for(r"finished +first")


def last_of(sent: bytes, *sequences: bytes) -> bytes:
    """Which of the sequences came last."""
    return max(sequences, key=sent.rfind)


def stopped_run(path: Path, data_dir: Path) -> RunDir:
    """A run that can go on."""
    run = RunDir.create(path, real_document(path, data_dir), {})
    run.last.write_bytes(b"weights")
    write_status(run, status_by(NOBODY, state="stopped"))
    write_exit(run, exit_of(NOBODY, NOBODY, ended=1_700_000_000.0, code=0))
    return run


def trainer_step(run: RunDir) -> int:
    """How far the run says that it is; it must be alive."""
    assert trainer_of(run)
    status = read_status(run)
    assert status is not None
    return status.step

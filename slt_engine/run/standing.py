"""Where a run stands, concluded from status.json, exit.json and whether the processes live."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from typing import Literal

from slt_engine.run.directory import RunDir
from slt_engine.run.process import ProcessId
from slt_engine.run.status import Exit, Status, read_exit, read_status

# The trainer's words and three of the reader's: `created` before the first, `lost` when no more will come,
# `foreign` where there are numbers and no trainer of ours wrote them.
State = Literal[
    "created", "starting", "running", "stopping", "finished", "stopped", "failed", "lost", "foreign"
]

FINAL = ("finished", "stopped", "failed", "lost", "foreign")
LOST_AFTER_S = 300.0  # without a heartbeat from another machine, whose processes cannot be seen from here
_UNKNOWN = "its exit code is unknown"
_SAME_CLOCK_S = 5.0  # a last word may be written this long after its supervisor looked at the clock


@dataclass(frozen=True)
class Standing:
    """What a reader believes of a run.

    ``process`` is the latest trainer; ``status`` may be an earlier one's while it starts. ``exit_code`` is
    what a shell would have seen: None while it runs, and where nobody saw its end. ``started`` and ``ended``
    are the supervisor's. ``is_ending``: the trainer said its last word, and its exit code is still to come.
    """

    state: State
    message: str = ""
    status: Status | None = None
    process: ProcessId | None = None
    exit_code: int | None = None
    signal: str | None = None
    started: float | None = None
    ended: float | None = None
    is_ending: bool = False

    @property
    def is_over(self) -> bool:
        """Whether no trainer is at work, as far as can be told."""
        return self.state in FINAL and not self.is_ending


def standing(run: RunDir) -> Standing:
    """Where ``run`` stands now."""
    concluded = _look(run)
    # Between reading and looking at the processes, the trainer may have ended and its supervisor said so.
    unseen = concluded.is_over and concluded.exit_code is None
    return _look(run) if unseen else concluded


def _look(run: RunDir) -> Standing:
    status, end = read_status(run), read_exit(run)
    if status and end and not _belong_together(status, end):
        return _told(status, None) if end.started < status.heartbeat else _untold(end, status)
    if status:
        return _told(status, end)
    return _untold(end, None) if end else _unsaid(run)


def _unsaid(run: RunDir) -> Standing:
    """Of a directory in which nobody has said a word."""
    if run.metrics.exists() and not run.config.exists():
        return Standing("foreign", "no config.json, so nobody says where it stands")
    return Standing("created")


def _belong_together(status: Status, end: Exit) -> bool:
    """Whether the supervisor's word is about the very trainer that wrote the status."""
    if status.pid == end.pid and status.process == end.process:
        return True
    return end.started <= status.heartbeat and (
        end.ended is None or status.heartbeat <= end.ended + _SAME_CLOCK_S
    )


def _untold(end: Exit, earlier: Status | None) -> Standing:
    """Of a trainer that has not said a word yet; ``earlier`` is what the one before it said last."""
    if end.ended is not None:
        return _failed(end, earlier)
    alive = end.process.is_alive()
    if alive is False and not end.supervisor.is_alive():
        return _conclude("lost", "its process is gone before its first word", earlier, end, of=end)
    if alive is None and _age(end.started) > LOST_AFTER_S:
        return _conclude("lost", f"no word from {end.host} since it was started there", earlier, end, of=end)
    return _conclude("starting" if earlier else "created", "", earlier, end, of=end)


def _told(status: Status, end: Exit | None) -> Standing:
    """Of a trainer that has told its state; ``end`` is its supervisor's word, if it had one."""
    if status.state in FINAL:
        return _ended(status, end)
    if end and end.ended is not None:
        return _failed(end, status)
    alive = status.process.is_alive()
    if alive is False and not (end and end.supervisor.is_alive()):
        return _conclude("lost", f"its process is gone; {_UNKNOWN}", status, end, of=status)
    if alive is None and _age(status.heartbeat) > LOST_AFTER_S:
        return _conclude(
            "lost", f"no heartbeat from {status.host} for {_silence(status)}", status, end, of=status
        )
    return _conclude(status.state, _remark(status, end, alive), status, end, of=status)


def _ended(status: Status, end: Exit | None) -> Standing:
    """Of a trainer that has said its last word."""
    if end and end.ended is not None:
        return _conclude(status.state, status.message, status, end, of=status)
    ending = (end.supervisor if end else status.process).is_alive() is True
    message = status.message if ending else _joined(status.message, _UNKNOWN)
    return _conclude(status.state, message, status, end, of=status, is_ending=ending)


def _failed(end: Exit, status: Status | None) -> Standing:
    """Of a trainer that ended without saying that it would."""
    why = f"killed by {end.signal}" if end.signal else f"ended with exit code {end.code}, with no last word"
    return _conclude("failed", why, status, end, of=end)


def _conclude(
    state: State,
    message: str,
    status: Status | None,
    end: Exit | None,
    *,
    of: Status | Exit,
    is_ending: bool = False,
) -> Standing:
    """A standing; ``of`` names the process."""
    if end is None:
        return Standing(state, message, status, of.process, is_ending=is_ending)
    code, started, ended = _shell_code(end), end.started, end.ended
    return Standing(state, message, status, of.process, code, end.signal, started, ended, is_ending)


def _shell_code(end: Exit) -> int | None:
    if end.signal is None:
        return end.code
    return 128 + signal.Signals[end.signal].value if end.signal in signal.Signals.__members__ else 1


def _remark(status: Status, end: Exit | None, alive: bool | None) -> str:
    if alive is None:
        return _joined(status.message, f"on {status.host}")
    if _age(status.heartbeat) > LOST_AFTER_S:
        return _joined(status.message, f"no heartbeat for {_silence(status)}")
    if end is not None and end.supervisor.is_alive() is False:
        return _joined(status.message, "its supervisor is gone, so its exit code will be unknown")
    return status.message


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _silence(status: Status) -> str:
    return f"{_age(status.heartbeat) / 60:.0f} min"


def _age(moment: float) -> float:
    return time.time() - moment

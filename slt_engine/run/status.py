"""status.json and exit.json: what the trainer says of itself, and what its supervisor saw."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeVar, get_args

from slt_engine.run.directory import RunDir
from slt_engine.run.files import read_json, replace_json
from slt_engine.run.process import ProcessId, this_process
from slt_engine.run.record import Best

# What a trainer may say of itself.
Told = Literal["starting", "running", "stopping", "finished", "stopped", "failed"]

_Document = TypeVar("_Document", "Status", "Exit")


@dataclass(frozen=True)
class Status:
    """status.json: the trainer's own word. Times are in seconds since 1970; ``steps`` is the planned end."""

    state: Told
    pid: int
    pid_started: float
    boot_id: str
    host: str
    heartbeat: float
    progressed: float
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int | None = None
    best: Best | None = None
    message: str = ""

    @classmethod
    def begin(cls, *, epochs: int = 0, steps: int | None = None, message: str = "") -> Status:
        """The first word of the process that calls: ``starting``."""
        me, now = this_process(), time.time()
        return cls(
            state="starting",
            pid=me.pid,
            pid_started=me.started,
            boot_id=me.boot_id,
            host=me.host,
            heartbeat=now,
            progressed=now,
            epochs=epochs,
            steps=steps,
            message=message,
        )

    @property
    def process(self) -> ProcessId:
        """The trainer."""
        return ProcessId(self.pid, self.pid_started, self.boot_id, self.host)


@dataclass(frozen=True)
class Exit:
    """exit.json: the supervisor's word. Once ``ended`` is set, so is ``code`` or ``signal``."""

    supervisor_pid: int
    supervisor_started: float
    pid: int
    pid_started: float
    boot_id: str
    host: str
    started: float
    ended: float | None = None
    code: int | None = None
    signal: str | None = None

    @property
    def process(self) -> ProcessId:
        """The trainer."""
        return ProcessId(self.pid, self.pid_started, self.boot_id, self.host)

    @property
    def supervisor(self) -> ProcessId:
        """The process that waits for the trainer's end."""
        return ProcessId(self.supervisor_pid, self.supervisor_started, self.boot_id, self.host)


def write_status(run: RunDir, status: Status) -> None:
    """Put ``status`` in status.json's place. Only the trainer does."""
    replace_json(run.status, asdict(status))


def write_exit(run: RunDir, end: Exit) -> None:
    """Put ``end`` in exit.json's place. Only the supervisor does."""
    replace_json(run.exit, asdict(end))


def read_status(run: RunDir) -> Status | None:
    """The trainer's last word; None before its first, and where it cannot be read."""
    status = _read(Status, read_json(run.status))
    return status if status and status.state in get_args(Told) else None


def read_exit(run: RunDir) -> Exit | None:
    """The supervisor's last word; None before its first, and where it cannot be read."""
    return _read(Exit, read_json(run.exit))


def _read(kind: type[_Document], document: Any) -> _Document | None:
    """The document without keys unknown here; None where one is missing that is needed, or of another type."""
    if not isinstance(document, dict):
        return None
    known = {name: document[name] for name in _NAMES[kind] if name in document}
    if not all(_fits(name, value) for name, value in known.items()):
        return None
    try:
        return kind(**known)
    except TypeError:
        return None


def _fits(name: str, value: Any) -> bool:
    """Whether the value is of the field's type, and a number one that can be a count or a time."""
    if not isinstance(value, _TYPES.get(name, object)):
        return False
    return not isinstance(value, int | float) or -1e9 < value < 1e11


_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in (Status, Exit)}
_NUMBER, _NOTHING = (int, float), type(None)
_NUMBERS = (
    *("pid", "pid_started", "supervisor_pid", "supervisor_started"),
    *("heartbeat", "progressed", "started", "epoch", "epochs", "step"),
)
_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(_NUMBERS, _NUMBER),
    **dict.fromkeys(("steps", "ended", "code"), (*_NUMBER, _NOTHING)),
    **dict.fromkeys(("state", "boot_id", "host", "message"), (str,)),
    "signal": (str, _NOTHING),
}

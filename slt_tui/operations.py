"""Operations: what both faces do to runs. Each raises RunError in one line and returns the line that is told.

They ask nothing: whoever calls has asked. `kill` waits, so a screen calls it in a thread.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.notes import Notes, read_notes, write_notes
from slt_engine.run.standing import standing
from slt_engine.run.stopping import force_end, request_stop
from slt_tui.removal import delete_run

if TYPE_CHECKING:
    from slt_tui.importing.directory import Imported

GRACE_S = 2.0  # `kill` gives SIGINT and SIGTERM so long each


def import_runs(source: Path, root: Path, name: str | None = None) -> list[Imported]:
    """Make runs under ``root`` of what another program, or `slt runs export --bundle`, wrote."""
    from slt_tui.importing.directory import import_runs as make_runs

    return make_runs(source, root, name)


def is_at_work(run: RunDir) -> bool:
    """Whether a trainer is at work in ``run``, as far as can be told."""
    now = standing(run)
    return not now.is_over and now.process is not None


def stop(run: RunDir) -> str:
    """Ask a run to end after the step at hand, with a checkpoint."""
    _refuse_at_rest(run, "stop")
    with _told(run, "cannot be asked to stop"):
        request_stop(run)
    return f"{run.path}: asked to stop; it finishes the step and saves last.pt"


def kill(run: RunDir, *, grace_s: float = GRACE_S, tell: Callable[[str], None] | None = None) -> str:
    """End a run by SIGINT, SIGTERM and SIGKILL; a checkpoint that is being written is waited for."""
    _refuse_at_rest(run, "kill")
    with _told(run, "cannot be killed"):
        end = force_end(run, grace_s, tell=tell)
    if not end.is_over:
        raise RunError(f"{run.path}: still {end.state}; not even SIGKILL ended it")
    how = f" ({end.signal})" if end.signal else ""
    return f"{run.path}: {end.state}{how}{what_is_left(run)}"


def remove(run: RunDir) -> str:
    """Delete a run's directory. Refuses a run at work, and whatever holds something that no run writes."""
    refuse_at_work(run)
    with _told(run, "cannot be removed"):
        delete_run(run)
    return f"{run.path}: removed"


def refuse_at_work(run: RunDir) -> None:
    """Raise RunError where a trainer is at work."""
    if is_at_work(run):
        raise RunError(f"{run.path}: {standing(run).state}; `slt runs stop {run.path}` first")


def tag(run: RunDir, tags: Iterable[str]) -> str:
    """Add tags."""
    return change_notes(run, add=tags)


def untag(run: RunDir, tags: Iterable[str]) -> str:
    """Take tags away; one that is not there is no fault."""
    return change_notes(run, remove=tags)


def set_note(run: RunDir, text: str) -> str:
    """Put ``text`` in place of the run's note; blank text takes it away."""
    return change_notes(run, note=text)


def change_notes(
    run: RunDir, *, add: Iterable[str] = (), remove: Iterable[str] = (), note: str | None = None
) -> str:
    """Take tags away, add tags and change the note, in one go."""
    if not run.holds_run():
        raise RunError(f"{run.path}: holds no run; `slt runs ls` lists the runs")
    notes = read_notes(run).without_tags(remove).with_tags(add)
    notes = notes if note is None else notes.with_note(note)
    write_notes(run, notes)
    return f"{run.path}: {described(notes)}"


def described(notes: Notes) -> str:
    """Notes in one line."""
    tags = f"tags {', '.join(notes.tags)}" if notes.tags else "no tags"
    note = " ".join(notes.note.split())
    return f"{tags}; note: {note}" if note else tags


def what_is_left(run: RunDir) -> str:
    """The end of a line about a run that was stopped: how to go on with it."""
    return f"; go on with: slt runs resume {run.path}" if run.last.exists() else "; it left no last.pt"


def _refuse_at_rest(run: RunDir, verb: str) -> None:
    now = standing(run)
    if now.is_over or now.process is None:
        raise RunError(f"{run.path}: {now.state} already, nothing to {verb}")


@contextlib.contextmanager
def _told(run: RunDir, what: str) -> Iterator[None]:
    """An OSError of the block as a RunError."""
    try:
        yield
    except OSError as refusal:
        where = Path(refusal.filename) if refusal.filename else run.path
        raise RunError(f"{run.path}: {what} ({where.name}: {refusal.strerror or refusal})") from refusal

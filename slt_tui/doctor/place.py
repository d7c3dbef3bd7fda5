"""Where runs are kept, and the terminal."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
from pathlib import Path

from slt_tui.doctor.finding import Finding
from slt_tui.readable import size
from slt_tui.terminal import has_colours, has_unicode

GB = 1_000_000_000


def check_disk(place: Path) -> Finding:
    """Where runs are kept there is room for checkpoints."""
    there = _nearest_directory(place)
    free = shutil.disk_usage(there).free
    what = f"{size(free)} free in {there}"
    if not os.access(there, os.W_OK):
        return Finding("disk", "fail", f"{there} cannot be written", "choose another --work-dir")
    if free < GB:
        return Finding("disk", "fail", what, "free space, or choose another --work-dir")
    return Finding(
        "disk", "warn" if free < 10 * GB else "ok", what, "checkpoints are large" if free < 10 * GB else ""
    )


def check_locks(place: Path) -> Finding:
    """A second start of one run is refused by a lock, which some network file systems do not have."""
    there = _nearest_directory(place)
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return Finding(
            "locks", "fail", f"{there}: {error.strerror}", "choose a --work-dir on a file system with flock"
        )
    return Finding("locks", "ok", f"flock works in {there}")


def check_terminal() -> Finding:
    """Size, colours and characters."""
    if not sys.stdout.isatty():
        return Finding("terminal", "off", "none: stdout is a file or a pipe")
    columns, lines = shutil.get_terminal_size()
    colours, unicode = has_colours(sys.stdout), has_unicode(sys.stdout)
    what = (
        f"{columns}x{lines}, {'colours' if colours else 'no colours'}, {'UTF-8' if unicode else 'no UTF-8'}"
    )
    fixes = [
        "make it 80x24 at least" if columns < 80 or lines < 24 else "",
        "" if unicode else "export LANG=C.UTF-8",
        "" if colours or os.environ.get("NO_COLOR") else "export TERM=xterm-256color",
    ]
    fix = "; ".join(filter(None, fixes))
    return Finding("terminal", "warn" if fix else "ok", what, fix)


def _nearest_directory(place: Path) -> Path:
    place = place.absolute()
    return next(folder for folder in (place, *place.parents) if folder.is_dir())

"""Removing a run's directory, and nothing that was not a run's: a --work-dir may have been somebody's home."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.lock import take_lock

# Everything that run.md names, and what is written beside it for a moment.
_OURS = re.compile(
    r"(config(\.\d+)?|status|exit|notes(\.damaged\.\d+)?|glosses)\.json|(metrics|steps|events|system)\.jsonl"
    r"|lock|stop|logs|sources|tokenizer|tensorboard|eval|export|.+\.pt|.+\.tmp|\.nfs.*|\.DS_Store"
)
_SHOWN = 3


def delete_run(run: RunDir) -> None:
    """Delete the directory, which vanishes in one step. Raises RunError where that could be a mistake."""
    refuse_removal(run)
    lock_fd = take_lock(run)  # nobody starts it meanwhile
    try:
        path = run.path.resolve()
        doomed = path.rename(path.with_name(f".{path.name}.removed-{os.getpid()}"))
        shutil.rmtree(doomed)
    finally:
        os.close(lock_fd)


def refuse_removal(run: RunDir) -> None:
    """Raise RunError where the directory is not a run's alone."""
    if run.path.is_symlink():
        raise RunError(f"{run.path}: is a link to {run.path.readlink()}; remove the link, or the run there")
    if not run.path.is_dir():
        raise RunError(f"{run.path}: no such directory; `slt runs ls` lists the runs")
    if not (run.config.is_file() and (run.status.exists() or run.lock.exists())):
        raise RunError(
            f"{run.path}: holds no run of ours (config.json and status.json), so it is not removed"
        )
    if foreign := sorted(path.name for path in run.path.iterdir() if not _OURS.fullmatch(path.name)):
        named = ", ".join(foreign[:_SHOWN]) + (", ..." if len(foreign) > _SHOWN else "")
        raise RunError(f"{run.path}: holds what no run writes ({named}); move it away first")


def size_of(run: RunDir) -> int:
    """The bytes of all files; what has two names, as best.pt and last.pt may be, counts once."""
    return sum({(stat.st_dev, stat.st_ino): stat.st_size for stat in _stats(run)}.values())


def _stats(run: RunDir) -> Iterator[os.stat_result]:
    for folder, _, names in os.walk(run.path):
        for name in names:
            yield os.lstat(f"{folder}/{name}")

"""Bundles: a run's record in one file, to be kept or sent; the same record gives the same bytes."""

from __future__ import annotations

import gzip
import os
import re
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.files import replacing

# Neither the record of a run nor of use elsewhere.
_LEFT_OUT = re.compile(r"lock|stop|export|.*\.tmp|\.nfs.*|\.DS_Store")
_CHECKPOINT = re.compile(r".*\.pt")
_MOST_MEMBERS = 100_000


def pack(runs: Sequence[RunDir], path: Path, *, with_checkpoints: bool = False) -> int:
    """Write the runs' files to ``path``, a .tar.gz, each below its run's name; how many files."""
    names = [run.path.resolve().name for run in runs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise RunError(f"two of the runs are called {min(twice)}; put them in bundles of their own")
    count = 0
    with (
        replacing(path) as file,
        gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for run, name in sorted(zip(runs, names, strict=True), key=lambda pair: pair[1]):
            for member in _record(run.path, with_checkpoints=with_checkpoints):
                _add(archive, run.path / member, f"{name}/{member.as_posix()}")
                count += 1
    return count


def unpack(path: Path, folder: Path) -> list[Path]:
    """Unpack a bundle into ``folder`` and give the runs' directories. Raises RunError."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            members = _checked(archive, path)
            archive.extractall(folder, members=members, filter="data")
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RunError(f"{path}: cannot be unpacked ({error})") from error
    runs = [RunDir(folder / name) for name in sorted({Path(member.name).parts[0] for member in members})]
    for run in runs:
        if not run.config.is_file():
            raise RunError(f"{path}: {run.name} in it has no config.json, so it is no run")
        if not run.status.exists():
            run.lock.touch()  # or it would be taken for a model's folder
    return [run.path for run in runs]


def _record(path: Path, *, with_checkpoints: bool) -> Iterator[Path]:
    """The files of a run's record, by their place in it, in order."""
    for folder, folders, names in os.walk(path):
        inside = Path(folder).relative_to(path)
        folders[:] = sorted(name for name in folders if inside.parts or not _LEFT_OUT.fullmatch(name))
        for name in sorted(names):
            is_out = _LEFT_OUT.fullmatch(name) or (_CHECKPOINT.fullmatch(name) and not with_checkpoints)
            if not is_out and not Path(folder, name).is_symlink() and Path(folder, name).is_file():
                yield inside / name


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """A file as it stands, without owner and time; what grows meanwhile is cut where it was."""
    with path.open("rb") as file:
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(file.fileno()).st_size
        entry.mode = 0o644
        archive.addfile(entry, _Whole(file))


class _Whole:
    """Gives what a file has left, and zeros where it was cut after its size was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size).ljust(size, b"\0")


def _checked(archive: tarfile.TarFile, path: Path) -> list[tarfile.TarInfo]:
    """The members, where all are plain files that stay inside. Raises RunError."""
    members: list[tarfile.TarInfo] = []
    for member in archive:
        if len(members) >= _MOST_MEMBERS:
            raise RunError(
                f"{path}: has more than {_MOST_MEMBERS:,} files; is it a bundle of `slt runs export`?"
            )
        parts = Path(member.name).parts
        is_outside = not parts or member.name.startswith("/") or ".." in parts
        if is_outside or not (member.isfile() or member.isdir()):
            raise RunError(f"{path}: {member.name!r} is no plain file of a run; nothing was imported")
        members.append(member)
    if not members:
        raise RunError(f"{path}: is empty")
    return members

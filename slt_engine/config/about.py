"""Where a run comes from: version, command, commit, packages, host, time. Imports none of the packages."""

from __future__ import annotations

import hashlib
import platform
import socket
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import slt_engine
from slt_engine.config.config import Config
from slt_engine.config.initial import find_start

PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "accelerate",
    "numpy",
    "pydantic",
    "pose-format",
    "sacrebleu",
    "jiwer",
)


def describe_origin(command: str, config: Config | None = None) -> dict[str, Any]:
    """The ``about`` of a config.json; with ``config``, the initial weights too, by their sha256."""
    start = find_start(config, Path.cwd()) if config else None
    return {
        "version": slt_engine.__version__,
        "command": command,
        "git": find_commit(Path(slt_engine.__file__).resolve().parents[1]),
        "python": platform.python_version(),
        "packages": {name: version for name in PACKAGES if (version := _version(name))},
        "platform": platform.platform(),
        "host": socket.gethostname(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "cwd": str(Path.cwd()),
        "initial_weights": {"path": str(start.path), "sha256": _digest(start.path)} if start else None,
    }


def find_commit(root: Path) -> dict[str, Any] | None:
    """The commit of a checkout and whether tracked files differ from it; None for an installed copy."""
    if not (root / ".git").exists():
        return None
    commit = _git(root, "rev-parse", "HEAD")
    if commit is None:
        return None
    return {"commit": commit, "changed": bool(_git(root, "status", "--porcelain", "--untracked-files=no"))}


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None

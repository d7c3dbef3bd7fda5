"""The directory of a demo data set: whose it is, whether it is complete, and its --config file.

`demo.json` is written first and holds the recipe; `demo.yaml`, for `slt train --config`, is written last, so
its presence means that the data set is complete.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

import yaml

from slt_engine.clips.errors import DataError
from slt_engine.run.files import replace_file

RECIPE, CONFIG = "demo.json", "demo.yaml"
PARTS = ("processed", "index", "meta.csv", "gloss.csv", CONFIG)
FORMAT = 1
"""Goes up when the same recipe gives other files."""


def is_complete(root: Path, recipe: Mapping[str, object]) -> bool:
    """Whether ``root`` already holds this very data set.

    Raises DataError when it holds a complete one of another recipe, or something that is not ours.
    """
    if not root.exists():
        return False
    if not root.is_dir():
        raise DataError(f"{root} is a file: name a directory for the data set")
    if not (root / RECIPE).exists():
        if any(root.iterdir()):
            raise DataError(f"{root} is not empty and holds no demo data set: name another directory")
        return False
    if not (root / CONFIG).exists():
        return False
    found, wanted = _read_recipe(root), _fingerprint(recipe)
    if found != wanted:
        raise DataError(
            f"{root} holds a data set with {_difference(found, wanted)}: name another directory or delete it"
        )
    return True


@contextlib.contextmanager
def building(root: Path, recipe: Mapping[str, object]) -> Iterator[None]:
    """Claim ``root`` for this process and clear away what an interrupted build left of this data set.

    Raises DataError while another process builds there.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / RECIPE).open("a", encoding="utf-8") as file:
        _lock(file, root)
        if (root / CONFIG).exists():
            raise DataError(f"{root} was completed by another process meanwhile: type the command again")
        for part in PARTS:
            _remove(root / part)
        file.truncate(0)
        json.dump(_fingerprint(recipe), file, indent=2, ensure_ascii=False)
        file.flush()
        yield


def finish(root: Path, data: Mapping[str, object], *, about: str) -> Path:
    """Write the config file: the data section, with ``about`` as a comment on top; returns its path."""
    comment = "".join(f"# {line}\n" for line in about.splitlines())
    body = yaml.safe_dump({"data": dict(data)}, sort_keys=False, allow_unicode=True)
    replace_file(root / CONFIG, (comment + body).encode())
    return root / CONFIG


def reuse(root: Path, data: Mapping[str, object], *, about: str) -> Path:
    """The config file of a complete data set, written anew only if it names the directory by another path."""
    document = yaml.safe_load((root / CONFIG).read_text(encoding="utf-8"))
    if isinstance(document, dict) and document.get("data", {}).get("metadata_csv") == data["metadata_csv"]:
        return root / CONFIG
    return finish(root, data, about=about)


def _lock(file: TextIO, root: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DataError(f"{root}: another process is building here, wait for it or stop it") from error


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _fingerprint(recipe: Mapping[str, object]) -> dict[str, object]:
    """The recipe as it reads back from JSON, where tuples are lists."""
    fingerprint: dict[str, object] = json.loads(json.dumps({"format": FORMAT, **recipe}))
    return fingerprint


def _read_recipe(root: Path) -> dict[str, object]:
    try:
        recipe = json.loads((root / RECIPE).read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{root / RECIPE} is damaged ({error}): delete {root} and build again") from error
    return recipe if isinstance(recipe, dict) else {}


def _difference(found: Mapping[str, object], wanted: Mapping[str, object]) -> str:
    keys = [key for key in {**wanted, **found} if found.get(key) != wanted.get(key)]
    return ", ".join(
        f"{key} {found.get(key, 'absent')} (asked for {wanted.get(key, 'none')})" for key in keys
    )

"""What can be imported: which file of which kind, what the run is called, and its rows."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any, Literal, NamedTuple

from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.files import read_json
from slt_engine.run.journal import read_rows
from slt_engine.run.record import Row

Kind = Literal["bundle", "trainer_state.json", "metrics.jsonl"]
_STATE: Kind = "trainer_state.json"
_METRICS: Kind = "metrics.jsonl"
_FACTS = ("num_train_epochs", "max_steps", "train_batch_size", "best_metric", "best_model_checkpoint")


class Source(NamedTuple):
    """A file to import; ``steps`` is the steps.jsonl beside a metrics.jsonl, where there is one."""

    path: Path
    kind: Kind
    name: str
    steps: Path | None = None


class Content(NamedTuple):
    """Rows as the program wrote them, and what else it said of the run."""

    rows: list[Row]
    steps: list[Row]
    facts: dict[str, Any]


def find_source(path: Path) -> Source:
    """What lies at ``path``: a file, or a directory with one. Raises RunError."""
    if path.is_dir():
        return _in_directory(path)
    if not path.is_file():
        raise RunError(f"{path}: no such file or directory")
    if path.suffix in (".gz", ".tgz", ".tar") and tarfile.is_tarfile(path):
        return Source(path, "bundle", "")
    if path.suffix == ".jsonl":
        steps = path.with_name("steps.jsonl")
        beside = steps if path.name == _METRICS and steps.is_file() else None
        return Source(path, _METRICS, _name(path, _METRICS), beside)
    if path.suffix == ".json":
        return Source(path, _STATE, _name(path, _STATE))
    raise RunError(
        f"{path}: cannot be imported; a metrics.jsonl, a trainer_state.json and a bundle (.tar.gz) can"
    )


def read_source(source: Source) -> Content:
    """The rows. Raises RunError where there are none."""
    if source.kind == _STATE:
        return _trainer_state(source.path)
    rows, steps = read_rows(source.path), read_rows(source.steps) if source.steps else []
    if not rows and not steps:
        raise RunError(f"{source.path}: holds no JSON objects, one a line")
    return Content(rows, steps, {})


def _in_directory(path: Path) -> Source:
    run = RunDir(path)
    if run.config.is_file() and (run.status.exists() or run.lock.exists()):
        raise RunError(f"{path}: is a run of ours already; `slt runs ls --root {path.parent}` lists it")
    states = [path / _STATE, *sorted(path.glob(f"checkpoint-*/{_STATE}"), key=_number_of, reverse=True)]
    for file in (run.metrics, *states):
        if file.is_file():
            return find_source(file)._replace(name=path.resolve().name)
    raise RunError(f"{path}: holds neither {_METRICS} nor {_STATE}, so there is nothing to import")


def _trainer_state(path: Path) -> Content:
    document = read_json(path)
    history = document.get("log_history") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(history, list):
        raise RunError(f"{path}: has no log_history, as the Hugging Face trainer's {_STATE} has")
    rows = [row for row in history if isinstance(row, dict)]
    if not rows:
        raise RunError(f"{path}: its log_history is empty")
    return Content(rows, [], {name: document[name] for name in _FACTS if document.get(name) is not None})


def _name(path: Path, usual: str) -> str:
    """``mt5.trainer_state.json`` is of mt5; a file of the usual name is its directory's."""
    if path.name != usual:
        return path.name.removesuffix(f".{usual}").removesuffix(path.suffix)
    folder = path.resolve().parent
    return folder.parent.name if folder.name.startswith("checkpoint-") else folder.name


def _number_of(path: Path) -> int:
    number = path.parent.name.rpartition("-")[2]
    return int(number) if number.isdigit() else -1

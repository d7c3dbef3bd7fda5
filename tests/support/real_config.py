"""A run's settings as `slt train` writes them, over data that is there but holds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from slt_engine.config import config_document, describe_origin, preset_layer, resolve, set_layers

_FILES = {
    "gloss_csv": "gloss.csv",
    "metadata_csv": "meta.csv",
    "train_index": "train.csv",
    "val_index": "val.csv",
}


def real_document(work_dir: Path, data_dir: Path, *more: str) -> dict[str, Any]:
    """config.json of a run of the preset tiny_cpu with ``more`` (key=value); its data in ``data_dir`` is made."""
    (data_dir / "keypoints").mkdir(parents=True, exist_ok=True)
    for name in _FILES.values():
        (data_dir / name).touch()
    sources = {"work_dir": work_dir, "keypoints_dir": data_dir / "keypoints"}
    sources |= {name: data_dir / file for name, file in _FILES.items()}
    pairs = [f"data.{name}={path}" for name, path in sources.items()]
    resolved = resolve([preset_layer("tiny_cpu"), *set_layers([*pairs, *more])])
    command = f"slt train --decoder-preset tiny_cpu --work-dir {work_dir}"
    return config_document(resolved, describe_origin(command, resolved.config))

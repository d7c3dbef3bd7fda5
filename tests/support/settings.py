"""Settings for tests: the least that a run needs, and what a resolve says when it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from slt_engine.config import Config, ConfigError, Layer, resolve

LEAST: dict[str, Any] = {
    "data.work_dir": "work_dirs/x",
    "data.pose_dir": "pose",
    "data.metadata_csv": "meta.csv",
    "data.train_index": "train.csv",
    "data.val_index": "val.csv",
}
KEYPOINTS = {"data.keypoints_dir": "keypoints", "data.gloss_csv": "gloss.csv", "model.use_mska": True}


def config_with(values: Mapping[str, Any] | None = None, **more: Any) -> Config:
    """The least settings with these on top; keywords spell the dot as two underscores."""
    return resolve([Layer("least", LEAST), Layer("test", {**(values or {}), **_dotted(more)})]).config


def problems_with(values: Mapping[str, Any] | None = None, **more: Any) -> list[str]:
    """What resolve says about the least settings with these on top."""
    with pytest.raises(ConfigError) as caught:
        config_with(values, **more)
    return caught.value.problems


def _dotted(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("__", ".", 1): value for name, value in values.items()}

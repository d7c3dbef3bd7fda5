"""Where a row's value belongs: along which axis it counts, or which metric of which part it is."""

from __future__ import annotations

from slt_tui.series.keys import Axis, Part

# What is counted along an axis, by any program; the first that a row has is taken, none is ever a metric.
AXES: dict[Axis, tuple[str, ...]] = {
    "step": (
        "step",
        "global_step",
        "_step",
        "train/global_step",
        "trainer/global_step",
        "train/step",
        "iteration",
        "iter",
        "num_updates",
    ),
    "epoch": ("epoch", "train/epoch", "trainer/epoch"),
    "time": ("time", "_timestamp", "timestamp", "wall_time", "_runtime"),
}
AXIS_NAMES = frozenset(name for names in AXES.values() for name in names)

_PREFIXES: tuple[tuple[str, Part], ...] = (
    ("train/", "train"),
    ("train_", "train"),
    ("training/", "train"),
    ("training_", "train"),
    ("val/", "val"),
    ("val_", "val"),
    ("valid/", "val"),
    ("valid_", "val"),
    ("validation/", "val"),
    ("validation_", "val"),
    ("eval/", "val"),
    ("eval_", "val"),
    ("dev/", "val"),
    ("dev_", "val"),
    ("test/", "val"),
    ("test_", "val"),
)
_ALIASES = {"lr": "learning_rate", "teacher_forcing/ratio": "teacher_forcing"}
_TRAINING = frozenset(
    {"loss", "perplexity", "ppl", "accuracy", "acc"}
)  # of training where nothing else is said
_LONGEST = 120


def place(path: str) -> tuple[str, Part]:
    """The metric and the part that a value at ``path`` (nested names joined by "/") belongs to."""
    for prefix, part in _PREFIXES:
        if path.startswith(prefix) and len(path) > len(prefix):
            return path[len(prefix) :], part
    metric = _ALIASES.get(path, path)
    return metric, "train" if metric in _TRAINING or metric.startswith("loss_") else ""


def is_shown(path: str) -> bool:
    """Whether a metric of that name may be shown: no terminal is safe from every text in a file."""
    return 0 < len(path) <= _LONGEST and path.isprintable() and path not in AXIS_NAMES

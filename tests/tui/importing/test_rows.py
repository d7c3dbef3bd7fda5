"""Other programs' rows in the engine's form: nothing that was a number is lost, nothing is made up."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from slt_tui.importing.rows import convert

LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(["step", "epoch", "time", "loss", "eval_loss", "train/x", "val", "train", "lr"]),
        LEAF | st.dictionaries(st.sampled_from(["loss", "step", "cer"]), LEAF, max_size=2),
        max_size=5,
    ),
    max_size=20,
)


def test_training_rows_are_steps_and_evaluations_are_epochs() -> None:
    converted = convert(
        [
            {"step": 10, "epoch": 0.5, "loss": 4.0, "learning_rate": 1e-3},
            {"step": 20, "epoch": 1.0, "loss": 2.0, "learning_rate": 1e-4},
            {"step": 20, "epoch": 1.0, "eval_loss": 3.0, "eval_runtime": 9.0},
            {"step": 20, "epoch": 1.0, "train_runtime": 60.0, "train_loss": 3.0},
        ]
    )
    assert converted.steps == [
        {"step": 10, "epoch": 1, "loss": 4.0, "lr": 1e-3},
        {"step": 20, "epoch": 1, "loss": 2.0, "lr": 1e-4},
    ]
    assert converted.epochs == [
        {
            "step": 20,
            "epoch": 1,
            "train": {"loss": 3.0},
            "val": {"loss": 3.0},
            "learning_rate": 1e-4,
            "eval_runtime": 9.0,
        }
    ]
    assert converted.epochs_are == "epochs"


def test_several_evaluations_in_an_epoch_are_counted_instead() -> None:
    converted = convert([{"step": 10 * n, "epoch": 0.25 * n, "eval_loss": 1.0 / n} for n in range(1, 5)])
    assert converted.epochs_are == "evaluations"
    assert [row["epoch"] for row in converted.epochs] == [1, 2, 3, 4]


def test_a_step_belongs_to_the_evaluation_that_follows() -> None:
    rows = [{"step": step, "epoch": 0.01, "loss": 1.0} for step in (5, 10, 15)]
    converted = convert([*rows, {"step": 10, "epoch": 0.01, "eval_loss": 1.0}])
    assert [(row["step"], row["epoch"]) for row in converted.steps] == [(5, 1), (10, 1), (15, 2)]


def test_evaluations_of_several_sets_at_one_step_are_one_row() -> None:
    converted = convert([{"step": 7, "epoch": 1, f"eval_g{n}_loss": float(n)} for n in range(3)])
    assert [row["val"] for row in converted.epochs] == [{"g0_loss": 0.0, "g1_loss": 1.0, "g2_loss": 2.0}]


def test_rows_without_steps_are_counted_and_names_of_parts_stay() -> None:
    assert convert([{"train/return": -50.0, "episodes": 1}]).steps == [
        {"step": 1, "train/return": -50.0, "episodes": 1}
    ]


def test_rows_of_epochs_without_steps_are_epochs() -> None:
    converted = convert([{"epoch": n, "train_loss": 2.0 / n, "val_loss": 3.0 / n} for n in (1, 2)])
    assert [(row["epoch"], row["train"], row["val"]) for row in converted.epochs] == [
        (1, {"loss": 2.0}, {"loss": 3.0}),
        (2, {"loss": 1.0}, {"loss": 1.5}),
    ]
    assert converted.steps == []


def test_rows_in_our_form_stay_as_they_are() -> None:
    row = {"epoch": 1, "step": 5, "val": {"cer": 0.5}, "teacher_forcing": {"mode": "constant", "ratio": 1.0}}
    assert convert([row]).epochs == [row]


def test_what_is_no_finite_number_is_a_gap() -> None:
    assert convert([{"step": 1, "loss": math.nan, "note": "x", "done": True}]).steps == [
        {"step": 1, "loss": None}
    ]


@given(ROWS)
def test_no_row_is_too_strange(rows: list[dict[str, object]]) -> None:
    converted = convert(rows)
    numbers = [row["epoch"] for row in converted.epochs]
    assert all(isinstance(number, int) for number in numbers)
    assert len(numbers) == len(set(numbers)) or converted.epochs_are == "epochs"

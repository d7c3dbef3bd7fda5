"""What a reader concludes from a run's numbers, its standing and its load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest

from slt_engine.run.standing import Standing, State
from slt_engine.run.status import Status
from slt_tui.alerts import Alert, Kind, find_alerts
from slt_tui.series import RunSeries
from tests.tui.series.files import append, load_all

NOW = 100_000.0
GB = 10**9


def steps(
    path: Path, losses: Sequence[float | None], *, step_s: float = 1.0, validation_s: float = 0.5
) -> RunSeries:
    """A run of a hundred steps an epoch whose last step was written now, with the rows of the epochs that are over."""
    count = len(losses)
    for index, loss in enumerate(losses):
        validations = (count - 1) // 100 - index // 100
        moment = NOW - step_s * (count - 1 - index) - validation_s * validations
        row = {"step": index + 1, "epoch": 1 + index // 100, "time": moment, "loss": loss, "lr": 1e-3}
        append(path / "steps.jsonl", row)
        if (index + 1) % 100 == 0 and index + 1 < count:
            epoch(path, (index + 1) // 100, step=index + 1, time=moment + validation_s)
    return read(path)


def epoch(path: Path, number: int, **more: Any) -> None:
    row = {"epoch": number, "train": {"loss": 1.0}, "val": {"loss": 1.0}, "epoch_time_s": 1.0}
    append(path / "metrics.jsonl", row | more)


def epochs(path: Path, count: int, **more: Any) -> RunSeries:
    for number in range(1, count + 1):
        epoch(path, number, step=100 * number, time=NOW - count + number, **more)
    return read(path)


def read(path: Path) -> RunSeries:
    series = RunSeries(path)
    load_all(series)
    return series


def at(
    state: State = "running", *, quiet_s: float = 1.0, message: str = "", step: int = 50, **more: Any
) -> Standing:
    """A standing whose training moved that long ago; ten epochs of a hundred steps are planned."""
    status = Status(
        state="running", pid=1, pid_started=1.0, boot_id="b", host="h", heartbeat=NOW, progressed=NOW - quiet_s,
        epoch=1, epochs=10, step=step, steps=1000, best=more.pop("best", None),
    )  # fmt: skip
    return Standing(state, message, status, **more)


def load(*, gpu: float = 0.5, host: float = 0.5, time: float = NOW) -> dict[str, Any]:
    gpus = [{"index": 1, "memory_used_bytes": gpu * 80 * GB, "memory_total_bytes": 80 * GB}]
    return {
        "time": time,
        "gpus": gpus,
        "host": {"memory_used_bytes": host * 64 * GB, "memory_total_bytes": 64 * GB},
    }


def kinds(found: Sequence[Alert]) -> list[str]:
    return [alert.kind for alert in found]


def only(found: Sequence[Alert], kind: Kind) -> Alert:
    assert kinds(found) == [kind]
    assert "\n" not in found[0].message
    return found[0]


def test_a_run_that_goes_well_has_no_alerts(tmp_path: Path) -> None:
    series = steps(tmp_path, [1.0] * 250)
    assert find_alerts(series, at(), [load()], NOW) == []


def test_a_run_without_any_file_has_no_alerts(tmp_path: Path) -> None:
    assert find_alerts(read(tmp_path), Standing("created"), [], NOW) == []


def test_a_loss_that_is_not_finite_any_more_names_its_first_step(tmp_path: Path) -> None:
    series = steps(tmp_path, [1.0] * 20 + [None] * 5)
    alert = only(find_alerts(series, at(), [], NOW), "nonfinite")
    assert "since step 21" in alert.message
    assert "--clip-grad-norm" in alert.message
    assert alert.since == NOW - 4


def test_a_loss_that_recovered_is_told_with_its_last_step(tmp_path: Path) -> None:
    series = steps(tmp_path, [1.0, None, 1.0, None, 1.0])
    alert = only(find_alerts(series, at(), [], NOW), "nonfinite")
    assert "at step 4 (2 of the last 5 rows)" in alert.message


def test_a_loss_that_recovered_long_ago_is_not_told(tmp_path: Path) -> None:
    series = steps(tmp_path, [None] + [1.0] * 600)
    assert find_alerts(series, at(), [], NOW) == []


def test_a_loss_that_never_was_finite_is_told_from_the_first_step(tmp_path: Path) -> None:
    series = steps(tmp_path, [1.0, None, None])
    assert "since step 2" in only(find_alerts(series, at(), [], NOW), "nonfinite").message


def test_a_validation_loss_that_is_not_finite_names_the_epoch(tmp_path: Path) -> None:
    epoch(tmp_path, 1)
    epoch(tmp_path, 2, val={"loss": None})
    alert = only(find_alerts(read(tmp_path), at("finished"), [], NOW), "nonfinite")
    assert alert.message.startswith("the validation loss is not finite since epoch 2")


@pytest.mark.parametrize(
    ("step_s", "quiet_s", "is_told"), [(1.0, 50, False), (1.0, 70, True), (10.0, 150, False)]
)
def test_a_stall_is_told_relative_to_the_pace(
    tmp_path: Path, step_s: float, quiet_s: float, is_told: bool
) -> None:
    series = steps(tmp_path, [1.0] * 50, step_s=step_s)
    found = find_alerts(series, at(quiet_s=quiet_s), [], NOW)
    assert kinds(found) == (["stall"] if is_told else [])


def test_a_stall_says_where_and_what_is_usual(tmp_path: Path) -> None:
    series = steps(tmp_path, [1.0] * 50)
    alert = only(find_alerts(series, at(quiet_s=300), [], NOW), "stall")
    assert alert.message.startswith("no step for 5 min, where one takes 1.000 s, at step 50;")
    assert alert.since == NOW - 300


def test_the_first_validation_is_no_stall_before_ten_minutes(tmp_path: Path) -> None:
    series = steps(tmp_path, [1.0] * 100)
    assert find_alerts(series, at(quiet_s=500, step=100), [], NOW) == []
    assert kinds(find_alerts(series, at(quiet_s=700, step=100), [], NOW)) == ["stall"]


@pytest.mark.parametrize(("validation_s", "is_told"), [(0.5, True), (40.0, False)])
def test_a_later_validation_is_a_stall_where_it_takes_much_longer_than_those_before(
    tmp_path: Path, validation_s: float, is_told: bool
) -> None:
    series = steps(tmp_path, [1.0] * 200, validation_s=validation_s)
    assert kinds(find_alerts(series, at(quiet_s=90, step=200), [], NOW)) == (["stall"] if is_told else [])
    assert kinds(find_alerts(series, at(quiet_s=90, step=199), [], NOW)) == ["stall"]


def test_a_run_that_starts_for_long_is_stalled(tmp_path: Path) -> None:
    assert find_alerts(read(tmp_path), at("starting", quiet_s=500), [], NOW) == []
    assert kinds(find_alerts(read(tmp_path), at("starting", quiet_s=700), [], NOW)) == ["stall"]


def test_a_run_that_is_over_is_not_stalled(tmp_path: Path) -> None:
    series = steps(tmp_path, [1.0] * 50)
    assert find_alerts(series, at("finished", quiet_s=5000), [load(host=0.99)], NOW) == []


@pytest.mark.parametrize("state", ["failed", "lost"])
def test_a_run_that_died_tells_its_reason(tmp_path: Path, state: State) -> None:
    standing = at(state, message="ended with exit code 3, with no last word", ended=NOW - 9)
    alert = only(find_alerts(read(tmp_path), standing, [], NOW), "died")
    assert alert.message.startswith(f"{state} in epoch 1 at step 50: ended with exit code 3")
    assert f"slt runs resume {tmp_path}" in alert.message
    assert alert.since == NOW - 9


def test_a_run_that_was_killed_when_memory_was_full_says_so(tmp_path: Path) -> None:
    standing = at("failed", message="killed by SIGKILL", signal="SIGKILL")
    rows = [load(host=0.98, time=NOW - 5000)]
    assert "memory was at 98%" in only(find_alerts(read(tmp_path), standing, rows, NOW), "died").message


def test_memory_near_the_end_is_told_of_gpus_and_host(tmp_path: Path) -> None:
    found = find_alerts(read(tmp_path), at(), [load(gpu=0.97, host=0.96)], NOW)
    assert [alert.message.split(";")[0] for alert in found] == [
        "GPU 1 memory is 97% full (80 GB)",
        "the host's memory is 96% full (64 GB)",
    ]


def test_a_load_of_long_ago_is_no_alert(tmp_path: Path) -> None:
    assert find_alerts(read(tmp_path), at(), [load(gpu=0.99, time=NOW - 60)], NOW) == []


@pytest.mark.parametrize(
    "row", [{}, {"time": "now"}, {"time": NOW, "gpus": 5, "host": None}, {"time": NOW, "gpus": [7]}]
)
def test_a_load_that_says_nothing_is_passed_over(tmp_path: Path, row: dict[str, Any]) -> None:
    assert find_alerts(read(tmp_path), at(), [row], NOW) == []


def test_a_loader_that_is_too_slow_is_told(tmp_path: Path) -> None:
    series = epochs(tmp_path, 2, data_wait_share=0.45)
    alert = only(find_alerts(series, at(), [], NOW), "slow loader")
    assert "45% of the time in epoch 2" in alert.message
    assert "--num-workers" in alert.message


@pytest.mark.parametrize(
    ("done", "reached", "is_told"), [(8, 1, False), (12, 2, True), (60, 45, False), (60, 40, True)]
)
def test_a_plateau_is_told_after_ten_epochs_and_a_third_of_the_run(
    tmp_path: Path, done: int, reached: int, is_told: bool
) -> None:
    best = {"metric": "cer", "value": 0.183, "epoch": reached}
    found = find_alerts(epochs(tmp_path, done), at(best=best), [], NOW)
    assert kinds(found) == (["plateau"] if is_told else [])


def test_a_plateau_names_metric_value_and_epoch(tmp_path: Path) -> None:
    best = {"metric": "cer", "value": 0.183, "epoch": 3}
    alert = only(find_alerts(epochs(tmp_path, 20), at(best=best), [], NOW), "plateau")
    assert alert.message.startswith("validation CER has not improved for 17 epochs (18.3 % in epoch 3);")
    assert alert.since == NOW - 17


def test_a_damaged_best_score_is_passed_over(tmp_path: Path) -> None:
    for best in ("x", {"metric": 3}, {"metric": "cer", "value": None, "epoch": 1}):
        assert find_alerts(epochs(tmp_path, 20), at(best=best), [], NOW) == []


def test_the_worst_comes_first(tmp_path: Path) -> None:
    series = steps(tmp_path, [1.0, 1.0, None])
    epoch(tmp_path, 1, data_wait_share=0.9)
    load_all(series)
    found = kinds(find_alerts(series, at(quiet_s=5000), [load(gpu=0.99)], NOW))
    assert found == ["nonfinite", "stall", "memory", "slow loader"]
    assert set(found) < set(get_args(Kind))

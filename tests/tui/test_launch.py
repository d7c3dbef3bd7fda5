"""From settings to a running process: the only place that starts one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slt_engine.config import ConfigError, Layer, resolve
from slt_engine.config.resolution import Resolved
from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.standing import standing
from slt_engine.run.stopping import kill_run, request_stop, wait_until_over
from slt_tui import launch as launching
from slt_tui.launch import launch, resume, run_engine
from tests.support.fake_runs import has_stepped, trainer_of, use_fake_trainer
from tests.support.runs import wait_for

PATIENCE_S = 20.0
LONG = ("--epochs", "2", "--steps", "100000")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place with the files that a run names; runs that a test leaves are killed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pose").mkdir()
    for name in ("meta.csv", "train.csv", "val.csv"):
        (tmp_path / name).touch()
    yield tmp_path
    for config in tmp_path.glob("work_dirs/*/config.json"):
        kill_run(RunDir(config.parent))


def resolved(**changes: Any) -> Resolved:
    least = {
        "data.work_dir": "work_dirs/x",
        "data.pose_dir": "pose",
        "data.metadata_csv": "meta.csv",
        "data.train_index": "train.csv",
        "data.val_index": "val.csv",
    }
    layer = Layer("--config run.yaml", {**least, **changes}, files={"run.yaml": "training: {}\n"})
    return resolve([layer], command="slt train --config run.yaml")


def stopped_run(monkeypatch: pytest.MonkeyPatch) -> RunDir:
    use_fake_trainer(monkeypatch, *LONG)
    run = launch(resolved())
    wait_for(lambda: has_stepped(run))
    request_stop(run)
    assert wait_until_over(run, PATIENCE_S).state == "stopped"
    return run


def listing(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


@pytest.mark.usefixtures("here")
def test_a_launched_run_has_its_directory_and_a_trainer_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    use_fake_trainer(monkeypatch)
    run = launch(resolved())
    assert trainer_of(run).pid != os.getpid()
    now = wait_until_over(run, PATIENCE_S)
    assert (now.state, now.exit_code) == ("finished", 0)
    document = run.read_config()
    assert document["about"]["command"] == "slt train --config run.yaml"
    assert document["data"]["pose_dir"] == "pose"
    assert (run.sources / "run.yaml").read_text() == "training: {}\n"


@pytest.mark.usefixtures("here")
def test_a_directory_that_holds_a_run_is_not_started_again_and_not_touched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_fake_trainer(monkeypatch)
    run = launch(resolved())
    wait_until_over(run, PATIENCE_S)
    before = listing(run.path)
    with pytest.raises(RunError, match=r"holds a run already.*--work-dir"):
        launch(resolved())
    assert listing(run.path) == before


@pytest.mark.usefixtures("here")
def test_of_two_starters_at_once_one_starts_and_the_other_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    use_fake_trainer(monkeypatch, *LONG)
    both = threading.Barrier(2)
    outcomes: list[RunDir | RunError] = []

    def start() -> None:
        asked = resolved()
        both.wait()
        try:
            outcomes.append(launch(asked))
        except RunError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["RunDir", "RunError"]


def test_paths_that_are_not_there_are_told_before_anything_is_made(here: Path) -> None:
    (here / "meta.csv").unlink()
    with pytest.raises(ConfigError, match=r"data\.metadata_csv: meta\.csv: no such file"):
        launch(resolved())
    assert not (here / "work_dirs").exists()


def test_a_module_in_the_users_directory_does_not_take_the_librarys_place(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "json.py").write_text("raise RuntimeError('not the library')")
    use_fake_trainer(monkeypatch)
    assert wait_until_over(launch(resolved()), PATIENCE_S).state == "finished"


@pytest.mark.usefixtures("here")
def test_a_supervisor_that_does_not_start_is_an_error_that_names_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launching, "PYTHON", (sys.executable, "-c", "raise SystemExit('broken')"))
    with pytest.raises(RunError, match=r"did not start; .*console\.log says why"):
        launch(resolved())


@pytest.mark.usefixtures("here")
def test_a_resumed_run_goes_on_with_what_was_typed_anew_and_keeps_the_older_config(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = stopped_run(monkeypatch)
    use_fake_trainer(monkeypatch)
    resume(run.path, [Layer("--set", {"training.epochs": "7"})], command="slt runs resume x")
    assert wait_until_over(run, PATIENCE_S).state == "finished"
    assert run.read_config()["training"]["epochs"] == 7
    assert run.read_config()["about"]["command"] == "slt runs resume x"
    older = json.loads((run.path / "config.1.json").read_text())
    assert older["about"]["command"] == "slt train --config run.yaml"


def test_a_run_resumed_from_elsewhere_reads_its_relative_paths_where_it_began(
    here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = RunDir(stopped_run(monkeypatch).path.absolute())
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    use_fake_trainer(monkeypatch)
    resume(run.path, [])
    assert run.read_config()["about"]["cwd"] == str(here)
    assert wait_until_over(run, PATIENCE_S).state == "finished"


@pytest.mark.usefixtures("here")
def test_a_wish_to_stop_from_before_does_not_stop_a_resumed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run = stopped_run(monkeypatch)
    request_stop(run)
    use_fake_trainer(monkeypatch)
    resume(run.path, [])
    assert wait_until_over(run, PATIENCE_S).state == "finished"


@pytest.mark.usefixtures("here")
def test_a_run_that_is_running_cannot_be_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    use_fake_trainer(monkeypatch, *LONG)
    run = launch(resolved())
    wait_for(lambda: has_stepped(run))
    with pytest.raises(RunError, match="another process is training here"):
        resume(run.path, [])
    assert standing(run).state == "running"


@pytest.mark.usefixtures("here")
def test_a_run_without_a_checkpoint_cannot_be_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    use_fake_trainer(monkeypatch)
    run = launch(resolved())
    wait_until_over(run, PATIENCE_S)
    with pytest.raises(RunError, match=r"last\.pt: missing, so there is nothing to go on from"):
        resume(run.path, [])


@pytest.mark.usefixtures("here")
def test_a_setting_that_a_resumed_run_keeps_is_refused_and_nothing_is_touched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = stopped_run(monkeypatch)
    before = listing(run.path)
    with pytest.raises(ConfigError, match=r"optim\.lr"):
        resume(run.path, [Layer("--set", {"optim.lr": "0.5"})])
    assert listing(run.path) == before


def test_an_engine_command_in_front_gives_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "ENGINE", (sys.executable, "-c", "import sys; sys.exit(int(sys.argv[1]))"))
    assert [run_engine([code]) for code in ("0", "3")] == [0, 3]
    monkeypatch.setattr(launching, "ENGINE", (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))
    assert run_engine([]) == 137


def test_ctrl_c_during_an_engine_command_is_the_commands_to_answer() -> None:
    child = (
        "import signal, sys, time; signal.signal(signal.SIGINT, lambda *_: sys.exit(42)); "
        "print(flush=True); time.sleep(60)"
    )
    parent = (
        "import sys; from slt_tui import launch; "
        f"launch.ENGINE = (sys.executable, '-c', {child!r}); sys.exit(launch.run_engine([]))"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE_S) == 42

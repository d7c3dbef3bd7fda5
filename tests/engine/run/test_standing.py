"""What a reader concludes from status.json, exit.json and the processes."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from slt_engine.run.directory import RunDir
from slt_engine.run.standing import LOST_AFTER_S, standing
from slt_engine.run.status import read_status, write_exit, write_status
from tests.support.fake_runs import ALIVE, NOBODY, exit_of, made, status_by

ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=2) | some.dictionaries(some.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)
ELSEWHERE = replace(ALIVE, host="another-machine")


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    return made(tmp_path / "run")


def test_a_run_without_a_word_is_created(run: RunDir) -> None:
    now = standing(run)
    assert (now.state, now.process, now.is_over) == ("created", None, False)


def test_a_run_whose_trainer_has_not_spoken_yet_is_created_and_at_work(run: RunDir) -> None:
    write_exit(run, exit_of(ALIVE, ALIVE))
    now = standing(run)
    assert (now.state, now.process, now.is_over) == ("created", ALIVE, False)


@pytest.mark.parametrize("state", ["starting", "running", "stopping"])
def test_a_living_trainer_is_believed(run: RunDir, state: str) -> None:
    write_status(run, status_by(ALIVE, state=state))
    write_exit(run, exit_of(ALIVE, ALIVE))
    now = standing(run)
    assert (now.state, now.message, now.is_over) == (state, "", False)


def test_running_there_and_a_signal_here_is_failed_with_the_signals_name(run: RunDir) -> None:
    write_status(run, status_by(NOBODY))
    write_exit(run, exit_of(NOBODY, NOBODY, ended=time.time(), signal="SIGKILL"))
    now = standing(run)
    assert (now.state, now.message, now.signal, now.exit_code) == (
        "failed",
        "killed by SIGKILL",
        "SIGKILL",
        137,
    )


@pytest.mark.parametrize("code", [0, 1, 137])
def test_running_there_and_a_code_here_is_failed(run: RunDir, code: int) -> None:
    write_status(run, status_by(NOBODY))
    write_exit(run, exit_of(NOBODY, NOBODY, ended=time.time(), code=code))
    now = standing(run)
    assert (now.state, now.exit_code) == ("failed", code)
    assert f"exit code {code}" in now.message


def test_an_end_before_the_first_word_is_failed(run: RunDir) -> None:
    write_exit(run, exit_of(NOBODY, NOBODY, ended=time.time(), signal="SIGSEGV"))
    assert (standing(run).state, standing(run).exit_code) == ("failed", 139)


@pytest.mark.parametrize(("state", "code"), [("finished", 0), ("stopped", 130), ("failed", 1)])
def test_a_last_word_stands_and_the_supervisor_adds_the_code(run: RunDir, state: str, code: int) -> None:
    write_status(run, status_by(NOBODY, state=state, message="why"))
    write_exit(run, exit_of(NOBODY, NOBODY, ended=time.time(), code=code))
    now = standing(run)
    assert (now.state, now.message, now.exit_code, now.is_over) == (state, "why", code, True)


def test_a_last_word_under_a_living_supervisor_is_an_end_to_come(run: RunDir) -> None:
    write_status(run, status_by(ALIVE, state="finished"))
    write_exit(run, exit_of(ALIVE, ALIVE))
    now = standing(run)
    assert (now.state, now.is_ending, now.is_over, now.message) == ("finished", True, False, "")


def test_without_its_supervisor_the_exit_code_of_an_ended_run_is_unknown(run: RunDir) -> None:
    write_status(run, status_by(NOBODY, state="finished"))
    write_exit(run, exit_of(NOBODY, NOBODY))
    now = standing(run)
    assert (now.state, now.exit_code, now.is_over) == ("finished", None, True)
    assert "exit code is unknown" in now.message


def test_without_its_supervisor_a_living_trainer_goes_on_and_readers_say_so(run: RunDir) -> None:
    write_status(run, status_by(ALIVE))
    write_exit(run, exit_of(ALIVE, NOBODY))
    now = standing(run)
    assert (now.state, now.is_over) == ("running", False)
    assert "exit code will be unknown" in now.message


def test_a_trainer_that_vanished_with_its_supervisor_is_lost(run: RunDir) -> None:
    write_status(run, status_by(NOBODY))
    write_exit(run, exit_of(NOBODY, NOBODY))
    assert (standing(run).state, standing(run).is_over) == ("lost", True)


def test_a_trainer_that_vanished_under_a_living_supervisor_is_not_lost_yet(run: RunDir) -> None:
    write_status(run, status_by(NOBODY))
    write_exit(run, exit_of(NOBODY, ALIVE))
    assert standing(run).state == "running"


def test_a_trainer_started_by_hand_needs_no_supervisor(run: RunDir) -> None:
    write_status(run, status_by(ALIVE))
    assert (standing(run).state, standing(run).message) == ("running", "")
    write_status(run, status_by(NOBODY))
    assert standing(run).state == "lost"


def test_a_pid_that_another_process_has_now_does_not_make_a_run_alive(run: RunDir) -> None:
    write_status(run, status_by(replace(ALIVE, started=ALIVE.started - 100)))
    assert standing(run).state == "lost"


def test_a_run_of_before_the_last_boot_is_lost(run: RunDir) -> None:
    write_status(run, status_by(replace(ALIVE, boot_id="another boot")))
    assert standing(run).state == "lost"


def test_a_trainer_on_another_machine_is_believed_while_its_heart_beats(run: RunDir) -> None:
    write_status(run, status_by(ELSEWHERE))
    write_exit(run, exit_of(ELSEWHERE, ELSEWHERE))
    now = standing(run)
    assert (now.state, now.message) == ("running", "on another-machine")


def test_a_trainer_on_another_machine_is_lost_when_its_heart_has_not_beaten_for_long(run: RunDir) -> None:
    silent = time.time() - LOST_AFTER_S - 60
    write_status(run, replace(status_by(ELSEWHERE), heartbeat=silent))
    now = standing(run)
    assert (now.state, now.message) == ("lost", "no heartbeat from another-machine for 6 min")


def test_a_living_trainer_without_a_heartbeat_is_remarked_on(run: RunDir) -> None:
    write_status(run, replace(status_by(ALIVE), heartbeat=time.time() - 600))
    assert (standing(run).state, standing(run).message) == ("running", "no heartbeat for 10 min")


def test_a_resumed_run_is_starting_while_the_status_is_an_earlier_trainers(run: RunDir) -> None:
    write_status(run, replace(status_by(NOBODY, state="stopped"), heartbeat=time.time() - 3600))
    write_exit(run, replace(exit_of(ALIVE, ALIVE), started=time.time()))
    now = standing(run)
    assert (now.state, now.process, now.is_over) == ("starting", ALIVE, False)
    assert now.status is not None
    assert now.status.step == 15


def test_a_resumed_run_that_died_before_its_first_word_has_failed(run: RunDir) -> None:
    earlier = replace(NOBODY, pid=NOBODY.pid + 1)
    write_status(run, replace(status_by(earlier, state="finished"), heartbeat=time.time() - 3600))
    write_exit(run, exit_of(NOBODY, NOBODY, started=time.time() - 9, ended=time.time(), code=1))
    assert (standing(run).state, standing(run).exit_code) == ("failed", 1)


def test_an_older_supervisors_word_is_not_about_a_trainer_started_by_hand_since(run: RunDir) -> None:
    hour_ago = time.time() - 3600
    write_exit(run, exit_of(NOBODY, NOBODY, started=hour_ago - 60, ended=hour_ago, signal="SIGKILL"))
    write_status(run, status_by(ALIVE))
    now = standing(run)
    assert (now.state, now.exit_code, now.signal) == ("running", None, None)


def test_a_trainer_below_a_launcher_is_the_supervisors(run: RunDir) -> None:
    launcher = replace(NOBODY, pid=NOBODY.pid + 1)
    write_status(run, status_by(NOBODY))
    write_exit(run, exit_of(launcher, NOBODY, ended=time.time() + 1, signal="SIGTERM"))
    assert (standing(run).state, standing(run).signal) == ("failed", "SIGTERM")


def test_unknown_keys_are_passed_over(run: RunDir) -> None:
    document = {**asdict(status_by(ALIVE)), "mood": "good"}
    run.status.write_text(json.dumps(document))
    assert read_status(run) == replace(read_status(run) or status_by(NOBODY), message="")
    assert standing(run).state == "running"


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"state": "running"', '{"state": "running"}', '{"state": "lost", "pid": 1}', '{"pid": "x"}'],
)
def test_a_status_that_makes_no_sense_is_no_status(run: RunDir, text: str) -> None:
    run.status.write_text(text)
    assert read_status(run) is None
    assert standing(run).state == "created"


def test_a_heartbeat_that_is_no_number_makes_no_status(run: RunDir) -> None:
    run.status.write_text(json.dumps({**asdict(status_by(ALIVE)), "heartbeat": None}))
    assert read_status(run) is None


@given(data=some.data())
@settings(max_examples=150, deadline=None)
def test_no_document_whatsoever_stops_a_reader(
    tmp_path_factory: pytest.TempPathFactory, data: some.DataObject
) -> None:
    run = RunDir(tmp_path_factory.mktemp("run"))
    for path, document in ((run.status, asdict(status_by(ALIVE))), (run.exit, asdict(exit_of(ALIVE, ALIVE)))):
        damaged = data.draw(some.dictionaries(some.sampled_from(sorted(document)), ANYTHING, max_size=3))
        path.write_text(json.dumps({**document, **damaged}))
    assert standing(run).state

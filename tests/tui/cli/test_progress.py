"""Live progress: a pleasure on a terminal, plain lines elsewhere, and a graceful end by Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
import pytest
from rich.console import Console

from slt_engine.run.directory import RunDir
from slt_engine.run.standing import Standing, standing
from slt_engine.run.stopping import kill_run, wait_until_over
from slt_tui.cli.progress.display import follow
from slt_tui.cli.progress.sentences import epoch_sentence, step_sentence
from slt_tui.cli.progress.view import EpochTable, LiveView
from slt_tui.progress import Progress
from slt_tui.watch import News
from tests.support.fake_runs import ALIVE, has_stepped, start_fake, status_by, trainer_of
from tests.support.fake_trainer import epoch_row
from tests.support.runs import wait_for

PATIENCE_S = 20.0
LONG = ("--epochs", "2", "--steps", "100000")
FOREGROUND = ("-m", "tests.support.foreground")
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunDir]:
    run = RunDir(tmp_path / "run")
    yield run
    if run.config.exists():
        kill_run(run)


def on_a_terminal(run: RunDir, *options: str, **environment: str) -> pexpect.spawn:
    return pexpect.spawn(
        sys.executable,
        [*FOREGROUND, str(run.path), *options],
        cwd=str(REPOSITORY),
        env={**os.environ, "TERM": "xterm", **environment},
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=PATIENCE_S,
    )


def end_of(terminal: pexpect.spawn) -> tuple[int | None, str]:
    """The exit code, and what was written since the last expectation."""
    text = str(terminal.read())
    terminal.close()
    return terminal.exitstatus, text


def has_said(run: RunDir, line: str) -> bool:
    return f"{line}\n" in run.console_log.read_text()


def without_codes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_a_terminal_shows_every_epoch_and_how_it_ended(run: RunDir) -> None:
    code, text = end_of(on_a_terminal(run, "--epochs", "3", "--steps", "20", "--step-s", "0.02"))
    assert code == 0
    lines = without_codes(text).replace("\r", "\n").split("\n")
    shown = [line.split()[0] for line in lines if re.match(r" +\d/3 ", line)]
    assert shown == ["1/3", "2/3", "3/3"]
    assert any(re.search(r"▶ running  epoch \d/3  ━.* %", line) for line in lines)
    assert any(re.search(r"steps/s   loss [▁▂▃▄▅▆▇█]+ ", line) for line in lines)
    assert any(
        line.startswith("finished at epoch 3, step 60, best CER 16.7 % (epoch 3), in 0:0") for line in lines
    )


def test_ctrl_c_stops_gracefully_with_a_checkpoint_and_130(run: RunDir) -> None:
    terminal = on_a_terminal(run, *LONG)
    terminal.expect("running")
    terminal.sendintr()
    code, text = end_of(terminal)
    assert code == 130
    assert "stopping: finishing the step and saving last.pt (Ctrl-C again: SIGTERM)" in without_codes(text)
    assert f"go on from its last checkpoint: slt runs resume {run.path}" in text
    assert run.last.exists()


def test_ctrl_c_three_times_kills_a_trainer_that_does_not_listen(run: RunDir) -> None:
    terminal = on_a_terminal(run, *LONG, "--deaf")
    terminal.expect("running")
    for words, heard in (("finishing the step", "SIGINT"), ("sent SIGTERM", "SIGTERM")):
        terminal.sendintr()
        terminal.expect(words)
        wait_for(partial(has_said, run, f"heard {heard}"))
    terminal.sendintr()
    terminal.expect("sending SIGKILL")
    code, text = end_of(terminal)
    assert code == 137
    assert "killed by SIGKILL" in text
    assert run.console_log.read_text() == "heard SIGINT\nheard SIGTERM\n"


def test_closing_the_terminal_leaves_the_run_going(run: RunDir) -> None:
    terminal = on_a_terminal(run, *LONG)
    terminal.expect("running")
    terminal.close(force=True)
    before = standing(run).status
    assert before is not None
    wait_for(lambda: (now := standing(run).status) is not None and now.step > before.step + 10)
    assert standing(run).state == "running"


def test_sigterm_is_passed_on_and_gives_143(run: RunDir) -> None:
    words = [sys.executable, *FOREGROUND, str(run.path), *LONG]
    process = subprocess.Popen(words, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while process.stderr.readline() != "running\n":
        pass
    process.send_signal(signal.SIGTERM)
    assert "asked to by SIGTERM" in process.communicate(timeout=PATIENCE_S)[1]
    assert process.returncode == 143


def test_into_a_pipe_go_plain_lines(run: RunDir, capfd: pytest.CaptureFixture[str]) -> None:
    assert follow(start_fake(run.path)) == 0
    out, err = capfd.readouterr()
    assert out == ""
    assert "\x1b" not in err
    assert [line for line in err.splitlines() if line.startswith("epoch")] == [
        "epoch 1/2: train loss 2.000, val loss 2.500, CER 50.0 %, WER 100.0 %, BLEU 10.0, chrF 12.0, 0:02, best",
        "epoch 2/2: train loss 1.000, val loss 1.250, CER 25.0 %, WER 50.0 %, BLEU 20.0, chrF 24.0, 0:02, best",
    ]


def test_a_failure_shows_the_end_of_the_log_and_where_the_rest_is(
    run: RunDir, capfd: pytest.CaptureFixture[str]
) -> None:
    assert follow(start_fake(run.path, "--die", "3")) == 3
    lines = capfd.readouterr().err.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("failed"))
    assert lines[place].endswith(": ended with exit code 3, with no last word")
    assert lines[place + 1 :] == [
        "  | Traceback (most recent call last):",
        "  | RuntimeError: the model is on fire",
        f"  the rest: {run.console_log}",
    ]


def test_a_kill_from_outside_says_what_it_often_means(run: RunDir, capfd: pytest.CaptureFixture[str]) -> None:
    start_fake(run.path, *LONG)
    wait_for(lambda: has_stepped(run))
    os.kill(trainer_of(run).pid, signal.SIGKILL)
    wait_until_over(run, PATIENCE_S)
    assert follow(run) == 137
    assert "when memory runs out" in capfd.readouterr().err


def test_where_there_is_neither_colour_nor_utf_8_the_display_is_ascii(run: RunDir) -> None:
    terminal = on_a_terminal(run, "--steps", "10", "--step-s", "0.05", NO_COLOR="1", PYTHONIOENCODING="ascii")
    code, text = end_of(terminal)
    assert code == 0
    assert text.isascii()
    assert re.search(r"> running  epoch \d/2  #+\.+ ", without_codes(text))
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", text)


def progress_with(**changes: Any) -> Progress:
    """Progress half-way through a run, as if followed for some steps."""
    status = replace(status_by(ALIVE), epoch=2, epochs=4, step=20, steps=40, **changes)
    now = Standing("running", status=status, process=ALIVE)
    rows: list[dict[str, Any]] = [
        {"step": step, "epoch": 2, "time": status.progressed - 20 + step, "loss": 4 / step, "perplexity": 1.5}
        for step in range(1, 21)
    ]
    progress = Progress()
    progress.take(News(now, steps=rows))
    return progress


def drawn(progress: Progress, *, width: int) -> list[str]:
    console = Console(width=width, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(LiveView(progress, "a hint"))
    return capture.get().rstrip("\n").split("\n")


@pytest.mark.parametrize("width", [30, 60, 80, 160])
def test_the_display_leaves_room_for_what_the_terminal_echoes(width: int) -> None:
    progress = progress_with()
    progress.sample = {"kind": "sample", "reference": "una frase muy larga " * 20, "hypothesis": "x" * 200}
    lines = drawn(progress, width=width)
    assert len(lines) == 4
    assert max(map(len, lines)) <= width - 3


def test_the_bar_is_half_full_half_way() -> None:
    headline = drawn(progress_with(), width=80)[0]
    assert abs(headline.count("━") - headline.count("─")) <= 1
    assert " 50 %" in headline


def test_a_step_does_not_fall_back_to_an_older_heartbeat() -> None:
    progress = progress_with()
    status = progress.standing.status
    assert status is not None
    progress.take(
        News(replace(progress.standing, status=replace(status, step=15, progressed=status.progressed - 5)))
    )
    assert progress.step == 20


def test_a_run_that_says_nothing_yet_is_drawn_all_the_same() -> None:
    progress = Progress()
    progress.take(News(Standing("created", process=ALIVE)))
    assert drawn(progress, width=80)[0].startswith("◌ created")


def test_numbers_that_are_none_are_drawn_as_nothing() -> None:
    progress = progress_with()
    progress.take(
        News(progress.standing, steps=[{"step": 21, "time": 1e12, "loss": None, "perplexity": None}])
    )
    assert "loss" not in drawn(progress, width=80)[1]
    row = {"epoch": 1, "train": {"loss": None}, "val": 3, "epoch_time_s": None}
    assert epoch_sentence(row, 4) == "epoch 1/4: train loss -"
    assert EpochTable(row, 4).line(row).plain.split() == ["1/4", "-", "-", "-"]


def test_a_score_that_only_some_epochs_have_gets_its_column_when_it_comes() -> None:
    without, with_scores = {"epoch": 1, "val": {"loss": 1.0}}, epoch_row(2, 20)
    table = EpochTable(without, 4)
    assert not table.has_room_for(with_scores)
    assert EpochTable(with_scores, 4).has_room_for(without)


def test_the_columns_stand_under_their_headings_within_80() -> None:
    row = epoch_row(12, 120)
    row["val"] = {**row["val"], "gloss_wer": 1.067}  # type: ignore[dict-item]
    table = EpochTable(row, 40)
    heading, line = table.heading().plain, table.line(row).plain
    assert len(line) <= 80
    assert [found.end() for found in re.finditer(r"val loss|gloss WER|\S+", heading)] == [
        found.end() for found in re.finditer(r"[\d.]+ %|[\d./:]+", line)
    ]


def test_a_sentence_on_the_steps_has_pace_and_time_left() -> None:
    progress = progress_with()
    status = progress.standing.status
    assert status is not None
    assert step_sentence(progress, status.progressed) == "step 20/40, loss 0.2, 1 steps/s, 0:20 left"


def test_a_resumed_run_that_starts_says_nothing_of_its_pace() -> None:
    progress = Progress()
    told = status_by(ALIVE)
    began = told.progressed
    for state, step, after_s in (("starting", 0, 0.0), ("running", 41, 0.1), ("running", 42, 1.1)):
        status = replace(told, state=state, step=step, progressed=began + after_s)  # type: ignore[arg-type]
        progress.take(News(Standing("running", status=status, process=ALIVE)))
    assert progress.pace.steps_per_s == pytest.approx(1.0)

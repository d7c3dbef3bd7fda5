"""A dry run in an engine process of its own: what a run would take, before there is one."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from slt_engine.config import ConfigError, check_paths, config_document
from slt_engine.config.resolution import Resolved
from slt_engine.run.directory import RunDir
from slt_tui.launch import ENGINE
from slt_tui.readable import clock, number, size

Report = dict[str, Any]
FAILED = 1


class DryRunError(Exception):
    """A dry run could not go to its end; ``problems`` in one line each, ``code`` to leave with."""

    def __init__(self, problems: list[str], code: int) -> None:
        super().__init__("\n".join(problems))
        self.problems, self.code = problems, code


class DryRun:
    """Begun by ``report``, which waits for its end; ``cancel`` may be called from another thread."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._process: subprocess.Popen[str] | None = None
        self._is_cancelled = False

    def report(self, tell: Callable[[str], None]) -> Report:
        """What the run would take; ``tell`` hears what is being done. Raises ConfigError, RunError, DryRunError."""
        RunDir(self._resolved.config.data.work_dir).refuse_if_taken()
        if problems := check_paths(self._resolved.config, self._resolved.origin):
            raise ConfigError(problems)
        with tempfile.TemporaryDirectory(prefix="slt-dry-run-") as folder:
            settings = Path(folder) / "config.json"
            document = config_document(self._resolved, {"cwd": str(Path.cwd())})
            settings.write_text(json.dumps(document), encoding="utf-8")
            with (Path(folder) / "answer").open("w+", encoding="utf-8") as answer:
                code, told = self._run(settings, answer, tell)
                answer.seek(0)
                return _read(answer.read(), code, told)

    def cancel(self) -> None:
        """End it at once."""
        self._is_cancelled = True
        if self._process is not None:
            self._process.kill()

    def _run(self, settings: Path, answer: IO[str], tell: Callable[[str], None]) -> tuple[int, list[str]]:
        told = []
        command = [*ENGINE, "dry-run", str(settings)]
        place = {
            **os.environ,
            "TMPDIR": str(settings.parent),
        }  # what it leaves when it is killed goes with ours
        with subprocess.Popen(
            command, stdout=answer, stderr=subprocess.PIPE, text=True, env=place
        ) as process:
            self._process = process
            if self._is_cancelled:
                process.kill()
            assert process.stderr is not None
            try:
                for line in filter(None, map(str.rstrip, process.stderr)):
                    told.append(line)
                    tell(line)
                return process.wait(), told
            finally:
                process.kill()


def _read(answer: str, code: int, told: list[str]) -> Report:
    try:
        report = json.loads(answer)
    except ValueError:
        report = None
    if code == 0 and isinstance(report, dict):
        return report
    if isinstance(report, dict) and "problems" in report:
        raise DryRunError(list(report["problems"]), code)
    last = f": {told[-1]}" if told else ""
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    raise DryRunError([f"the dry run ended by {how}{last}"], FAILED)


def report_rows(report: Report) -> list[tuple[str, str]]:
    """A report as two columns for people."""
    return [*_what(report), *_how_long(report), *_remarks(report)]


def _what(report: Report) -> Iterator[tuple[str, str]]:
    clips, vocabulary = report["clips"], report["vocabulary"]
    yield "clips", f"{clips['train']:,} to train on, {clips['val']:,} to validate"
    glosses = f", {vocabulary['glosses']:,} glosses" if vocabulary["glosses"] else ""
    yield "vocabulary", f"{vocabulary['tokens']:,} tokens{glosses}"
    whole = {"all": report["parameters"]["all"], **report["parameters"]}
    for part, count in whole.items():
        frozen = "" if count["trainable"] == count["total"] else f", {count['trainable']:,} of them trained"
        yield ("parameters" if part == "all" else f"  {part}"), f"{count['total']:,}{frozen}"
    batch = report["batch"]
    shapes = ", ".join(f"{name} {'x'.join(map(str, shape))}" for name, shape in batch["shapes"].items())
    yield "largest batch", f"{batch['clips']} clips of {batch['frames']} frames ({shapes})"
    yield "computed on", f"{report['device']} in {report['precision']}, {report['threads']} threads"


def _how_long(report: Report) -> Iterator[tuple[str, str]]:
    memory, step = report["memory"], report["step"]
    whose = "the GPU" if memory["of"] == "gpu" else "this machine"
    share = 100 * memory["peak_bytes"] / memory["total_bytes"]
    yield "memory", f"{size(memory['peak_bytes'])}, {share:.0f} % of {whose}'s {size(memory['total_bytes'])}"
    usual = report["usual_batch"]
    yield (
        "time per step",
        f"{1000 * step['median_s']:.0f} ms over {usual['clips']} clips of {usual['frames']} frames"
        f", {1000 * step['data_s']:.1f} ms to read them",
    )
    yield "first step", f"{1000 * step['first_s']:.0f} ms, loss {_loss(report)}"
    yield "an epoch", f"{report['steps_per_epoch']:,} steps, about {clock(report['epoch_s'])}"
    whole = f"{report['epochs']:,} epochs, {report['steps']:,} steps"
    yield "the run", f"{whole}, about {clock(report['run_s'])}; decoding is not counted"


def _remarks(report: Report) -> Iterator[tuple[str, str]]:
    yield from (("warning", line) for line in report["warnings"])


def _loss(report: Report) -> str:
    return "not finite" if report["loss"] is None else number(report["loss"])

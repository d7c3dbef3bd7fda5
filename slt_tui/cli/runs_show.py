"""What `slt runs show` prints: where a run stands, its scores, what was set, its files."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from slt_engine.config.layers import SECTIONS
from slt_engine.run.directory import RunDir, RunError
from slt_engine.run.journal import last_row
from slt_engine.run.notes import Notes, read_notes
from slt_tui.cli.output import answer, answer_json
from slt_tui.readable import LOOKS, age, clock, finite, score, size, title
from slt_tui.summary import RunSummary, as_document, summarise
from slt_tui.terminal import columns, has_colours, has_unicode, painted

_SHOWN = ("loss", "perplexity", "cer", "wer", "bleu", "chrf", "gloss_wer")
_PARTS = ("train", "val")
_FILES = 40


def print_run(run: RunDir, *, as_json: bool) -> None:
    """Print everything about a run that fits on a page."""
    summary, config, row, notes = summarise(run), _config(run), last_row(run.metrics), read_notes(run)
    if as_json:
        told = {"overrides": config.get("overrides", []), "about": config.get("about", {})}
        noted = {"tags": list(notes.tags), "note": notes.note}
        answer_json({**as_document(summary), **noted, "metrics": row, **told, "files": dict(_files(run))})
        return
    for line in _page(summary, notes, config, row or {}):
        answer(line)


def _page(summary: RunSummary, notes: Notes, config: dict[str, Any], row: dict[str, Any]) -> Iterator[str]:
    yield from _head(summary, notes, config)
    if any(isinstance(row.get(part), dict) for part in _PARTS):
        yield from ("", _bold(f"Epoch {row.get('epoch')}"))
        yield from _columns(_scores(row))
    else:
        yield from _numbers(summary.run)
    if config:
        yield from _what_was_set(config)
    files = list(_files(summary.run))
    yield from ("", _bold(f"Files in {summary.run.path}"))
    yield from _columns([(name, size(amount)) for name, amount in files[:_FILES]])
    if len(files) > _FILES:
        yield f"  and {len(files) - _FILES} more"


def _head(summary: RunSummary, notes: Notes, config: dict[str, Any]) -> Iterator[str]:
    now, status, best = summary.standing, summary.standing.status, summary.best
    look = LOOKS[now.state]
    state = f"{look.glyph if has_unicode(sys.stdout) else look.ascii} {now.state}"
    state = painted(state, look.colour) if has_colours(sys.stdout) else state
    yield f"{_bold(summary.run.name)}  {state}" + (f": {now.message}" if now.message else "")
    facts: list[tuple[str, str]] = []
    if status:
        step = f"{status.step:,}" + (f" of {status.steps:,}" if status.steps else "")
        facts.append(("progress", f"epoch {status.epoch} of {status.epochs}, step {step}"))
    if best:
        facts.append(
            ("best", f"{title(best['metric'])} {score(best['metric'], best['value'])}, epoch {best['epoch']}")
        )
    facts.append(("last sign", f"{age(summary.age_s(time.time()))} ago".replace("now ago", "just now")))
    if now.started:
        facts.append(("started", _moment(now.started) + _took(now.started, now.ended)))
    if now.process and now.process.pid > 0:
        facts.append(("process", f"{now.process.pid} on {now.process.host}"))
    if now.exit_code is not None:
        facts.append(("exit code", f"{now.exit_code}" + (f" ({now.signal})" if now.signal else "")))
    if isinstance(config.get("about"), dict) and config["about"].get("command"):
        facts.append(("command", str(config["about"]["command"])))
    if notes.tags:
        facts.append(("tags", " ".join(notes.tags)))
    facts += [("" if number else "note", line) for number, line in enumerate(notes.note.splitlines())]
    yield from _columns(facts)


def _numbers(run: RunDir) -> Iterator[str]:
    """The latest values of whatever there is, where no epoch has been written as ours are."""
    from slt_tui.numbers import loaded

    series = loaded(run.path)
    values = [(key, value) for key in series.keys if (value := series.latest(key)) is not None]
    if values:
        yield from ("", _bold("Latest numbers"))
    shown = values[:_FILES]
    yield from _columns(
        (f"{key.part} {title(key.metric)}".strip(), score(key.metric, value)) for key, value in shown
    )
    if len(values) > len(shown):
        yield f"  and {len(values) - len(shown)} more"


def _scores(row: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    parts = {name: part for name in _PARTS if isinstance(part := row.get(name), dict)}
    yield ("", *parts)
    others = {name: None for part in parts.values() for name in part if not name.startswith("loss_")}
    for name in dict.fromkeys((*_SHOWN, *others)):
        if any(finite(part.get(name)) is not None for part in parts.values()):
            yield (title(name), *(score(name, part.get(name)) for part in parts.values()))


def _what_was_set(config: dict[str, Any]) -> Iterator[str]:
    if not any(name in config for name in ("overrides", *SECTIONS)):
        return
    overrides = [entry for entry in config.get("overrides", []) if isinstance(entry, dict)]
    heading = "Settings that differ from the defaults" if overrides else "All settings are the defaults"
    yield from ("", _bold(heading))
    yield from _settings(overrides)


def _settings(overrides: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A table; on a terminal that is too narrow for it, the settings of each source below its name."""
    lines = list(_columns(_overrides(overrides)))
    if not sys.stdout.isatty() or max(map(len, lines), default=0) <= columns():
        yield from lines
        return
    for source in dict.fromkeys(str(entry.get("source") or "") for entry in overrides):
        yield f"  by {source}" if source else "  by nobody known"
        mine = [entry for entry in overrides if str(entry.get("source") or "") == source]
        yield from (f"  {line}" for line in _columns((key, value) for key, value, *_ in _overrides(mine)))


def _overrides(overrides: Iterable[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for entry in overrides:
        default, source = _text(entry.get("default")), str(entry.get("source") or "")
        yield (str(entry.get("key")), _text(entry.get("value")), f"default {default}", source)


def _files(run: RunDir) -> Iterator[tuple[str, int]]:
    """Every file by its path within the run, and its size."""
    for folder, folders, names in os.walk(run.path):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file():
                yield str(path.relative_to(run.path)), path.stat().st_size


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    table = list(rows)
    count = max(map(len, table), default=0)
    widths = [
        max((len(row[place]) for row in table if place < len(row)), default=0) for place in range(count)
    ]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield "  " + "   ".join(cells).rstrip()


def _config(run: RunDir) -> dict[str, Any]:
    try:
        return run.read_config()
    except RunError:
        return {}


def _text(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _took(started: float, ended: float | None) -> str:
    return f", took {clock(ended - started)}" if ended else f", {clock(time.time() - started)} ago"


def _bold(text: str) -> str:
    return painted(text, "bold") if has_colours(sys.stdout) else text

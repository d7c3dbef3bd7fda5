"""`slt doctor`: what this machine has for training, and the fix for what it has not."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from slt_tui.cli.light import LightCommand
from slt_tui.cli.output import answer, answer_json
from slt_tui.doctor.finding import Finding
from slt_tui.readable import Look
from slt_tui.roots import roots
from slt_tui.terminal import has_colours, has_unicode, painted

app = typer.Typer()

LOOKS = {
    "ok": Look("✔", "+", "green"),
    "off": Look("·", "-", "bright_black"),
    "warn": Look("!", "!", "yellow"),
    "fail": Look("✘", "x", "red"),
}


@app.command("doctor", cls=LightCommand)
def doctor(
    root: Annotated[
        Path | None,
        typer.Option(
            "--root", metavar="DIR", help="Where runs are kept.", show_default="SLT_ROOTS, else work_dirs"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")] = False,
) -> None:
    """Check Python, torch, GPU, memory, disk and terminal, each with its fix; exit 1 if something fails."""
    from slt_tui.doctor.examination import examine

    findings = examine(root or roots()[0])
    if as_json:
        told = list(findings)
        answer_json([finding._asdict() for finding in told])
    else:
        told = print_findings(findings)
    raise typer.Exit(1 if any(finding.state == "fail" for finding in told) else 0)


def print_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Print each finding as it comes, its fix below it."""
    told = []
    for finding in findings:
        look = LOOKS[finding.state]
        glyph = look.glyph if has_unicode(sys.stdout) else look.ascii
        state = f"{glyph} {finding.state:4}"
        state = painted(state, look.colour) if has_colours(sys.stdout) else state
        answer(f"{state}  {finding.check:13}  {finding.what}")
        if finding.fix:
            answer(f"{'':21}  {'→' if has_unicode(sys.stdout) else '->'} {finding.fix}")
        sys.stdout.flush()
        told.append(finding)
    return told

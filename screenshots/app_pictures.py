"""Drives the real app through the scenes, by its keys, and keeps each as SVG, and those of the README as PNG."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import resvg_py
from textual.pilot import Pilot

from screenshots.runs import HOME, ROOT
from screenshots.scenes import SCENES, SIZES, Scene
from slt_engine.run.directory import list_runs
from slt_tui.app import Workbench
from slt_tui.summary import summarise

FONT = "DejaVu Sans Mono"  # has braille and the glyphs of states
_AFTER_S = 300.0  # the pictures are of that long after the last run's end
_STILL, _LOOK_S, _PATIENCE_S = 4, 0.1, 6.0


def draw_app(where: Path, names: Iterable[str]) -> None:
    """Write a picture of every scene, or of those that are named, in both sizes."""
    os.chdir(HOME)
    stop_the_clock()
    for name in names or SCENES:
        for columns, rows in SIZES:
            svg = asyncio.run(drawn(SCENES[name], columns, rows))
            path = where / f"{name}-{columns}x{rows}.svg"
            path.write_text(svg, encoding="utf-8")
            if SCENES[name].is_in_readme:
                path.with_suffix(".png").write_bytes(png_of(svg))
            print(path)


def stop_the_clock() -> None:
    """Ages are counted from the runs' ends, so that a picture drawn again is the same."""
    now = max(summarise(run).touched for run in list_runs([ROOT])) + _AFTER_S
    time.time = lambda: now


async def drawn(scene: Scene, columns: int, rows: int) -> str:
    """The SVG of a scene."""
    app = Workbench([ROOT], path=scene.run)
    async with app.run_test(size=(columns, rows), notifications=True) as pilot:
        await come_to_rest(pilot)
        for key in scene.keys:
            await pilot.press(key)
            if len(key) > 1 or not key.isalpha():
                await come_to_rest(pilot)
        await come_to_rest(pilot)
        return app.export_screenshot(title="slt").replace("Fira Code", FONT)


async def come_to_rest(pilot: Pilot[None]) -> None:
    """Wait until the screen stays as it is; what plays on is not waited for long."""
    before, same, end = "", 0, time.monotonic() + _PATIENCE_S
    while same < _STILL and time.monotonic() < end:
        await pilot.pause(_LOOK_S)
        now = pilot.app.export_screenshot()
        same, before = (same + 1 if now == before else 0), now


def png_of(svg: str) -> bytes:
    """The picture in dots, drawn in a font of this machine."""
    found = subprocess.run(["fc-list", FONT], capture_output=True, text=True, check=False).stdout
    if not found.strip():
        sys.exit(
            f"no font {FONT}: it draws the README's pictures (Debian: apt install fonts-dejavu-core fontconfig)"
        )
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, monospace_family=FONT))

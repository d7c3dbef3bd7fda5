"""Every screen and its main states, as SVG; `pytest --snapshot-update` takes them anew: look at each then."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from slt_tui.app import Workbench
from tests.tui.snapshots.world import NOW, ROOT, make_world

SIZES = {"80x24": (80, 24), "160x45": (160, 45)}
STILL, LOOK_S, PATIENCE_S = 3, 0.05, 15.0


class Svg(SingleFileSnapshotExtension):
    """One file a picture, that a browser shows."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


class Scene(NamedTuple):
    """Keys that lead to a state, from the list of runs or from a run's screen."""

    keys: tuple[str, ...] = ()
    run: str = ""
    plain: bool = False
    variables: tuple[tuple[str, str], ...] = ()


SCENES = {
    "runs": Scene(),
    "runs-marked": Scene(("space", "j", "space")),
    "runs-filter": Scene(("slash", *"state:finished")),
    "runs-remove": Scene(("G", "D")),
    "runs-ascii": Scene(plain=True),
    "runs-no-colour": Scene(variables=(("NO_COLOR", "1"),)),
    "run": Scene(run="baseline"),
    "run-crosshair": Scene(("s", "s", "e", "end", "H"), run="baseline"),
    "run-translations": Scene(("2",), run="baseline"),
    "run-system": Scene(("3",), run="baseline"),
    "run-log": Scene(("4",), run="baseline"),
    "run-settings": Scene(("5",), run="baseline"),
    "run-killed": Scene(run="batch-64"),
    "run-ascii": Scene(run="baseline", plain=True),
    "new-run": Scene(("f2",)),
    "new-run-form": Scene(("C", "c"), run="baseline"),
    "new-run-review": Scene(("C", "r"), run="baseline"),
    "compare": Scene(("slash", *"state:finished", "enter", "v", "c")),
    "compare-scores": Scene(("slash", *"state:finished", "enter", "v", "c", "2")),
    "compare-settings": Scene(("slash", *"state:finished", "enter", "v", "c", "3")),
    "data": Scene(("D",), run="baseline"),
    "help": Scene(("question_mark",)),
}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs, and a clock that stands still."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    time.tzset()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "time", lambda: NOW)
    make_world()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SCENES)
def test_a_screen_looks_as_it_did(
    name: str, size: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in SCENES[name].variables:
        monkeypatch.setenv(*variable)
    assert asyncio.run(drawn(SCENES[name], SIZES[size])) == snapshot(extension_class=Svg)


async def drawn(scene: Scene, size: tuple[int, int]) -> str:
    """The scene as SVG, when nothing moves any more."""
    app = Workbench([ROOT], plain=scene.plain, path=ROOT / scene.run if scene.run else None)
    async with app.run_test(size=size) as pilot:
        await come_to_rest(pilot)
        for key in scene.keys:
            await pilot.press(key)
            await come_to_rest(pilot)
        return app.export_screenshot(title="slt")


async def come_to_rest(pilot: Pilot[None]) -> None:
    """Wait until the screen stays as it is."""
    before, same, end = "", 0, time.monotonic() + PATIENCE_S
    while same < STILL:
        await pilot.pause(LOOK_S)
        now = pilot.app.export_screenshot()
        same, before = (same + 1 if now == before else 0), now
        assert time.monotonic() < end, "it never came to rest"

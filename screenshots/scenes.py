"""What the pictures of the app show: where each begins and the keys that lead there."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

SIZES = ((80, 24), (160, 45))


class Scene(NamedTuple):
    """A state of the app: a run it is opened on, the keys pressed, one after the other, and whether README shows it."""

    keys: tuple[str, ...] = ()
    run: Path | None = None
    is_in_readme: bool = False


_DEMO, _FASTER = Path("work_dirs/demo"), Path("work_dirs/faster")
_COMPARED = ("slash", *"state:finished", "enter", "v", "c")
SCENES = {
    "runs": Scene(is_in_readme=True),
    "runs-filter": Scene(("slash", *"fast")),
    "run": Scene(("Y",), run=_DEMO, is_in_readme=True),
    "run-crosshair": Scene(("s", "s", "e", "end", "H", "H"), run=_DEMO),
    "run-metrics": Scene(("m",), run=_DEMO),
    "run-translations": Scene(("2",), run=_DEMO, is_in_readme=True),
    "run-system": Scene(("3",), run=_DEMO),
    "run-log": Scene(("4", "slash", *"epoch", "enter"), run=_DEMO),
    "run-settings": Scene(("5",), run=_DEMO),
    "run-files": Scene(("6",), run=_DEMO),
    "run-events": Scene(("7",), run=_DEMO),
    "run-stopped": Scene(run=Path("work_dirs/seed-7")),
    "run-failed": Scene(run=Path("work_dirs/batch-64")),
    "new-run": Scene(("f2",)),
    "new-run-form": Scene(("C",), run=_FASTER, is_in_readme=True),
    "new-run-search": Scene(("C", "slash", *"learning rate"), run=_FASTER),
    "new-run-review": Scene(("C", "r"), run=_FASTER),
    "compare": Scene((*_COMPARED, "Y"), is_in_readme=True),
    "compare-table": Scene((*_COMPARED, "2")),
    "compare-settings": Scene((*_COMPARED, "3")),
    "compare-translations": Scene((*_COMPARED, "4")),
    "data": Scene(("D", "enter"), run=_DEMO, is_in_readme=True),
    "help": Scene(("question_mark",), run=_DEMO),
    "palette": Scene(("ctrl+p",), run=_DEMO),
    "dialog": Scene(("D",)),
}

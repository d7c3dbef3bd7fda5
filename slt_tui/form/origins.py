"""Where a form begins: a preset, a past run, a config file, or nothing; each with a free name for the run."""

from __future__ import annotations

from pathlib import Path

from slt_engine.config import ConfigError, config_from_document
from slt_engine.config.layers import document_layer
from slt_engine.config.record import NAMES_THE_RUN
from slt_engine.config.texts import canonical, text_of
from slt_engine.run.directory import RunDir
from slt_tui.form.naming import free_work_dir
from slt_tui.form.state import Base, FormState

WORK_DIRS = Path("work_dirs")


def from_preset(name: str, root: Path = WORK_DIRS) -> FormState:
    """A preset by name or path. Raises ConfigError where it cannot be read."""
    return named(_sound(Base.read(preset=name)), root, Path(name).stem)


def from_config(path: Path, root: Path = WORK_DIRS) -> FormState:
    """A config file; the directory that it names is used where it is free. Raises ConfigError."""
    return named(_sound(Base.read(config=path)), root, path.stem)


def from_run(run: RunDir) -> FormState:
    """The settings of a run, for another one beside it. Raises RunError, ConfigError.

    Paths that the run read against another directory than ours are written out.
    """
    document = run.read_config()
    base = _sound(Base.read(config=run.config))
    state = FormState(base)
    try:
        values = config_from_document(document).values()
    except ConfigError:
        values = {}  # by another version; the form says what is wrong
    stored = document_layer(document, "").values
    cwd = str((document.get("about") or {}).get("cwd", Path.cwd()))
    if Path(cwd) != Path.cwd():
        moved = {key: value for key, value in values.items() if value != canonical(key, stored.get(key))}
        state = state.with_changes({key: text_of(value) for key, value in moved.items()})
    place = run.path.parent
    return state.with_change(NAMES_THE_RUN, str(free_work_dir(place, run.path.absolute().name)))


def from_nothing(root: Path = WORK_DIRS) -> FormState:
    """The defaults."""
    return named(Base(), root, "run")


def with_work_dir(state: FormState, root: Path = WORK_DIRS) -> FormState:
    """The same, with a directory for its run if it has none."""
    if state.text(NAMES_THE_RUN):
        return state
    return state.with_change(NAMES_THE_RUN, str(free_work_dir(root, state.base.preset or "run")))


def named(base: Base, root: Path, name: str) -> FormState:
    """A form on ``base`` whose run has a directory: the base's own if it is free, else one that is."""
    state = FormState(base)
    own = base.text(NAMES_THE_RUN)
    if own and not RunDir(Path(own)).holds_run():
        return state
    free = free_work_dir(Path(own).parent, Path(own).name) if own else free_work_dir(root, name)
    return state.with_change(NAMES_THE_RUN, str(free))


def _sound(base: Base) -> Base:
    problems = [problem for layer in base.layers for problem in layer.problems]
    if problems:
        raise ConfigError(problems)
    return base

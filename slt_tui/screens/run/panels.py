"""The views of a run: what each is called, made of, and brought up to date with."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from textual.widget import Widget

from slt_engine.run.files import read_json
from slt_tui.live_run import Changes, LiveRun
from slt_tui.load_history import devices
from slt_tui.palette import series_colour
from slt_tui.run_settings import resumed_rows
from slt_tui.widgets.curves import CurveRun, Curves
from slt_tui.widgets.event_list import EventList
from slt_tui.widgets.file_list import FileList
from slt_tui.widgets.load_view import LoadView
from slt_tui.widgets.log_view import LogPanel
from slt_tui.widgets.settings_view import SettingsView
from slt_tui.widgets.translations import Translations


class View(NamedTuple):
    """``make`` gives the widget; ``take`` shows it what has changed, and on its first sight, everything."""

    make: Callable[[LiveRun, bool], Widget]
    take: Callable[[Widget, LiveRun, Changes], None]


def _make_curves(live: LiveRun, is_dark: bool) -> Widget:
    return Curves([CurveRun(live.run.name, live.series, series_colour(0, dark=is_dark))], id="curves")


def _take_curves(widget: Widget, live: LiveRun, changes: Changes) -> None:  # noqa: ARG001
    if changes.series and isinstance(widget, Curves):
        widget.refresh_series()


def _take_translations(widget: Widget, live: LiveRun, changes: Changes) -> None:  # noqa: ARG001
    if changes.samples and isinstance(widget, Translations):
        widget.take_samples()


def _take_loads(widget: Widget, live: LiveRun, changes: Changes) -> None:
    if changes.loads and isinstance(widget, LoadView):
        widget.show_devices(devices(live.loads))


def _take_log(widget: Widget, live: LiveRun, changes: Changes) -> None:  # noqa: ARG001
    if isinstance(widget, LogPanel):
        widget.look()


def _take_settings(widget: Widget, live: LiveRun, changes: Changes) -> None:
    if changes.config and isinstance(widget, SettingsView):
        document = read_json(live.run.config)
        widget.show(document if isinstance(document, dict) else {}, resumed_rows(live.run))


def _take_files(widget: Widget, live: LiveRun, changes: Changes) -> None:
    if changes.files and isinstance(widget, FileList):
        widget.show_files(live.files, time.time())


def _take_events(widget: Widget, live: LiveRun, changes: Changes) -> None:
    if (changes.events or changes.alerts) and isinstance(widget, EventList):
        widget.show_events(live.alerts, live.events)


VIEWS: dict[str, View] = {
    "curves": View(_make_curves, _take_curves),
    "translations": View(lambda live, _: Translations(live.samples, id="translations"), _take_translations),
    "system": View(lambda *_: LoadView(id="system"), _take_loads),
    "log": View(lambda live, _: LogPanel([live.run.console_log, live.run.train_log], id="log"), _take_log),
    "settings": View(lambda *_: SettingsView(id="settings"), _take_settings),
    "files": View(lambda *_: FileList(id="files"), _take_files),
    "events": View(lambda *_: EventList(id="events"), _take_events),
}
NAMES = tuple(VIEWS)
BESIDE = ("translations", "log", "")  # what stands beside the curves where there is room, in turn

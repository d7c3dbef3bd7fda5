"""The views of a run: what each is called, made of, and brought up to date with.

The widgets are imported when they are first wanted: a screen of use comes sooner.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from textual.widget import Widget

from slt_engine.run.files import read_json
from slt_tui.live_run import Changes, LiveRun
from slt_tui.palette import series_colour
from slt_tui.widgets.curves import CurveRun, Curves


class View(NamedTuple):
    """``make`` gives the widget; ``take`` shows it what has changed, and on its first sight, everything."""

    make: Callable[[LiveRun, bool], Widget]
    take: Callable[[Any, LiveRun, Changes], None]


def _make_curves(live: LiveRun, is_dark: bool) -> Widget:
    return Curves([CurveRun(live.run.name, live.series, series_colour(0, dark=is_dark))], id="curves")


def _make_translations(live: LiveRun, _: bool) -> Widget:
    from slt_tui.widgets.translations import Translations

    return Translations(live.samples, id="translations")


def _make_system(*_: object) -> Widget:
    from slt_tui.widgets.load_view import LoadView

    return LoadView(id="system")


def _make_log(live: LiveRun, _: bool) -> Widget:
    from slt_tui.widgets.log_view import LogPanel

    return LogPanel([live.run.console_log, live.run.train_log], id="log")


def _make_settings(*_: object) -> Widget:
    from slt_tui.widgets.settings_view import SettingsView

    return SettingsView(id="settings")


def _make_files(*_: object) -> Widget:
    from slt_tui.widgets.file_list import FileList

    return FileList(id="files")


def _make_events(*_: object) -> Widget:
    from slt_tui.widgets.event_list import EventList

    return EventList(id="events")


def _take_curves(curves: Any, _: LiveRun, changes: Changes) -> None:
    if changes.series:
        curves.refresh_series()


def _take_translations(translations: Any, _: LiveRun, changes: Changes) -> None:
    if changes.samples:
        translations.take_samples()


def _take_loads(loads: Any, live: LiveRun, changes: Changes) -> None:
    from slt_tui.load_history import devices

    if changes.loads:
        loads.show_devices(devices(live.loads))


def _take_log(log: Any, *_: object) -> None:
    log.look()


def _take_settings(settings: Any, live: LiveRun, changes: Changes) -> None:
    from slt_tui.run_settings import resumed_rows

    if changes.config:
        document = read_json(live.run.config)
        settings.show(document if isinstance(document, dict) else {}, resumed_rows(live.run))


def _take_files(files: Any, live: LiveRun, changes: Changes) -> None:
    if changes.files:
        files.show_files(live.files, time.time())


def _take_events(events: Any, live: LiveRun, changes: Changes) -> None:
    if changes.events or changes.alerts:
        events.show_events(live.alerts, live.events)


VIEWS: dict[str, View] = {
    "curves": View(_make_curves, _take_curves),
    "translations": View(_make_translations, _take_translations),
    "system": View(_make_system, _take_loads),
    "log": View(_make_log, _take_log),
    "settings": View(_make_settings, _take_settings),
    "files": View(_make_files, _take_files),
    "events": View(_make_events, _take_events),
}
NAMES = tuple(VIEWS)
BESIDE = ("translations", "log", "")  # what stands beside the curves where there is room, in turn

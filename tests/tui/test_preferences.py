"""The user's theme and keys are kept; a damaged file is said, never lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_tui.preferences import Preferences, keep_theme, preferences_file, read_preferences, with_theme


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own directory."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "slt").mkdir()
    return tmp_path


def test_without_a_file_the_defaults_hold() -> None:
    assert read_preferences() == Preferences()


def test_keys_and_theme_are_read() -> None:
    preferences_file().write_text("theme: slt-light\nkeys: {runs.stop_runs: ctrl+x}\n")
    assert read_preferences() == Preferences("slt-light", {"runs.stop_runs": "ctrl+x"})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("theme: [", "cannot be read"),
        ("- theme", "must be a mapping of preferences"),
        ("thme: slt-light", "thme: no such preference"),
        ("theme: 3", "theme: must be a name"),
        ("keys: [x]", "keys: must map actions to keys"),
    ],
)
def test_what_is_wrong_is_said_and_the_defaults_hold(text: str, problem: str) -> None:
    preferences_file().write_text(text)
    preferences = read_preferences()
    assert (preferences.theme, preferences.keys) == ("slt-dark", {})
    assert len(preferences.problems) == 1
    assert problem in preferences.problems[0]
    assert str(preferences_file()) in preferences.problems[0]


def test_a_theme_is_kept_beside_the_keys() -> None:
    preferences_file().write_text("keys: {runs.stop_runs: x}\n")
    keep_theme("slt-light")
    assert read_preferences() == Preferences("slt-light", {"runs.stop_runs": "x"})


def test_a_damaged_file_is_not_written_over() -> None:
    preferences_file().write_text("theme: [")
    keep_theme("slt-light")
    assert preferences_file().read_text() == "theme: ["


def test_a_theme_that_nobody_knows_is_said() -> None:
    preferences = with_theme(Preferences("mauve"), {"slt-dark": None})
    assert preferences.theme == "slt-dark"
    assert "theme mauve: no such theme" in preferences.problems[0]

"""Settings side by side: what differs is shown, what always differs or follows from another is not."""

from __future__ import annotations

from typing import Any

from slt_tui.comparison.settings import ABSENT, all_settings, differing_settings, setting_text


def document(**about: Any) -> dict[str, Any]:
    return {
        "data": {"work_dir": "x", "seed": None},
        "optim": {"lr": 1e-3, "lr_encoder": None},
        "training": {"seed": 7, "epochs": 20},
        "preset": "demo",
        "overrides": [{"key": "optim.lr"}],
        "about": {"resolved": {"optim.lr_encoder": 1e-3}, "command": "slt train", "time": "now", **about},
    }


def keys(*documents: dict[str, Any]) -> list[str]:
    return [setting.key for setting in differing_settings(documents)]


def test_runs_of_the_same_settings_do_not_differ() -> None:
    assert keys(document(command="a", time="b"), document()) == []


def test_settings_versions_seed_and_commit_differ_in_the_order_of_the_file() -> None:
    other = document(git={"commit": "b" * 40, "changed": True}, packages={"torch": "2.13"})
    other["training"]["seed"] = 8
    other["optim"]["lr"] = 3e-4
    first = document(git={"commit": "a" * 40, "changed": True}, packages={"torch": "2.12"})
    assert keys(first, other) == ["optim.lr", "training.seed", "about.git.commit", "about.packages.torch"]


def test_a_value_that_was_left_to_be_derived_is_what_came_out_of_it() -> None:
    asked = document()
    asked["optim"]["lr_encoder"] = 1e-3
    assert keys(document(), asked) == []
    asked["optim"]["lr_encoder"] = 5e-4
    assert differing_settings([document(), asked]) == [("optim.lr_encoder", (1e-3, 5e-4))]


def test_what_follows_from_a_setting_that_differs_is_not_told_again() -> None:
    other = document(resolved={"optim.lr_encoder": 3e-4})
    other["optim"]["lr"] = 3e-4
    assert keys(document(), other) == ["optim.lr"]


def test_a_run_without_settings_takes_no_part() -> None:
    other = document()
    other["optim"]["lr"] = 3e-4
    assert differing_settings([document(), {}, other]) == [("optim.lr", (1e-3, ABSENT, 3e-4))]
    assert keys(document(), {}) == []


def test_true_is_not_1_and_1_is_1_0() -> None:
    assert keys({"model": {"a": 1, "b": 1}}, {"model": {"a": True, "b": 1.0}}) == ["model.a"]


def test_documents_of_others_are_survived() -> None:
    strange: dict[str, Any] = {"data": [1], "optim": None, "about": "us", "model": {"x": {"y": [1]}}}
    assert keys(strange, {"about": {"git": None}, "model": {"x": 1}}) == ["model.x"]


def test_all_settings_are_listed_once_and_what_a_run_lacks_is_absent() -> None:
    settings = dict(all_settings([document(), {"optim": {"lr": 2.0, "eps": 1e-8}}]))
    assert settings["optim.lr"] == (1e-3, 2.0)
    assert settings["optim.eps"] == (ABSENT, 1e-8)


def test_values_read_as_people_write_them() -> None:
    texts = [setting_text("k", value) for value in (None, ABSENT, True, 1e-4, [1, 2], "a\n b")]
    assert texts == ["none", "-", "true", "0.0001", "[1, 2]", "a b"]
    assert setting_text("about.git.commit", "a" * 40) == "a" * 10

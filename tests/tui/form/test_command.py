"""The line that a form gives is the form: read back, by us and by the command line itself."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slt_tui.cli.train
from slt_engine.config import ConfigError, Knob, Layer, knobs, resolve
from slt_engine.config.presets import shipped_names
from slt_tui.cli.root import run_command
from slt_tui.form.command import command_line, command_words
from slt_tui.form.paste import read_pasted
from slt_tui.form.state import Base, FormState

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)


def texts_for(knob: Knob) -> st.SearchStrategy[str]:
    """What somebody may leave in a field: good values and bad ones."""
    if knob.is_switch:
        return st.sampled_from(["true", "false"])
    good = st.sampled_from([*knob.choices, "1", "0.25", "-1", "none", "a b", "--x", "x=1", '{"a": 1}', "'"])
    return good | WORDS


@st.composite
def states(draw: st.DrawFn) -> FormState:
    """A form on a preset or on nothing, with a few fields changed."""
    base = Base.read(preset=draw(st.sampled_from([None, *shipped_names()])))
    chosen = draw(st.lists(st.sampled_from(knobs()), max_size=8))
    return FormState(base).with_changes({knob.key: draw(texts_for(knob)) for knob in chosen})


@given(states())
@settings(deadline=None)
def test_the_line_read_back_is_the_same_form(state: FormState) -> None:
    pasted = read_pasted(command_line(state))
    assert (pasted.state, pasted.remarks) == (state, ())


def outcome(layers: list[Layer]) -> Any:
    """The settings that layers add up to, or what is wrong with them."""
    try:
        return resolve(layers).config
    except ConfigError as error:
        return error.problems


@given(state=states())
@settings(deadline=None, max_examples=40)
def test_the_command_line_makes_of_it_what_the_form_does(state: FormState) -> None:
    asked: list[list[Layer]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slt_tui.cli.train, "start_run", lambda layers, **_: asked.append(layers))
        assert run_command(shlex.split(command_line(state))[1:]) == 0
    assert outcome(asked[0]) == outcome(state.layers())


def test_only_what_differs_from_the_preset_is_in_the_line() -> None:
    state = FormState(Base.read(preset="demo")).with_changes(
        {"optim.lr": "1e-3", "model.d_model": "64", "model.use_mska": "false", "optim.clip_grad_norm": "none"}
    )
    assert command_words(state) == [
        *("slt", "train", "--decoder-preset", "demo"),
        *("--d-model", "64", "--no-mska", "--clip-grad-norm", "none"),
    ]


def test_a_switch_without_an_off_flag_is_taken_back_by_set() -> None:
    key = "data.tokenizer_local_files_only"
    state = FormState(Base(layers=(Layer("x", {key: True}),))).with_change(key, "false")
    assert command_words(state)[2:] == ["--set", f"{key}=false"]

"""Every setting has what its flag, its file key and its help need; the derived ones have values."""

from __future__ import annotations

import subprocess
import sys

from slt_engine.config import Config, knobs
from slt_engine.config.config import DERIVED, Derived
from tests.support.settings import config_with


def test_every_knob_has_help_that_is_a_sentence() -> None:
    assert [knob.key for knob in knobs() if not knob.help.endswith(".") or not knob.help[0].isupper()] == []


def test_no_two_knobs_share_a_name_or_a_flag() -> None:
    names = [knob.name for knob in knobs()]
    flags = [spelling for knob in knobs() for spelling in knob.flag.split("/")]
    assert (len(names), len(flags)) == (len(set(names)), len(set(flags)))


def test_the_knobs_are_all_the_fields() -> None:
    fields = {
        f"{section}.{name}"
        for section, field in Config.model_fields.items()
        for name in field.annotation.model_fields  # type: ignore[union-attr]
    }
    assert {knob.key for knob in knobs()} == fields


def test_knobs_come_in_the_order_in_which_they_are_written() -> None:
    names = [knob.name for knob in knobs() if knob.section == "optim"]
    assert (names[0], names[-1]) == ("optimizer", "warmup_steps")


def test_a_flag_derives_from_its_name_but_where_it_says_otherwise() -> None:
    flags = {knob.name: knob.flag for knob in knobs()}
    assert flags["batch_size"] == "--batch-size"
    assert flags["pin_memory"] == "--pin-memory/--no-pin-memory"
    assert flags["use_mska"] == "--use-mska/--no-mska"


def test_a_setting_that_is_not_given_takes_anothers_value() -> None:
    derived = config_with(
        {"optim.lr_encoder": 0.5, "data.batch_size": 7, "model.pose_landmarks": 3}
    ).derived()
    assert (derived.lr_mska, derived.lr_decoder, derived.val_batch_size) == (0.5, 0.001, 7)
    assert derived.pose_points == (0, 1, 2)


def test_a_setting_that_is_given_keeps_its_value() -> None:
    derived = config_with(
        {"optim.lr_mska": 0.25, "training.max_new_tokens": 9, "data.tokenizer": "t"}
    ).derived()
    assert (derived.lr_mska, derived.max_new_tokens, derived.tokenizer) == (0.25, 9, "t")


def test_the_tokenizer_is_the_named_decoders_own() -> None:
    assert config_with({"model.decoder_model": "t5"}).derived().tokenizer == "google/t5-v1_1-base"
    assert config_with().derived().tokenizer is None


def test_all_derived_values_stand_under_their_keys() -> None:
    assert [key.partition(".")[2] for key in DERIVED] == list(Derived.__annotations__)
    assert set(DERIVED) <= {knob.key for knob in knobs()}


def test_settings_need_neither_torch_nor_numpy() -> None:
    code = (
        "import sys; from slt_engine.config import resolve_preset;"
        "from slt_engine.config.notices import list_notices;"
        "list_notices(resolve_preset('tiny-cpu'));"
        "print(sorted({'torch', 'numpy', 'pandas', 'transformers', 'typer', 'rich'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr

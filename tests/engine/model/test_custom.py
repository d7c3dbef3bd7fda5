"""A decoder of one's own: found by name, made from the flags, checked, trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from slt_engine.model.custom import OFFERED, CustomDecoder, custom_decoder
from slt_engine.model.errors import ModelError
from tests.engine.model import own_decoders
from tests.engine.model.small import TOKENS, WIDTH, small_batch, small_translator
from tests.support.settings import problems_with

MODULE = "tests.engine.model.own_decoders"
VALUES = {
    "d_model": WIDTH,
    "vocab_size": TOKENS.size,
    "layers": 2,
    "heads": 4,
    "dropout": 0.1,
    "max_length": 12,
    "pad_token_id": 0,
    "eos_token_id": 1,
    "bos_token_id": None,
    "language_id": None,
}


def make(name: str, *, width: int = WIDTH, module: str = MODULE, **overrides: Any) -> CustomDecoder:
    return custom_decoder(f"{module}:{name}", VALUES, overrides, width=width)


def test_a_class_is_given_what_it_takes_and_kwargs_win() -> None:
    own = make("Speller", dropout=0.0, share_embeddings=True).own
    assert isinstance(own, own_decoders.Speller)
    assert (own.d_model, own.tokens.num_embeddings) == (WIDTH, TOKENS.size)
    assert (own.dropout.p, own.share_embeddings) == (0.0, True)
    plain = make("Speller").own
    assert isinstance(plain, own_decoders.Speller)
    assert plain.dropout.p == 0.1


def test_a_class_that_takes_everything_is_given_everything() -> None:
    own = make("TakesEverything", colour="red").own
    assert isinstance(own, own_decoders.TakesEverything)
    assert own.given == {**VALUES, "colour": "red"}
    assert tuple(VALUES) == OFFERED


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("Speler", {}, "has no class Speler; did you mean Speller?"),
        ("NOT_A_CLASS", {}, "has no class NOT_A_CLASS"),
        (
            "Speller",
            {"module": "tests.nowhere"},
            r"cannot be imported \(ModuleNotFoundError: No module named",
        ),
        ("Speller", {"colour": "red"}, "got an unexpected keyword argument 'colour'; see decoder_kwargs"),
        ("Speller", {"width": 24}, r"reads states 16 wide \(d_model\), and the encoder's are 24"),
        ("Speller", {"d_model": 8}, r"reads states 8 wide \(d_model\), and the encoder's are 16"),
        ("Nameless", {}, "has no d_model"),
        ("Fussy", {}, r"cannot be made \(RuntimeError: no decoder of 16 for you\)"),
        ("NoModule", {}, "is no torch.nn.Module with forward and generate"),
    ],
)
def test_what_is_wrong_with_a_class_is_one_line(name: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message) as error:
        make(name, **given)

    assert "\n" not in str(error.value)
    assert str(error.value).startswith(f"decoder_class {given.get('module', MODULE)}:{name}: ")


def test_a_module_that_fails_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_decoder.py").write_text("import torch\n1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModelError, match=r"cannot be imported \(ZeroDivisionError: division by zero\)"):
        make("Anything", module="broken_decoder")


@pytest.mark.parametrize("path", ["mine.Own", "mine:", "a b:C", "mine:Own()", "__import__('os'):x"])
def test_what_is_no_name_of_a_class_is_refused_before_anything_is_imported(path: str) -> None:
    (said,) = problems_with({"model.decoder_class": path})
    assert "package.module:Class" in said


def test_logits_of_another_shape_are_an_error_that_names_both() -> None:
    batch = small_batch()
    with pytest.raises(ModelError, match=r"Short gives logits \(3, 4, 20\) for labels \(3, 5\)"):
        make("Short")(torch.randn(3, 12, WIDTH), batch.frames_BT, batch.labels_BL)


def test_its_weights_are_the_decoders_and_it_reads_its_own_tokens_in_scheduled_mode() -> None:
    torch.manual_seed(0)
    model, batch = small_translator(), small_batch()
    model.decoder = make("Speller", dropout=0.0)
    assert batch.labels_BL is not None

    forced, own = (
        model(batch, given).logits_BLV
        for given in (None, torch.zeros_like(batch.labels_BL, dtype=torch.bool))
    )

    assert {name for name, _ in model.parameter_groups()["decoder"]} == {
        "decoder.own.tokens.weight",
        "decoder.own.write.weight",
        "decoder.own.write.bias",
    }
    assert not torch.equal(forced, own)

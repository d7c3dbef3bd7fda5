"""Backbones by name, from a directory and from files: torch-hub's names, Hugging Face's, behind any prefix."""

# N pictures, H x W pixels, C channels, F width.

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from slt_engine.model.backbones import (
    Dinov2Backbone,
    TinyBackbone,
    load_backbone,
    load_dinov2_backbone,
    outline_backbone,
)
from slt_engine.model.errors import ModelError
from tests.engine.model.small_frames import SIZE, small_vit

PUBLISHED = {
    "dinov2": 22_056_576,
    "dinov2:base": 86_580_480,
    "dinov2:large": 304_368_640,
    "dinov2:giant": 1_136_480_768,
    "dinov2_reg": 22_058_112,
    "dinov2_reg:base": 86_583_552,
    "dinov2_reg:large": 304_372_736,
    "dinov2_reg:giant": 1_136_486_912,
}
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "registers": {"registers": True},
    "swiglu": {"use_swiglu_ffn": True},
}


@pytest.fixture(name="vit", params=KINDS, ids=str)
def random_vit(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    return small_vit(**KINDS[request.param])


def pixels() -> Tensor:
    return torch.randn(3, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def features(backbone: Any) -> Tensor:
    """What a backbone, or transformers' model itself, says of ``pixels``."""
    with torch.no_grad():
        if isinstance(backbone, Dinov2Backbone):
            seen_NF: Tensor = backbone.eval()(pixels())
            return seen_NF
        tokens: Tensor = backbone(pixel_values=pixels()).pooler_output
        return tokens


def hub_names(vit: Any) -> dict[str, Tensor]:
    """The weights as torch-hub's DINOv2 names and joins them."""
    own = dict(vit.state_dict())
    for layer in range(vit.config.num_hidden_layers):
        for part in ("weight", "bias"):
            base = f"encoder.layer.{layer}"
            qkv = [own.pop(f"{base}.attention.{one}_proj.{part}") for one in "qkv"]
            own[f"{base}.attn.qkv.{part}"] = torch.cat(qkv)
            if vit.config.use_swiglu_ffn:
                pair = [own.pop(f"{base}.mlp.{one}_proj.{part}") for one in ("gate", "up")]
                own[f"{base}.mlp.w12.{part}"] = torch.cat(pair)
    return {_hub_name(name): tensor for name, tensor in own.items()}


def _hub_name(name: str) -> str:
    for pattern, hub in (
        (r"^embeddings\.position_embeddings$", "pos_embed"),
        (r"^embeddings\.patch_embeddings\.projection", "patch_embed.proj"),
        (r"^embeddings\.", ""),
        (r"^layernorm", "norm"),
        (r"^encoder\.layer\.", "blocks."),
        (r"\.attention\.o_proj", ".attn.proj"),
        (r"\.layer_scale(\d)\.lambda1", r".ls\1.gamma"),
        (r"\.mlp\.down_proj", ".mlp.w3"),
    ):
        name = re.sub(pattern, hub, name)
    return name


def prefixed(prefix: str) -> Callable[[dict[str, Tensor]], dict[str, Any]]:
    return lambda weights: {prefix + name: tensor for name, tensor in weights.items()}


WRAPPERS: dict[str, Callable[[dict[str, Tensor]], dict[str, Any]]] = {
    "bare": prefixed(""),
    "module.": prefixed("module."),
    "backbone.": prefixed("backbone."),
    "module.teacher.backbone.": prefixed("module.teacher.backbone."),
    "under teacher": lambda weights: {"teacher": prefixed("backbone.")(weights), "epoch": 3},
    "under model, compiled": lambda weights: {"model": prefixed("_orig_mod.")(weights)},
    "teacher beside student": lambda weights: {
        **prefixed("student.backbone.")({name: torch.zeros_like(t) for name, t in weights.items()}),
        **prefixed("teacher.backbone.")(weights),
    },
    "in chunks of blocks": lambda weights: {
        re.sub(r"^blocks\.", "blocks.0.", n): t for n, t in weights.items()
    },
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_a_torch_hub_file_gives_what_the_original_gives(wrapper: str, vit: Any, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(WRAPPERS[wrapper](hub_names(vit)), path)
    said: list[str] = []

    loaded = load_dinov2_backbone(f"file:{path}", notice=said.append)

    torch.testing.assert_close(features(loaded), features(vit), atol=1e-6, rtol=0)
    assert said == []


@pytest.mark.parametrize("name", ["model.safetensors", "weights.pth"])
def test_a_hugging_face_file_gives_what_the_original_gives(name: str, vit: Any, tmp_path: Path) -> None:
    path = tmp_path / name
    (save_file if path.suffix == ".safetensors" else torch.save)(dict(vit.state_dict()), path)
    assert torch.equal(features(load_dinov2_backbone(f"file:{path}")), features(vit))


def test_what_transformers_saves_loads_as_a_directory_and_as_a_file(vit: Any, tmp_path: Path) -> None:
    vit.save_pretrained(tmp_path)
    said: list[str] = []
    directory = load_dinov2_backbone(f"hf:{tmp_path}", notice=said.append)
    file = load_dinov2_backbone(f"file:{tmp_path}/model.safetensors", notice=said.append)

    assert torch.equal(features(directory), features(vit))
    assert torch.equal(features(file), features(vit))
    assert said == []
    assert {p.dtype for p in directory.parameters()} == {torch.float32}


def test_half_precision_weights_are_brought_to_float32(tmp_path: Path) -> None:
    small_vit().half().save_pretrained(tmp_path)
    for spec in (f"hf:{tmp_path}", f"file:{tmp_path}/model.safetensors"):
        assert {p.dtype for p in load_dinov2_backbone(spec).parameters()} == {torch.float32}


def test_what_did_not_fit_is_told(tmp_path: Path) -> None:
    weights = hub_names(small_vit())
    del weights["norm.bias"]
    for name in ("a.weight", "b.weight", "c.weight", "d.weight"):
        weights[f"dino_head.{name}"] = torch.zeros(2)
    path = tmp_path / "weights.pth"
    torch.save(weights, path)
    said: list[str] = []

    load_dinov2_backbone(f"file:{path}", notice=said.append)

    assert said == [
        f"backbone file:{path}: weights layernorm.bias are not in it and start fresh",
        f"backbone file:{path}: weights dino_head.a.weight, dino_head.b.weight, dino_head.c.weight and 1 more "
        "of it fit nowhere",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"fc.weight": torch.zeros(2)}, "holds no DINOv2: embeddings.cls_token is missing"),
        (torch.zeros(2), "holds no names with weights"),
        (None, "not a readable file of weights"),
    ],
)
def test_a_file_that_is_no_dinov2_is_one_line(content: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    if content is None:
        path.write_bytes(b"text")
    else:
        torch.save(content, path)
    with pytest.raises(ModelError, match=message) as caught:
        load_dinov2_backbone(f"file:{path}")
    assert "\n" not in str(caught.value)


def test_a_damaged_safetensors_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"text")
    with pytest.raises(ModelError, match="not a readable file of weights"):
        load_dinov2_backbone(f"file:{path}")


def test_a_file_runs_no_code(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"model": Path("x")}, path)
    with pytest.raises(ModelError, match="not a readable file of weights"):
        load_dinov2_backbone(f"file:{path}")


def test_a_width_that_tells_no_heads_asks_for_the_directory(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(small_vit(hidden_size=32, num_attention_heads=2).state_dict(), path)
    with pytest.raises(ModelError, match=r"width 32 is not a multiple of 64.*hf:path"):
        load_dinov2_backbone(f"file:{path}")


@pytest.mark.parametrize("spec", ["dinov2", "hf:nobody/nothing"])
def test_a_name_that_cannot_be_had_is_one_line_that_says_what_to_do(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(
        ModelError, match=r"could not be loaded .* give hf:directory or file:weights"
    ) as caught:
        load_dinov2_backbone(spec, local_files_only=True)
    assert "\n" not in str(caught.value)


def test_a_directory_of_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "t5"}', encoding="utf-8")
    with pytest.raises(ModelError, match="is a t5; it must be one of dinov2, dinov2_with_registers"):
        load_dinov2_backbone(f"hf:{tmp_path}")


@pytest.mark.parametrize("spec", PUBLISHED)
def test_a_dinov2_by_size_has_the_published_parameters_on_the_meta_device(spec: str) -> None:
    with torch.device("meta"):
        backbone = outline_backbone(spec)
    assert sum(p.numel() for p in backbone.parameters()) == PUBLISHED[spec]
    assert {p.device.type for p in backbone.parameters()} == {"meta"}


def test_an_outline_of_a_file_or_a_directory_has_its_shapes(tmp_path: Path) -> None:
    vit = small_vit(registers=True)
    vit.save_pretrained(tmp_path)
    for spec in (f"hf:{tmp_path}", f"file:{tmp_path}/model.safetensors"):
        with torch.device("meta"):
            shapes = {name: tensor.shape for name, tensor in outline_backbone(spec).state_dict().items()}
        assert shapes == {f"vit.{name}": tensor.shape for name, tensor in vit.state_dict().items()}


def test_positions_of_518_pixels_are_brought_to_the_pictures_size() -> None:
    with torch.device("meta"):
        backbone = outline_backbone("dinov2")
        seen_NF = backbone(torch.empty(2, 3, 224, 224))
    assert seen_NF.shape == (2, backbone.width) == (2, 384)


def test_the_cls_token_is_what_a_backbone_gives() -> None:
    vit = small_vit()
    with torch.no_grad():
        expected_NF = vit(pixel_values=pixels()).last_hidden_state[:, 0]
    assert torch.equal(features(Dinov2Backbone(vit)), expected_NF)


def test_tiny_tells_where_in_the_picture_something_is() -> None:
    torch.manual_seed(0)
    backbone = load_backbone("tiny", notice=lambda _: None)
    assert isinstance(backbone, TinyBackbone)
    corner_NCHW = torch.zeros(1, 3, 32, 32)
    corner_NCHW[:, :, :8, :8] = 1.0
    assert not torch.allclose(backbone(corner_NCHW), backbone(corner_NCHW.flip(-1)), atol=1e-3)


def test_tiny_is_no_dinov2() -> None:
    with pytest.raises(ModelError, match="tiny is no DINOv2"):
        load_dinov2_backbone("tiny")

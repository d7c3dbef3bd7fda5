"""Backbones: pictures to one vector each. DINOv2 by size, from the hub or from a file, and a tiny one for tests."""

# N pictures, H x W pixels, F width of a backbone. Pixels are normalised to ImageNet's mean and deviation.

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel

from slt_engine.config.frames import parse_backbone
from slt_engine.hub import hub_is_out_of_reach
from slt_engine.model.architectures import dinov2_fields
from slt_engine.model.dinov2_keys import infer_config, rename_weights
from slt_engine.model.errors import ModelError

Notice = Callable[[str], None]
KINDS = ("dinov2", "dinov2_with_registers")
NAMES = {"dinov2": "facebook/dinov2-{}", "dinov2_reg": "facebook/dinov2-with-registers-{}"}
TINY_WIDTH, TINY_PATCH = 64, 4
SHOWN = 3  # names of weights that a notice spells out


class Backbone(nn.Module):
    """Pictures (N, 3, H, W) to vectors (N, F) of ``width``; H and W are multiples of ``patch``."""

    width: int
    patch: int


class Dinov2Backbone(Backbone):
    """The CLS token after the last norm, which is what torch-hub's DINOv2 returns and SignMusketeers reads.

    ``vit`` is transformers' Dinov2Model or Dinov2WithRegistersModel; it brings its positions to the pictures' size.
    Its mask token is never read, so it does not train.
    """

    def __init__(self, vit: PreTrainedModel) -> None:
        super().__init__()
        self.vit = vit
        self.width, self.patch = int(vit.config.hidden_size), int(vit.config.patch_size)
        if vit.embeddings.mask_token is not None:
            vit.embeddings.mask_token.requires_grad_(False)

    def forward(self, pixels_NCHW: Tensor) -> Tensor:
        tokens_NLF: Tensor = self.vit(pixel_values=pixels_NCHW).last_hidden_state
        return tokens_NLF[:, 0]


class TinyBackbone(Backbone):
    """Three convolutions and what is in each quarter of the picture: for tests and CPUs, not for signing."""

    def __init__(self) -> None:
        super().__init__()
        self.width, self.patch = TINY_WIDTH, TINY_PATCH
        self.layers = nn.Sequential(
            nn.Conv2d(3, 16, TINY_PATCH, stride=TINY_PATCH),
            nn.GELU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(32, 32, 3, stride=2, padding=1),
            nn.GELU(),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(4 * 32, TINY_WIDTH),
        )

    def forward(self, pixels_NCHW: Tensor) -> Tensor:
        seen_NF: Tensor = self.layers(pixels_NCHW)
        return seen_NF


def load_backbone(spec: str, *, notice: Notice) -> Backbone:
    """The backbone that ``spec`` names, its weights loaded; ``tiny`` has fresh ones."""
    return TinyBackbone() if spec == "tiny" else load_dinov2_backbone(spec, notice=notice)


def load_dinov2_backbone(
    spec: str, *, notice: Notice = lambda _: None, local_files_only: bool = False
) -> Dinov2Backbone:
    """A DINOv2 with pretrained weights, in float32.

    ``spec`` is ``dinov2[:size]`` or ``dinov2_reg[:size]`` (small, base, large, giant), ``hf:repo_or_path``, or
    ``file:path``: a .safetensors or torch file with torch-hub's or Hugging Face's names, as DINO and iBOT training
    leaves it too (prefixes such as ``teacher.backbone.`` are stripped). Names are looked up in the Hugging Face cache
    first, then, unless ``local_files_only``, on the hub. What did not fit is told to ``notice``. Raises ModelError
    where it cannot be had.
    """
    kind, value = _parse(spec)
    if kind == "file":
        return Dinov2Backbone(_from_file(Path(value), notice))
    name = NAMES[kind].format(value) if kind in NAMES else value
    return Dinov2Backbone(_from_hub(spec, name, notice, local_files_only=local_files_only))


def outline_backbone(spec: str) -> Backbone:
    """The same architecture with fresh weights on torch's default device: see "meta". dinov2 needs no network."""
    if spec == "tiny":
        return TinyBackbone()
    kind, value = _parse(spec)
    if kind == "file":
        config = infer_config(rename_weights(_read_file(Path(value))), value)
    elif kind in NAMES:
        config = AutoConfig.for_model(**dinov2_fields(value, registers=kind == "dinov2_reg"))
    else:
        config = _config(spec, value, local_files_only=False)
    return Dinov2Backbone(AutoModel.from_config(config))


def _parse(spec: str) -> tuple[str, str]:
    try:
        kind, value = parse_backbone(spec)
    except ValueError as error:
        raise ModelError(f"backbone: {error}") from error
    if kind == "tiny":
        raise ModelError("backbone tiny is no DINOv2; load_backbone gives it")
    return kind, value


def _from_hub(spec: str, name: str, notice: Notice, *, local_files_only: bool) -> PreTrainedModel:
    config = _config(spec, name, local_files_only=local_files_only)
    model, report = _fetch(
        spec,
        name,
        AutoModel,
        local_files_only=local_files_only,
        config=config,
        dtype=torch.float32,
        output_loading_info=True,
    )
    _tell(notice, spec, report["missing_keys"], report["unexpected_keys"])
    return model


def _config(spec: str, name: str, *, local_files_only: bool) -> PreTrainedConfig:
    config: PreTrainedConfig = _fetch(spec, name, AutoConfig, local_files_only=local_files_only)
    if config.model_type not in KINDS:
        raise ModelError(f"backbone {spec}: is a {config.model_type}; it must be one of {', '.join(KINDS)}")
    return config


def _fetch(spec: str, name: str, loader: Any, *, local_files_only: bool, **settings: Any) -> Any:
    """What the disk or the cache holds is not asked for again."""
    try:
        return loader.from_pretrained(name, local_files_only=True, **settings)
    except (OSError, ValueError, RuntimeError) as local:
        if local_files_only or Path(name).is_dir() or hub_is_out_of_reach():
            raise _unavailable(spec, name, local) from local
    try:
        return loader.from_pretrained(name, **settings)
    except (OSError, ValueError, RuntimeError) as error:
        raise _unavailable(spec, name, error) from error


def _unavailable(spec: str, name: str, error: Exception) -> ModelError:
    reason = " ".join(str(error).split()).split(". ")[0][:160]
    what = f"backbone {spec}" if name in spec else f"backbone {spec}: {name}"
    return ModelError(
        f"{what} could not be loaded ({reason}); give hf:directory or file:weights, or reach the hub once"
    )


def _from_file(path: Path, notice: Notice) -> PreTrainedModel:
    weights = rename_weights(_read_file(path))
    model: PreTrainedModel = AutoModel.from_config(infer_config(weights, path))
    own = model.state_dict()
    fitting = {
        name: value for name, value in weights.items() if name in own and value.shape == own[name].shape
    }
    model.load_state_dict(fitting, strict=False)
    _tell(notice, f"file:{path}", own.keys() - fitting.keys(), weights.keys() - fitting.keys())
    return model


def _read_file(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise ModelError(f"backbone file:{path}: no such file")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        weights = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file makes both readers raise nearly anything
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise ModelError(f"backbone file:{path}: not a readable file of weights ({reason})") from error
    if not isinstance(weights, Mapping):
        raise ModelError(f"backbone file:{path}: holds no names with weights")
    return weights


def _tell(notice: Notice, spec: str, missing: Any, unread: Any) -> None:
    """The mask token, which nothing reads, is not worth a word."""
    for names, what in ((missing, "are not in it and start fresh"), (unread, "of it fit nowhere")):
        told = sorted(name for name in names if not name.endswith("mask_token"))
        if told:
            more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
            notice(f"backbone {spec}: weights {', '.join(told[:SHOWN])}{more} {what}")

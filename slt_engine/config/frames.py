"""The streams of crops' facet of the model section, and the texts that name a backbone."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator

from slt_engine.config.base import Count, Kind, Positive, Section
from slt_engine.config.home import expanded

SIZES = ("small", "base", "large", "giant")
"""DINOv2's ViT-S, ViT-B, ViT-L and ViT-g, all with patches of 14 pixels."""

PATCH = 14
FORMS = "dinov2[:size], dinov2_reg[:size], hf:repo_or_path, file:path, tiny"


class Backbone(NamedTuple):
    """A backbone spec taken apart: ``value`` is the size, the repository or the path, and empty for tiny."""

    kind: str
    value: str


def parse_backbone(spec: str) -> Backbone:
    """The kind and what follows the colon. Raises ValueError where the text is none of the forms."""
    kind, colon, value = spec.partition(":")
    if kind in ("dinov2", "dinov2_reg") and (value in SIZES or not colon):
        return Backbone(kind, value or SIZES[0])
    if kind in ("hf", "file") and value:
        return Backbone(kind, value)
    if spec == "tiny":
        return Backbone("tiny", "")
    if kind in ("dinov2", "dinov2_reg"):
        raise ValueError(f"{value!r} is no size of {kind}; choose {', '.join(SIZES)}")
    raise ValueError(f"{spec!r} is no backbone; the forms are {FORMS}")


def read_backbone(value: Any) -> Any:
    """The spec with its name in lower case, and ~ in a path written out."""
    if not isinstance(value, str):
        return value
    kind, colon, rest = value.strip().partition(":")
    kind, rest = kind.strip().lower().replace("-", "_"), rest.strip()
    if kind == "file" and rest:
        return f"file:{expanded(rest)}"
    return f"{kind}{colon}{rest if kind == 'hf' else rest.lower()}"


def refuse_other_texts(value: str) -> str:
    """Refuses what is none of the forms."""
    parse_backbone(value)
    return value


BackboneSpec = Annotated[
    str, BeforeValidator(read_backbone), AfterValidator(refuse_other_texts), Kind("backbone spec")
]


class Crops(Section):
    """Face and hands"""

    image_size: Positive = 224
    """Side in pixels to which crops are resized; a multiple of 14 for DINOv2."""

    face_backbone: BackboneSpec = "dinov2"
    """Network that turns a crop of the face into a vector: dinov2 or dinov2_reg (with registers), with :base, :large or
    :giant for other sizes than small; hf:repo_or_path; file:path; tiny for tests."""

    hand_left_backbone: BackboneSpec = "dinov2"
    """Network for the left hand; the forms of face_backbone."""

    hand_right_backbone: BackboneSpec = "dinov2"
    """Network for the right hand; the forms of face_backbone."""

    freeze_face_backbone: bool = False
    """Keep the face's backbone as it was loaded. What it says of a crop is then computed once and kept on disk."""

    freeze_hand_left_backbone: bool = False
    """Keep the left hand's backbone as it was loaded."""

    freeze_hand_right_backbone: bool = False
    """Keep the right hand's backbone as it was loaded."""

    share_hand_backbone: bool = False
    """Give both hands one set of weights; their backbones and freeze settings must be the same."""

    frames_chunk: Count = 64
    """Crops that a backbone in training takes at once, which bounds its memory; 0 takes all."""

    @property
    def backbones(self) -> dict[str, str]:
        """The spec of each stream of crops."""
        return {
            "face": self.face_backbone,
            "hand_left": self.hand_left_backbone,
            "hand_right": self.hand_right_backbone,
        }

    @property
    def frozen(self) -> dict[str, bool]:
        """Whether the backbone of each stream of crops is frozen."""
        return {
            "face": self.freeze_face_backbone,
            "hand_left": self.freeze_hand_left_backbone,
            "hand_right": self.freeze_hand_right_backbone,
        }

"""The skeleton player: a clip's points, moving."""

from __future__ import annotations

from slt_tui.widgets.skeleton.player import SkeletonPlayer

__all__ = ["SkeletonPlayer"]

"""Keypoints relative to the signer."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from slt_engine.model.errors import ModelError
from slt_engine.model.mska.relative import NOMINAL_SHOULDER_WIDTH
from tests.engine.model.small import JOINTS, SHOULDERS, STREAMS, WRISTS, small_streams


@pytest.fixture(name="points_BTJC")
def random_points() -> Tensor:
    return torch.rand(2, 5, JOINTS, 3, generator=torch.Generator().manual_seed(2))


@pytest.fixture(name="found_BTJ")
def all_found() -> Tensor:
    return torch.ones(2, 5, JOINTS, dtype=torch.bool)


def test_neither_the_place_nor_the_size_of_the_signer_in_the_picture_counts(
    points_BTJC: Tensor, found_BTJ: Tensor
) -> None:
    moved_BTJC = points_BTJC.clone()
    moved_BTJC[..., :2] = 0.4 * points_BTJC[..., :2] + torch.tensor([0.3, 0.1])

    here, there = (small_streams().flat(points, found_BTJ) for points in (points_BTJC, moved_BTJC))

    for name in STREAMS:
        torch.testing.assert_close(here[name], there[name], atol=1e-4, rtol=1e-4)


def test_a_hand_is_counted_from_its_wrist_and_the_rest_from_the_shoulders(
    points_BTJC: Tensor, found_BTJ: Tensor
) -> None:
    relative = small_streams().relative(points_BTJC, found_BTJ)

    for hand, wrist in WRISTS.items():
        assert not relative[hand][0][:, :, STREAMS[hand].index(wrist), :2].any()
    left, right = (STREAMS["body"].index(joint) for joint in SHOULDERS)
    body_BTj2 = relative["body"][0][..., :2]
    torch.testing.assert_close(body_BTj2[:, :, left], -body_BTj2[:, :, right])
    distances_BT = (body_BTj2[:, :, left] - body_BTj2[:, :, right]).norm(dim=-1)
    torch.testing.assert_close(distances_BT.mean(dim=1), torch.ones(2))


def test_a_hand_without_its_wrist_is_counted_from_its_middle(points_BTJC: Tensor, found_BTJ: Tensor) -> None:
    found_BTJ[:, :, WRISTS["hand_l"]] = False

    hand_BTj2 = small_streams().relative(points_BTJC, found_BTJ)["hand_l"][0][..., :2]

    torch.testing.assert_close(hand_BTj2.sum(dim=2), torch.zeros(2, 5, 2), atol=1e-5, rtol=0)


def test_a_frame_without_shoulders_takes_the_clips_usual_ones(points_BTJC: Tensor, found_BTJ: Tensor) -> None:
    points_BTJC[:, :, list(SHOULDERS)] = points_BTJC[:, :1, list(SHOULDERS)]
    whole = small_streams().relative(points_BTJC, found_BTJ)["hand_r"][0]
    found_BTJ[:, 2, SHOULDERS[0]] = False

    torch.testing.assert_close(small_streams().relative(points_BTJC, found_BTJ)["hand_r"][0], whole)


def test_a_clip_without_shoulders_is_measured_by_the_picture(points_BTJC: Tensor, found_BTJ: Tensor) -> None:
    found_BTJ[:, :, list(SHOULDERS)] = False

    body_BTjC, seen_BTj = small_streams().relative(points_BTJC, found_BTJ)["body"]

    spread = (points_BTJC[0, 0, 8, :2] - points_BTJC[0, 0, 9, :2]) / NOMINAL_SHOULDER_WIDTH
    torch.testing.assert_close(body_BTjC[0, 0, 2, :2] - body_BTjC[0, 0, 3, :2], spread)
    assert not body_BTjC[~seen_BTj].any()


def test_a_layout_without_shoulders_or_wrists_is_read_too(points_BTJC: Tensor, found_BTJ: Tensor) -> None:
    flat = small_streams(shoulders=None, wrists={}).flat(points_BTJC, found_BTJ)

    assert {name: x_BTF.shape[-1] for name, x_BTF in flat.items()} == {"body": 16, "hand_l": 12, "hand_r": 12}
    assert all(x_BTF.isfinite().all() for x_BTF in flat.values())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"channels": 4}, "mska_input_dim 4 is neither 2"),
        ({"streams": {}}, "has no stream"),
        ({"wrists": {"foot": 0}}, "names a wrist for 'foot'"),
    ],
)
def test_a_layout_that_cannot_be_read_is_an_error(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        small_streams(**changes)


def test_clips_of_another_layout_are_an_error_that_names_the_setting(
    points_BTJC: Tensor, found_BTJ: Tensor
) -> None:
    with pytest.raises(ModelError, match="reads 10 joints with 3 channels, the clips hold 4 with 3: choose"):
        small_streams().flat(points_BTJC[:, :, :4], found_BTJ[:, :, :4])

"""One generated data set for all tests of training."""

from __future__ import annotations

from pathlib import Path

import pytest

from slt_engine.demo.synthetic import SyntheticRecipe, build_synthetic


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The --config file of a small data set with every stream."""
    return build_synthetic(tmp_path_factory.mktemp("synthetic") / "set", SyntheticRecipe(clips=20, size=16))

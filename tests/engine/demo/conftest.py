"""What the demo's tests share: small data sets, and a skip where the recordings are not installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from slt_engine.demo.fingerspelling import build_demo
from slt_engine.demo.plan import Recipe
from slt_engine.demo.synthetic import SyntheticRecipe, build_synthetic

SMALL = Recipe(held_out=6, train_words=12)
SMALL_SYNTHETIC = SyntheticRecipe(clips=18, size=32)
PACKAGES = ("spoken_to_signed", "mnemonic", "faker")


@pytest.fixture(scope="session")
def installed() -> None:
    """Skips a test where the packages of the extra `demo` are missing."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"the extra 'demo' is not installed: {', '.join(missing)}")


@pytest.fixture(scope="session")
def spelled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small fingerspelling data set; tests only read it."""
    request.getfixturevalue("installed")
    return build_demo(tmp_path_factory.mktemp("spelled") / "data", SMALL).parent


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic data set; tests only read it."""
    return build_synthetic(tmp_path_factory.mktemp("signed") / "data", SMALL_SYNTHETIC).parent


def tree(root: Path) -> dict[str, bytes]:
    """Every file of a data set but its config file, which names the place."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and path.name != "demo.yaml")
    return {str(path.relative_to(root)): path.read_bytes() for path in files}

"""What every test shares: no network, quiet libraries, one thread a process, the terminal's size and colours fixed,
no settings of the user's, and a cache of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ.update(
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_OFFLINE="1",
    TOKENIZERS_PARALLELISM="false",
    OMP_NUM_THREADS="1",
    COLUMNS="100",
    LINES="40",
    XDG_CONFIG_HOME="/nonexistent",
    XDG_STATE_HOME="/nonexistent",
)
for _name in ("SLT_ROOTS", "SLT_SINGLE_SIGNER_CHECKPOINT", "FORCE_COLOR", "NO_COLOR", "CI"):
    os.environ.pop(_name, None)


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is kept between runs goes to a temporary folder."""
    os.environ["SLT_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    del os.environ["SLT_CACHE"]

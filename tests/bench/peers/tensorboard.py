"""TensorBoard without its browser: from its start until its server has answered with the last step.

By itself it keeps a thousand points of a series, picked at random, and so hides a spike; it may be told to keep more.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.bench.costs import peak_mb
from tests.bench.peers.environment import peer_program
from tests.bench.peers.values import NAMES

_TOO_LONG_S = 180.0


def open_in_tensorboard(directory: Path, count: int, *, kept: int) -> tuple[float, float]:
    """Seconds until a browser would have been told the last of ``count`` steps of every series, and the peak in MB."""
    command = [peer_program("tensorboard"), "--logdir", directory, "--host", "127.0.0.1", "--port", "0"]
    command += ["--samples_per_plugin", f"scalars={kept}"]
    began = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
        try:
            address = _address(server)
            for name in NAMES:
                while _last_step(address, name) != count:
                    assert time.perf_counter() - began < _TOO_LONG_S
                    time.sleep(0.02)
            return time.perf_counter() - began, peak_mb(server.pid)
        finally:
            server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stderr
    for line in server.stderr:
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            return found[0]
    raise AssertionError("TensorBoard ended without an address")


def _last_step(address: str, name: str) -> int:
    """The last step that the server tells of a series; 0 while it knows none."""
    address = f"{address}data/plugin/scalars/scalars?tag={name}&run=."
    with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(address) as answer:
        points = json.load(answer)
        return int(points[-1][1]) if points else 0
    return 0

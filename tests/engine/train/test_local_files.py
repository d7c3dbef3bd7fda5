"""Who may ask the network: a hub of our own remembers what is asked of it."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from slt_engine.data.tokenizer import train_tokenizer
from tests.support.runs import ENGINE, make_run


class Hub(BaseHTTPRequestHandler):
    """Has nothing."""

    asked: ClassVar[list[str]] = []

    def do_HEAD(self) -> None:
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_: object) -> None:
        """Not on the test's stderr."""


@pytest.fixture
def hub() -> Iterator[str]:
    Hub.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("what", ["tokenizer", "decoder"])
def test_local_files_only_asks_nothing_of_the_network(
    what: str, local: bool, hub: str, synthetic: Path, tmp_path: Path
) -> None:
    train_tokenizer(["hola"], vocab_size=300, characters=True).save_pretrained(tmp_path / "tokenizer")
    named = {
        "tokenizer": ("data.tokenizer=some/name", f"data.tokenizer_local_files_only={local}"),
        "decoder": (
            "model.decoder_model=some/name",
            f"data.tokenizer={tmp_path}/tokenizer",
            f"model.decoder_local_files_only={local}",
        ),
    }
    run = make_run(tmp_path / "run", synthetic, *named[what])
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))
    }
    env = {**kept, "HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "home")}
    done = subprocess.run([*ENGINE, "dry-run", str(run.path)], capture_output=True, env=env, check=False)

    assert (done.returncode, b"some/name" in done.stdout) == (1, True), done.stderr
    assert any("some/name" in path for path in Hub.asked) == (not local)
    assert not (local and Hub.asked)

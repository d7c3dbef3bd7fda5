"""Packing what a run's settings name: every stream of both splits in one file each, crops too."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from slt_engine.clips.errors import DataError
from slt_engine.config import Config, ConfigError, Layer, document_layer, load_config_document, resolve
from slt_engine.config.home import cache_home
from slt_engine.data.packing import PackFile, pack_split, packs_home
from slt_engine.data.splits import open_data
from slt_engine.opening import data_source
from slt_engine.run.directory import RunDir, RunError

FAILED, WRONG_USE = 1, 2


def pack(path: Path) -> int:
    """Pack the data of ``path``, a config file or a run's directory, and print as JSON what there is; the exit code.

    A pack of files that did not change stays as it is.
    """
    try:
        config = _read_settings(path)
        packs = [{**asdict(made), "path": str(made.path), "split": split} for split, made in _pack(config)]
    except ConfigError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return WRONG_USE
    except (DataError, RunError, OSError) as error:
        print(error, file=sys.stderr)
        return FAILED
    print(json.dumps({"packs": packs}, ensure_ascii=False))
    return 0


def _read_settings(path: Path) -> Config:
    try:
        document = RunDir.open(path).read_config() if path.is_dir() else {}
    except RunError as error:
        raise RunError(f"{error}; pack takes a run or a --config file") from error
    layer = document_layer(document, str(path)) if document else load_config_document(path, str(path))
    return resolve([Layer("pack", {"data.work_dir": "work_dirs/pack"}), layer]).config


def _pack(config: Config) -> Iterator[tuple[str, PackFile]]:
    """Any tokenizer does: no text is read from a pack."""
    splits = open_data(
        data_source(config),
        train_index=config.data.train_index,
        val_index=config.data.val_index,
        tokenizer=None,
        vocab_size=config.data.tokenizer_vocab_size,
        characters=True,
        seed=0,
    )
    for split, dataset in (("train", splits.train), ("val", splits.val)):
        for made in pack_split(dataset, packs_home(cache_home()), streams=dataset.streams):
            what = "packed" if made.made else "is packed already"
            size = f"{made.clips:,} clips, {made.size / 1e6:,.1f} MB"
            print(f"{split}: {made.stream} {what}: {size}", file=sys.stderr, flush=True)
            yield split, made

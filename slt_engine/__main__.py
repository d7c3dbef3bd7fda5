"""python -m slt_engine train|dry-run|pack|evaluate|demo-data|extract: the commands, each imported when asked for."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

FAILED = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code is 0 when done, 1 when it failed, 2 for wrong use."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["demo-data"]:
        from slt_engine.demo.command import main as demo_data

        return demo_data(words[1:])
    if words[:1] == ["extract"]:
        from slt_engine.extract.command import main as extract

        return extract(words[1:])
    if words[:1] == ["import"]:
        from slt_engine.importers.command import main as import_data

        return import_data(words[1:])
    arguments = _parser().parse_args(words)
    # Threads that wait for work spin for as long as libgomp counts; on a busy machine its own default makes a step ten
    # times slower (two cores, two other processes at work: 1,149 ms against 248 ms; alone 112 ms against 107 ms).
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")
    # The progress bars of the hub would fill the log.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    # It asks the hub for a list of its own, even where only local files may be read.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if arguments.command == "train":
        # Who asks for a stop while torch is being imported is heard as soon as the Reporter can act on it.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        from slt_engine.train.run import train

        return train(arguments.run, resume=arguments.resume)
    if arguments.command == "pack":
        from slt_engine.pack import pack

        return pack(arguments.settings)
    if arguments.command == "dry-run":
        from slt_engine.train.dry_run import dry_run

        return dry_run(arguments.settings)
    from slt_engine.evaluate.run import evaluate

    return evaluate(
        arguments.run, indexes=arguments.index, checkpoint=arguments.checkpoint, perturbed=arguments.perturb
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m slt_engine",
        description=__doc__,
        epilog="demo-data --help and extract --help tell about theirs.",
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="train|dry-run|pack|evaluate|demo-data|extract"
    )
    train = commands.add_parser("train", help="train the run that a directory describes")
    train.add_argument("run", type=Path, help="a run directory, as `slt train` makes it")
    train.add_argument("--resume", action="store_true", help="go on from last.pt")
    dry_run = commands.add_parser("dry-run", help="try what a run would take; prints JSON, leaves nothing")
    dry_run.add_argument("settings", type=Path, help="a run directory or a --config file")
    pack = commands.add_parser("pack", help="put each stream of the clips into one file; prints JSON")
    pack.add_argument("settings", type=Path, help="a run directory or a --config file")
    evaluate = commands.add_parser("evaluate", help="score a run's checkpoint on an index")
    evaluate.add_argument("run", type=Path, help="a run directory")
    evaluate.add_argument(
        "--index", type=Path, required=True, action="append", help="list of video_id; may be repeated"
    )
    evaluate.add_argument("--checkpoint", choices=("best", "last"), default="best")
    evaluate.add_argument(
        "--perturb",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a range by which the clips' keypoints or time are changed, the centre or the seed; may be repeated",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""`python -m slt_engine demo-data OUT`: builds a demo data set, says what is in it and what to type next."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from slt_engine.arguments import LineParser
from slt_engine.clips.errors import DataError
from slt_engine.demo.fingerspelling import build_demo
from slt_engine.demo.plan import Recipe
from slt_engine.demo.summary import summarise, table

SYNTHETIC_ONLY = ("clips", "size")
FINGERSPELLING_ONLY = ("alphabets", "unseen", "held_out", "train_words", "clips_per_word")
PRESETS = {True: "tiny_cpu", False: "demo"}
"""The preset to try first, on synthetic data or not."""


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 when the data set is there, 1 with one line on stderr when not, 2 for wrong arguments."""
    parser = _parser()
    options = parser.parse_args(argv)
    _refuse_the_other_kinds_options(parser, options)
    try:
        config = _build(options)
    except (DataError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: the same command starts this data set again", file=sys.stderr)
        return 130
    print(_answer_as_json(options, config) if options.json else _answer(options, config))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = LineParser(
        prog="slt data demo",
        description="Build a data set to try things on.",
        argument_default=argparse.SUPPRESS,
    )
    add = parser.add_argument
    add("out", type=Path, help="directory of the data set")
    add(
        "--synthetic",
        action="store_true",
        default=False,
        help="a procedural signer instead of fingerspelling",
    )
    add("--seed", type=_at_least(0), help="default 0")
    add("--json", action="store_true", default=False, help="print the summary as JSON")
    words = parser.add_argument_group("fingerspelling")
    words.add_argument("--alphabets", type=_names, help="to train, validate and test on; default ssp,mfs,ase")
    words.add_argument("--unseen", help="to spell the test words in as well; default gsg")
    words.add_argument(
        "--held-out", type=_at_least(1), help="words to validate, and as many to test; default 200"
    )
    words.add_argument("--train-words", type=_at_least(1), help="at most so many; default all that are left")
    words.add_argument("--clips-per-word", type=_at_least(1), help="to train on; default 1")
    synthetic = parser.add_argument_group("synthetic")
    synthetic.add_argument("--clips", type=_at_least(1), help="default 24")
    synthetic.add_argument("--size", type=_at_least(16), help="pixels of a crop's side; default 224")
    return parser


def _refuse_the_other_kinds_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    foreign = FINGERSPELLING_ONLY if options.synthetic else SYNTHETIC_ONLY
    for name in foreign:
        if name in options:
            fix = "leave out --synthetic" if options.synthetic else "add --synthetic"
            parser.error(f"--{name.replace('_', '-')} has no effect here: {fix}, or leave it out")


def _build(options: argparse.Namespace) -> Path:
    typed = {name: value for name, value in vars(options).items() if name not in ("out", "synthetic", "json")}
    if not options.synthetic:
        return build_demo(options.out, Recipe(**typed))
    from slt_engine.demo.synthetic import SyntheticRecipe, build_synthetic

    return build_synthetic(options.out, SyntheticRecipe(**typed))


def _answer(options: argparse.Namespace, config: Path) -> str:
    next_command = shlex.join(
        [
            "slt",
            "train",
            "--decoder-preset",
            PRESETS[options.synthetic],
            "--config",
            str(config),
            "--work-dir",
            "work_dirs/first",
        ]
    )
    return f"{table(summarise(options.out))}\n\nconfig  {config}\nnext    {next_command}"


def _answer_as_json(options: argparse.Namespace, config: Path) -> str:
    return json.dumps(
        {"config": str(config), "splits": [asdict(summary) for summary in summarise(options.out)]}, indent=2
    )


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f'"{text}" is no whole number from {least} up')
        return int(text)

    return number


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise argparse.ArgumentTypeError("names no alphabet: type some, such as ssp,mfs")
    return names

"""`slt data split` and `slt data gloss`: index files and gloss.csv from what a meta.csv says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from slt_tui.cli.output import answer_table, fail, talk

if TYPE_CHECKING:
    from slt_engine.contract.splitting import Split

Meta = Annotated[Path, typer.Argument(metavar="META", help="A meta.csv: a table with the column video_id.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there.", metavar="")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")]


def split(
    meta: Meta,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where train.csv, val.csv and test.csv go.",
            show_default="index, beside META",
        ),
    ] = None,
    by: Annotated[
        Literal["clip", "signer", "source"],
        typer.Option(help="What stays together: nothing, a signer's clips, or those of one video."),
    ] = "clip",
    column: Annotated[
        str | None,
        typer.Option(
            help="The column that names it.", metavar="NAME", show_default="signer; video or source"
        ),
    ] = None,
    val: Annotated[float, typer.Option(min=0, help="Share of the clips to validate on.")] = 0.1,
    test: Annotated[
        float, typer.Option(min=0, help="Share of the clips to test on; 0 for no test split.")
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal splits.")] = 0,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Deal the clips of a meta.csv out to training, validation and test, with no signer or video in two of them."""
    from slt_engine.clips.errors import DataError
    from slt_engine.contract.splitting import split_table

    out = out or meta.parent / "index"
    try:
        refuse_to_replace([out / f"{name}.csv" for name in ("train", "val", "test")], force=force)
        splits = split_table(meta, by=by, shares={"val": val, "test": test}, seed=seed, column=column)
        write_splits(out, splits)
    except (DataError, OSError) as fault:
        raise typer.Exit(fail([str(fault)], code=2)) from None
    clips = sum(len(part.clip_ids) for part in splits.values())
    unit = {"clip": "groups", "signer": "signers", "source": "videos"}[by]
    rows = [
        {"split": name, "clips": len(part.clip_ids), "share": len(part.clip_ids) / clips, unit: part.groups}
        for name, part in splits.items()
        if part.clip_ids
    ]
    answer_table(rows, ("split", "clips", "share", *((unit,) if by != "clip" or column else ())), as_json)
    talk(f"written to {out}")


def gloss(
    meta: Meta,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The table to write.", show_default="gloss.csv, beside META"),
    ] = None,
    column: Annotated[
        str, typer.Option(help="The column with a clip's glosses, parted by blanks.", metavar="NAME")
    ] = "gloss",
    train_index: Annotated[
        Path | None,
        typer.Option(help="Number glosses of these clips first.", metavar="FILE", show_default="none"),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            help="A gloss.csv whose labels stay; new glosses are numbered after them.",
            metavar="FILE",
            show_default="none",
        ),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Number the glosses of a table as CTC labels and write gloss.csv; label 0 stays CTC's blank."""
    from slt_engine.clips.errors import DataError
    from slt_engine.clips.index import read_index
    from slt_engine.contract.glossing import label_table

    out = out or meta.parent / "gloss.csv"
    try:
        refuse_to_replace([out], force=force)
        trained = frozenset(read_index(train_index)) if train_index else None
        labelled = label_table(meta, column=column, trained=trained, kept=keep)
        write_table(out, ("video_id", "gloss", "ctc_labels"), labelled.rows())
    except (DataError, OSError) as fault:
        raise typer.Exit(fail([str(fault)], code=2)) from None
    facts = {
        "clips": len(labelled.glosses),
        "glosses": len(labelled.labels),
        "without": len(labelled.lacking),
    }
    answer_table([facts], tuple(facts), as_json)
    talk(f"written to {out}")


def refuse_to_replace(paths: Iterable[Path], *, force: bool) -> None:
    """A DataError where one is there and may not be replaced."""
    from slt_engine.clips.errors import DataError

    there = [path for path in paths if path.exists()]
    if there and not force:
        raise DataError(f"{there[0]}: is there already; --force replaces it")


def write_splits(out: Path, splits: Mapping[str, Split]) -> None:
    """One index file a split; a test.csv of before does not outlive a split without one."""
    out.mkdir(parents=True, exist_ok=True)
    for name, part in splits.items():
        path = out / f"{name}.csv"
        if part.clip_ids:
            write_table(path, ("video_id",), [(clip_id,) for clip_id in part.clip_ids])
        else:
            path.unlink(missing_ok=True)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table as our readers take it, whole or not at all."""
    from slt_engine.run.files import replace_file

    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.getvalue().encode())

"""`slt data`: build a demo data set (in an engine process of its own), look at clips, check them, count them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from slt_tui.cli.data_extract import extract
from slt_tui.cli.data_tables import gloss, split

app = typer.Typer()

WORDS, SIGNER = "Fingerspelling", "Synthetic"


@app.callback()
def data() -> None:
    """Build data sets, check them and look at them."""


app.command("extract")(extract)
app.command("split")(split)
app.command("gloss")(gloss)


@app.command("demo")
def demo(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="Its directory; a data set that is there already is kept.")
    ],
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="A procedural signer, with crops, instead of fingerspelling.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Equal seeds give equal files.", show_default="0")
    ] = None,
    alphabets: Annotated[
        str | None,
        typer.Option(help="To train and test on.", show_default="ssp,mfs,ase", rich_help_panel=WORDS),
    ] = None,
    unseen: Annotated[
        str | None,
        typer.Option(help="To spell the test words in as well.", show_default="gsg", rich_help_panel=WORDS),
    ] = None,
    held_out: Annotated[
        int | None,
        typer.Option(
            min=1, help="Words to validate, and as many to test.", show_default="200", rich_help_panel=WORDS
        ),
    ] = None,
    train_words: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many.", show_default="all others", rich_help_panel=WORDS),
    ] = None,
    clips_per_word: Annotated[
        int | None, typer.Option(min=1, help="To train on.", show_default="1", rich_help_panel=WORDS)
    ] = None,
    clips: Annotated[
        int | None,
        typer.Option(min=1, help="Clips of all splits.", show_default="24", rich_help_panel=SIGNER),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(min=16, help="Pixels of a crop's side.", show_default="224", rich_help_panel=SIGNER),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")] = False,
) -> None:
    """Build a data set to try things on: Spanish words fingerspelled with real recordings."""
    from slt_tui.launch import run_engine

    typed = {
        "--seed": seed,
        "--alphabets": alphabets,
        "--unseen": unseen,
        "--held-out": held_out,
        "--train-words": train_words,
        "--clips-per-word": clips_per_word,
        "--clips": clips,
        "--size": size,
    }
    arguments = [word for flag, value in typed.items() if value is not None for word in (flag, str(value))]
    switches = [flag for flag, on in (("--synthetic", synthetic), ("--json", as_json)) if on]
    code = run_engine(["demo-data", *arguments, *switches, "--", str(out)])
    raise typer.Exit(code)


@app.command("view")
def view(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A run, a --config file, or a directory with a data set.")
    ],
    clip: Annotated[
        str | None, typer.Argument(metavar="CLIP", help="Its video_id. All clips are listed without it.")
    ] = None,
    frame: Annotated[
        int | None, typer.Option(min=1, help="Which frame to draw.", show_default="the middle one")
    ] = None,
    play: Annotated[bool, typer.Option("--play", help="Draw the frames one after the other.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")] = False,
) -> None:
    """List the clips of a data set, or draw one."""
    from slt_tui.cli.data_view import list_data, view_clip

    if clip is None:
        if play or frame is not None:
            raise typer.BadParameter("--frame and --play draw a clip: name one after SOURCE")
        raise typer.Exit(list_data(source, as_json=as_json))
    raise typer.Exit(view_clip(source, clip, frame=frame, play=play, as_json=as_json))


@app.command("check")
def check(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A run, a --config file, or a directory with a data set.")
    ],
    deep: Annotated[bool, typer.Option("--deep", help="Decode every crop, not three of a clip.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Print every problem, not three of a kind.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")] = False,
) -> None:
    """Find what is wrong with a data set, and what to do about it; exit 1 if there is an error."""
    from slt_tui.cli.data_check import check_data

    raise typer.Exit(check_data(source, deep=deep, everything=everything, as_json=as_json))


@app.command("stats")
def stats(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A run, a --config file, or a directory with a data set.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")] = False,
) -> None:
    """Count frames, words and glosses, and how much of each stream is seen, by split."""
    from slt_tui.cli.data_check import show_stats

    raise typer.Exit(show_stats(source, as_json=as_json))


@app.command("pack")
def pack(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A run or a --config file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")] = False,
) -> None:
    """Put every stream of a data set, crops too, into one file each, which training then reads. Kept in SLT_CACHE,
    else ~/.cache/slt; what did not change is not packed again."""
    import subprocess

    from slt_tui.launch import run_engine

    raise typer.Exit(run_engine(["pack", "--", str(source)], stdout=None if as_json else subprocess.DEVNULL))


@app.command("import")
def import_(
    kind: Annotated[
        Literal["lsat", "phoenix", "mska", "how2sign", "pose", "csv"],
        typer.Argument(metavar="KIND", help="lsat, phoenix, mska, how2sign, pose or csv."),
    ],
    source: Annotated[
        Path,
        typer.Argument(metavar="SOURCE", help="A table or pickle, or the directory of those of all splits."),
    ],
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="Directory of the data set; it must not be there.")
    ],
    poses: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="pose: where the .pose files lie.", show_default="beside SOURCE"),
    ] = None,
    openpose: Annotated[
        Path | None, typer.Option(metavar="DIR", help="how2sign: one directory of OpenPose JSON a sentence.")
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(metavar="WxH", help="Pixels of the picture, for keypoints that are counted in them."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="OURS=THEIRS", help="csv, pose: what a column is called; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.", metavar="")] = False,
) -> None:
    """Write a data set from LSA-T, Phoenix, MSKA, How2Sign, .pose files or any table; nothing is dropped in silence."""
    from slt_tui.launch import run_engine

    typed = {"--poses": poses, "--openpose": openpose, "--size": size}
    arguments = [word for flag, value in typed.items() if value is not None for word in (flag, str(value))]
    arguments += [word for pair in column or () for word in ("--column", pair)]
    switches = ["--json"] if as_json else []
    raise typer.Exit(run_engine(["import", *arguments, *switches, "--", kind, str(source), str(out)]))

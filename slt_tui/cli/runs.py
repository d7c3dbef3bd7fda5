"""`slt runs`: list, show, follow, plot, stop and resume runs."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from slt_engine.run.directory import find_run, list_runs
from slt_tui.cli import runs_change, runs_compare, runs_export
from slt_tui.cli.light import LightCommand, LightGroup
from slt_tui.cli.output import answer, talk
from slt_tui.cli.run_options import Json, Numbers, Root, Run, Runs, find_all_numbers
from slt_tui.roots import roots

app = typer.Typer(cls=LightGroup)


@app.command("ls", cls=LightCommand)
def ls(
    pattern: Annotated[
        str | None,
        typer.Argument(
            metavar="[PATTERN]",
            help="Only runs whose path has this in it, or whose name is like it: 'sweep-*'.",
        ),
    ] = None,
    root: Root = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="STATE", help="Only runs in this state; may be given several times."),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="TAG", help="Only runs with this tag; several: with all of them."),
    ] = None,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric", metavar="NAME", help="A column for this metric's latest value: cer, train.loss."
        ),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            "--sort", metavar="KEY", help="age, name, state, epoch, best, last, or a metric; the best first."
        ),
    ] = "age",
    reverse: Annotated[bool, typer.Option("--reverse", metavar="", help="The other way round.")] = False,
    count: Annotated[
        int | None, typer.Option("--count", "-n", metavar="N", min=1, help="Only the first so many.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the runs, those with the latest sign of life first."""
    from slt_tui.cli.runs_choice import Choice, choose
    from slt_tui.cli.runs_list import print_list

    found = list_runs(roots(root))
    if not found:
        talk(
            f"no runs under {', '.join(map(str, roots(root)))}; `slt demo` makes one, --root looks elsewhere"
        )
    choice = Choice(pattern, state or (), tag or (), metrics or (), sort, reverse, count)
    print_list(choose(found, choice), as_json=as_json)


@app.command("show", cls=LightCommand)
def show(name: Run, root: Root = None, as_json: Json = False) -> None:
    """Show a run: where it stands, its scores, the settings that differ from the defaults, its files."""
    from slt_tui.cli.runs_show import print_run

    print_run(find_run(name, roots(root)), as_json=as_json)


@app.command("watch", cls=LightCommand)
def watch(name: Run, root: Root = None) -> None:
    """Show a run's progress live until it ends; Ctrl-C ends the watching, not the run."""
    from slt_tui.cli.progress import watch as watch_run

    raise typer.Exit(watch_run(find_run(name, roots(root))))


@app.command("logs", cls=LightCommand)
def logs(
    name: Run,
    root: Root = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", metavar="", help="Go on until the run ends, or Ctrl-C.")
    ] = False,
    count: Annotated[
        int | None,
        typer.Option(
            "--lines",
            "-n",
            metavar="N",
            min=0,
            help="How many lines, from the end.",
            show_default="40; with --search, all",
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(
            "--search",
            metavar="TEXT",
            help="Only the lines that have the text, with their numbers; capitals count if some are typed.",
        ),
    ] = None,
    train: Annotated[
        bool,
        typer.Option(
            "--train", metavar="", help="logs/train.log instead of logs/console.log, which has all."
        ),
    ] = False,
) -> None:
    """Print the end of a run's log, or what is searched in all of it."""
    from slt_tui.cli.runs_logs import LINES, follow_log, print_log, print_matches

    run = find_run(name, roots(root))
    path = run.train_log if train else run.console_log
    if text is not None:
        if follow:
            raise typer.BadParameter("searches what is there, and --follow waits for more; give one of them")
        raise typer.Exit(0 if print_matches(path, text, count) else 1)
    if follow:
        follow_log(run, path, LINES if count is None else count)
    else:
        print_log(path, LINES if count is None else count)


@app.command("stop", cls=LightCommand)
def stop(
    names: Runs,
    root: Root = None,
    timeout_s: Annotated[
        float,
        typer.Option(
            "--timeout", metavar="SECONDS", min=0, help="How long to wait; with --kill, for each step."
        ),
    ] = 60.0,
    kill: Annotated[
        bool,
        typer.Option(
            "--kill", metavar="", help="Then SIGINT, SIGTERM and SIGKILL, which waits for a checkpoint."
        ),
    ] = False,
) -> None:
    """Ask runs to end after the step at hand, with a checkpoint, and wait until they have."""
    from slt_tui.cli.runs_stop import ask_all, stop_all

    found = [find_run(name, roots(root)) for name in names]
    ended = stop_all(found, timeout_s) if kill else ask_all(found, timeout_s)
    raise typer.Exit(0 if ended else 1)


@app.command("resume", cls=LightCommand)
def resume(
    name: Run,
    root: Root = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting to change, such as training.epochs=40."),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return at once; the run goes on by itself.", metavar="")
    ] = False,
) -> None:
    """Go on with a run from its last checkpoint."""
    from slt_engine.config import set_layers
    from slt_tui.cli.progress import follow
    from slt_tui.launch import resume as resume_run

    run = resume_run(find_run(name, roots(root)).path, set_layers(pairs or []), command=command_line())
    if detach:
        answer(str(run.path))
    else:
        raise typer.Exit(follow(run))


@app.command("clone", cls=LightCommand)
def clone(
    name: Run,
    root: Root = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting to change, such as optim.lr=1e-4."),
    ] = None,
    work_dir: Annotated[
        Path | None,
        typer.Option(
            "--work-dir", metavar="DIR", help="Where it goes.", show_default="a free name beside the run"
        ),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return at once; the run goes on by itself.", metavar="")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Start nothing: tell what the run would take.", metavar="")
    ] = False,
    print_only: Annotated[
        bool, typer.Option("--print", help="Start nothing: print the slt train line.", metavar="")
    ] = False,
) -> None:
    """Start a run with the settings of another."""
    from slt_tui.cli.runs_clone import clone_layers, clone_line
    from slt_tui.cli.train import start_run, try_run

    run = find_run(name, roots(root))
    if print_only:
        answer(clone_line(run, pairs or [], work_dir))
        return
    layers = clone_layers(run, pairs or [], work_dir)
    if dry_run:
        try_run(layers, as_json=False)
    else:
        start_run(layers, detach=detach)


@app.command("plot", cls=LightCommand)
def plot(
    names: Numbers,
    root: Root = None,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric", metavar="NAME", help="What to draw, such as loss or cer; may be given several times."
        ),
    ] = None,
    by: Annotated[
        Literal["epoch", "step", "time"] | None,
        typer.Option(
            "--by",
            help="What runs along the bottom.",
            show_default="epoch, or step where there are no epochs",
        ),
    ] = None,
    smoothing: Annotated[
        float,
        typer.Option(
            "--smooth", metavar="W", min=0, max=0.999, help="Smooth by a moving average, as TensorBoard does."
        ),
    ] = 0.0,
    log_scale: Annotated[bool, typer.Option("--log", metavar="", help="A logarithmic scale.")] = False,
    width: Annotated[
        int | None, typer.Option("--width", metavar="COLUMNS", min=40, help="How wide; the terminal's width.")
    ] = None,
    height: Annotated[
        int, typer.Option("--height", metavar="LINES", min=6, help="How high a curve is.")
    ] = 14,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Write a picture; - is the standard output.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write every point, a row each.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write every point as JSON.")
    ] = None,
) -> None:
    """Draw runs' curves, of several overlaid: losses, perplexity and scores, of training and validation."""
    from slt_tui.cli.curves import draw_plots, plots_of, write_plots
    from slt_tui.cli.plot_text import Paper

    runs = find_all_numbers(names, root)
    plots = plots_of(runs, by=by, metrics=metrics, smoothing=smoothing, y_log=log_scale)
    if not write_plots(plots, {".svg": svg, ".csv": csv, ".json": json}):
        answer(draw_plots(plots, Paper.of(sys.stdout, width=width, height=height)))


for more in (runs_change, runs_compare, runs_export):
    more.add_to(app)


def command_line() -> str:
    """What was typed, as a shell would take it again."""
    return shlex.join(["slt", *sys.argv[1:]])

"""The root command: a table of the others, of which only the one that is called is imported."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, NamedTuple

import typer

import slt_engine
from slt_tui.cli.light import LightGroup
from slt_tui.cli.open import WorkbenchAsked, is_interactive
from slt_tui.cli.output import fail, problems_of

ABOUT = "From sign-language video to a trained translation model, without leaving the terminal."
COMPLETION = "_SLT_COMPLETE"


class Command(NamedTuple):
    """Where a command lives and what it does, so that help needs no import."""

    module: str
    help: str


COMMANDS = {
    "open": Command("slt_tui.cli.open", "Open the full-screen app; `slt` alone does so too."),
    "demo": Command("slt_tui.cli.demo", "Train on real signing from nothing and show the translations."),
    "train": Command("slt_tui.cli.train", "Start a run, in front or detached, or resume one."),
    "eval": Command("slt_tui.cli.eval", "Score a run's checkpoint on an index of clips."),
    "runs": Command("slt_tui.cli.runs", "List, show, watch, compare, tag, stop, resume, export."),
    "data": Command("slt_tui.cli.data", "Build data sets and look at their clips."),
    "presets": Command("slt_tui.cli.presets", "List, show and check presets."),
    "flags": Command("slt_tui.cli.reference", "List every setting: flag, key, kind, default, help."),
    "doctor": Command("slt_tui.cli.doctor", "Check Python, torch, GPU, disk, terminal; each with its fix."),
}


def run_command(arguments: Sequence[str], *, workbench: Callable[..., int] | None = None) -> int:
    """Runs a command line and gives its exit code; the user's mistakes come out as one line each.

    ``workbench`` shows the full-screen app: `slt open`, and no command at all on a terminal.
    """
    for stream in (sys.stdout, sys.stderr):  # what a name holds must not end a list half way
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = list(arguments) or (["open"] if workbench and is_interactive() else ["--help"])
    root = build_root(called_command(completed_words() or arguments))
    try:
        code = root(args=arguments, prog_name="slt", standalone_mode=False)
    except WorkbenchAsked as asked:
        return workbench(**asked.wish._asdict()) if workbench else fail(["no app to open here"], code=1)
    except typer.Abort:
        return fail(["aborted"], code=1)
    except typer.TyperException as error:
        return fail([_one_line(error.format_message())], code=error.exit_code)
    except Exception as error:
        problems = problems_of(error)
        if problems is None:
            raise
        return fail(problems, code=2)
    return code if isinstance(code, int) else 0


def called_command(arguments: Sequence[str]) -> str | None:
    """The command that a command line calls: its first word that is no option."""
    return next((word for word in arguments if not word.startswith("-")), None)


def completed_words() -> list[str]:
    """The words of the command line that the shell wants to complete; none when it runs one."""
    if COMPLETION not in os.environ:
        return []
    line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS", "")
    return line.split()[1:]


def build_root(called: str | None) -> typer.Typer:
    """The root app with the called command in full, and the others by name and help only."""
    root = typer.Typer(
        name="slt",
        cls=LightGroup,
        help=ABOUT,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode="rich" if called in COMMANDS else None,
        pretty_exceptions_enable=False,
    )
    root.callback()(_root)
    for name, command in COMMANDS.items():
        if name == called:
            _attach(root, name, import_module(command.module).app)
        else:
            root.command(name, help=command.help)(_unread)
    return root


def _attach(root: typer.Typer, name: str, app: typer.Typer) -> None:
    """Adds a command's app: as the command itself where it holds just that, else as a group."""
    own = [_name(entry.name, entry.callback) for entry in app.registered_commands]
    if own == [name] and not app.registered_groups:
        root.add_typer(app)
    else:
        root.add_typer(app, name=name, help=COMMANDS[name].help, no_args_is_help=True)


def _name(name: str | None, callback: Callable[..., object] | None) -> str:
    return name or getattr(callback, "__name__", "").replace("_", "-")


def _unread() -> None:
    raise AssertionError("only the command that is called runs")


def _print_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"slt {slt_engine.__version__}\n")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def _one_line(text: str) -> str:
    return " ".join(text.split())

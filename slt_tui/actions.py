"""Every action that does something outside the screen, and the command line that does the same.

The names are those of the bindings, as a key map has them. An action that is not here only looks, moves or asks.
"""

from __future__ import annotations

# Where an action means runs, RUN stands for them.
COMMANDS: dict[str, str] = {
    "app.help": "slt --help",
}


def command_of(name: str) -> str:
    """The command line that an action's name stands for; nothing where it only changes the view."""
    return COMMANDS.get(name) or COMMANDS.get(name.rpartition(".")[0], "")

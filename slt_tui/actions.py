"""Every action that does something outside the screen, and the command line that does the same.

The names are those of the bindings, as a key map has them. An action that is not here only looks, moves or asks.
"""

from __future__ import annotations

# RUN stands for the runs that an action means, FILE for a path that is asked for.
COMMANDS: dict[str, str] = {
    "app.help": "slt --help",
    "app.new_run": "slt train",
    "app.show_data": "slt data view SOURCE",
    "app.show_runs": "slt runs ls",
    "table.open": "slt runs show RUN",
    "runs.new_run": "slt train",
    "runs.compare": "slt runs compare RUN RUN",
    "runs.stop_runs": "slt runs stop RUN",
    "runs.kill_runs": "slt runs kill RUN",
    "runs.resume_run": "slt runs resume RUN",
    "runs.clone_run": "slt runs clone RUN",
    "runs.tag_runs": "slt runs tag RUN",
    "runs.remove_runs": "slt runs rm RUN",
    "run.stop_run": "slt runs stop RUN",
    "run.kill_run": "slt runs kill RUN",
    "run.resume_run": "slt runs resume RUN",
    "run.clone_run": "slt runs clone RUN",
    "run.compare": "slt runs compare RUN RUN",
    "run.tag_run": "slt runs tag RUN",
    "run.show_clips": "slt data view RUN",
    "run.show_view_log": "slt runs logs RUN",
    "run.show_view_settings": "slt runs show RUN",
    "new_run.launch": "slt train --detach",
    "new_run.dry_run": "slt train --dry-run",
    "new_run.save_preset": "slt presets save NAME",
    "new_run.add_file": "slt train --config FILE",
    "logs.search": "slt runs logs RUN --search TEXT",
}


def command_of(name: str) -> str:
    """The command line that an action's name stands for; nothing where it only changes the view."""
    return COMMANDS.get(name) or COMMANDS.get(name.rpartition(".")[0], "")

"""`slt data extract`: from videos to crops, pose and keypoints, in an engine process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RATE, PIECES = "Frames", "Pieces of long videos"


Videos = Annotated[
    Path,
    typer.Argument(metavar="VIDEOS", help="A directory of .mp4 .mkv .webm .mov .avi .gif, or one video."),
]
Out = Annotated[
    Path,
    typer.Argument(
        metavar="OUT",
        help="Where face, hand_l, hand_r, pose, keypoints and metadata.jsonl go: data/SET/processed.",
    ),
]
Fps = Annotated[
    float | None,
    typer.Option(
        help="Frames to keep a second, chosen by their times. None is repeated.",
        show_default="all",
        rich_help_panel=RATE,
    ),
]
FpsLimit = Annotated[
    float | None,
    typer.Option(
        help="Keep every n-th frame, so that no more a second are left. Instead of --fps.",
        show_default="none",
        rich_help_panel=RATE,
    ),
]
Clips = Annotated[
    Path | None,
    typer.Option(
        help="A CSV with the columns id, video, start and end (seconds), as LSA-T's: cut these out.",
        metavar="CSV",
        rich_help_panel=PIECES,
    ),
]
FaceBlur = Annotated[
    bool,
    typer.Option(
        "--face-blur",
        help="Blur the face crops but for eyes and mouth. A hand before the face still shows it.",
    ),
]
Recursive = Annotated[bool, typer.Option("--recursive", help="Look into the directories below VIDEOS too.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with what is in OUT. Videos that failed are tried again.")
]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes, each with a video.", show_default="1")]
Timeout = Annotated[
    float | None, typer.Option(help="Seconds without a frame until a video is given up.", show_default="60")
]


def extract(
    videos: Videos,
    out: Out,
    fps: Fps = None,
    fps_limit: FpsLimit = None,
    clips: Clips = None,
    face_blur: FaceBlur = False,
    recursive: Recursive = False,
    resume: Resume = False,
    workers: Workers = None,
    timeout: Timeout = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.", metavar="")] = False,
) -> None:
    r"""Make crops of face and hands, pose and keypoints from videos, by MediaPipe.

    A video that fails is told and passed over; the exit code is then 1. Needs pip install "slt-workbench\[extract]".
    """
    from slt_tui.launch import run_engine

    typed = {
        "--fps": fps,
        "--fps-limit": fps_limit,
        "--clips": clips,
        "--workers": workers,
        "--timeout": timeout,
    }
    flags = {"--face-blur": face_blur, "--recursive": recursive, "--resume": resume, "--json": as_json}
    arguments = [word for flag, value in typed.items() if value is not None for word in (flag, str(value))]
    switches = [flag for flag, on in flags.items() if on]
    raise typer.Exit(run_engine(["extract", *arguments, *switches, "--", str(videos), str(out)]))

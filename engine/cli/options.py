"""Options that several commands have, and how commands continue after an interruption."""

import os
from pathlib import Path
from typing import Annotated

import typer


def _move_home(folder: Path | None) -> Path | None:
    if folder is not None:
        # `~name` of nobody is refused where the folder is first asked for.
        own = folder.expanduser() if folder.parts[:1] == ("~",) else folder
        os.environ["GOMS_HOME"] = str(own.absolute())
    return folder


Home = Annotated[Path | None, typer.Option("--home", callback=_move_home, help="Folder of stores and caches (or GOMS_HOME).")]
Json = Annotated[bool, typer.Option("--json", help="End with one line of JSON.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Precision = Annotated[str, typer.Option(help="Precision of matrix products: bfloat16, float32, or auto (the faster).")]
GridFactor = Annotated[int, typer.Option(hidden=True, help="Use a grid this many times coarser.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue an interrupted run.")]

CONTINUE = "finished days are kept: continue with --resume"
CONTINUE_TRAINING = "the last saved state is kept: continue with --resume"
CONTINUE_INGEST = "finished days are kept: run the command again"
BEGIN_AGAIN = "nothing unfinished is kept: run the command again"
"""How commands continue after an interruption, a full disk or too little memory."""

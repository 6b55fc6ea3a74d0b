"""The page of the command line: every command with its options, as their help says them."""

from typing import Any

import typer

from docs.build.measured import markdown_table
from engine.cli.main import app

INTRODUCTION = """# Command line

Every command takes `--home FOLDER` (or the variable `GOMS_HOME`), the folder of stores and caches, and `--json`, which ends the
output with one line of JSON. Exit code 0 means done, 2 bad input, 3 that the model could not run, or that disk or memory did not
suffice. A run that was stopped keeps its finished days and goes on with `--resume`.

`goms app --help` lists the options of the server; [sharing](../sharing.md) explains them."""

COMMON = ("home", "as_json", "help")


def command_page() -> str:
    """Return the Markdown of all commands."""
    return "\n\n".join([INTRODUCTION, *_commands(typer.main.get_command(app), "goms")]) + "\n"


def _commands(command: Any, name: str) -> list[str]:
    if hasattr(command, "commands"):
        parts = [] if name == "goms" else [f"## {name}", command.help or ""]
        return parts + [part for each, found in command.commands.items() for part in _commands(found, f"{name} {each}")]
    parts = [f"## {name}", command.help or ""]
    shown = [each for each in command.params if each.name not in COMMON and not getattr(each, "hidden", False)]
    if shown:
        parts.append(markdown_table(["option", "meaning", "default"], [_option(each) for each in shown]))
    return parts


def _option(parameter: Any) -> list[str]:
    is_argument = parameter.param_type_name == "argument"
    metavar = parameter.metavar or (parameter.name.upper() if is_argument else "")
    label = " ".join(([] if is_argument else parameter.opts) + ([metavar] if metavar else []))
    default = parameter.default
    said = "" if default in (None, False, "") or callable(default) else f"`{default}`"
    return [f"<code>{label}</code>".replace("|", "&#124;"), getattr(parameter, "help", "") or "", said]

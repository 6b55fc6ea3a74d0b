"""The start of Python child processes: they import the same packages as this one, in any working directory."""

import os
import sys

from engine.runtime.paths import REPOSITORY


def module_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module without the working directory among the places that modules are imported from."""
    return [sys.executable, "-P", "-m", module, *arguments]


def child_environment(**variables: str) -> dict[str, str]:
    """Return the environment of this process with its import path, and with `variables`.

    Where this process imports from its working directory, the other gets the folder of the program's packages instead.
    """
    return {**os.environ, "PYTHONPATH": os.pathsep.join(place or str(REPOSITORY) for place in sys.path), **variables}

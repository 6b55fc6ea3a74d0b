"""An environment of OceanBench's own, made once and kept in the user's cache: it pins other versions than this program needs."""

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import platformdirs
import pytest
from filelock import FileLock

LOCK = Path(__file__).with_name("environment.txt")


def oceanbench_python() -> Path:
    """Return the interpreter of the environment; skip the test where it cannot be made, such as without a network.

    OceanBench 0.6.1 asks for Python 3.12.9; its evaluation runs on 3.11, too.
    """
    key = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = Path(platformdirs.user_cache_dir("goms-tests", appauthor=False)) / f"oceanbench-{key}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    python, ready = folder / "bin" / "python", folder / "ready"
    with FileLock(folder.with_suffix(".lock")):
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            venv.create(folder, with_pip=True)
            made = subprocess.run(
                [
                    python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--ignore-requires-python", "--prefer-binary", "--requirement", LOCK,
                ],
                capture_output=True, text=True,
            )  # fmt: skip
            if made.returncode:
                shutil.rmtree(folder, ignore_errors=True)
                pytest.skip(f"the environment of OceanBench cannot be made: {made.stderr.strip().splitlines()[-1:]}")
            ready.touch()
    return python

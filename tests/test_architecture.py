"""The shape of the house: one-way imports, small files, one vocabulary."""

import ast
from pathlib import Path

import pytest

from engine.runtime.paths import REPOSITORY
from tests.conftest import TOGETHER

LONGEST_FILE = 400

ORDER = ["variables", "regions", "grid", "batch", "channels", "normalisation", "models", "rollout", "forecast"]
"""A module may import those before it in this list, never those after it."""

FORBIDDEN = {
    "engine/models": (
        "engine.sources",
        "engine.stores",
        "engine.training.dataset",
        "engine.training.run",
        "engine.forecasting.forecast",
        "engine.training.heads",
    ),
    "engine/forecasting/rollout.py": ("engine.sources", "engine.stores", "engine.forecasting.forecast"),
    "engine/verify": ("torch",),
    "engine": ("app", "panel", "holoviews", "bokeh", "geoviews", "datashader"),
    "sample_data": ("app", "panel", "bokeh"),
}

SOURCES = sorted(p for folder in ("engine", "app", "sample_data", "tests") for p in (REPOSITORY / folder).rglob("*.py"))


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("folder", list(FORBIDDEN))
def test_nothing_imports_what_it_must_not_know(folder: str) -> None:
    breaches = [
        f"{path.relative_to(REPOSITORY)} imports {module}"
        for path in SOURCES
        if path.is_relative_to(REPOSITORY / folder)
        for module in _imports(path)
        if any(_inside(module, package) for package in FORBIDDEN[folder])
    ]
    assert not breaches


def test_the_core_is_imported_one_way() -> None:
    breaches = []
    for position, name in enumerate(ORDER):
        files = [REPOSITORY / "engine" / f"{name}.py", *(REPOSITORY / "engine" / name).rglob("*.py")]
        for path in filter(Path.is_file, files):
            later = [f"engine.{other}" for other in ORDER[position + 1 :]]
            breaches += [f"{path.name}: {m}" for m in _imports(path) if any(_inside(m, package) for package in later)]
    assert not breaches


def test_views_never_reach_past_the_services_to_files_or_frames() -> None:
    hidden = (
        "app.frames.encode",
        "app.frames.http",
        "app.page.session",
        "app.jobs.worker",
        "engine.stores",
        "engine.stores",
        "engine.forecasting.forecast",
    )
    breaches = [
        f"{path.name} imports {module}"
        for path in (REPOSITORY / "app" / "views").rglob("*.py")
        for module in _imports(path)
        if any(_inside(module, name) for name in (*hidden, "engine.sources", "engine.models", "engine.forecasting.rollout"))
    ]
    assert not breaches


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{path.name} has {lines} lines; split it at {LONGEST_FILE}"


@pytest.mark.parametrize("words", ["wait_for_timeout(", "time.sleep(", "networkidle"])
def test_browser_tests_wait_for_what_is_to_come_and_not_for_a_time(words: str) -> None:
    tests = sorted((REPOSITORY / "tests" / "browser").glob("test_*.py"))
    assert tests and [path.name for path in tests if words in path.read_text()] == []


def test_browser_tests_with_a_server_of_their_own_stay_together() -> None:
    texts = {path.name: path.read_text() for path in (REPOSITORY / "tests" / "browser").glob("test_*.py")}
    assert {name for name, text in texts.items() if "own_server" in text or 'scope="module"' in text} == set(TOGETHER)

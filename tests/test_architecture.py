"""The architecture: rooms in one order, one-way imports, small files."""

import ast
from functools import cache
from pathlib import Path

import pytest

from engine.runtime.paths import REPOSITORY
from tests.conftest import TOGETHER

ROOMS = (
    "engine",
    "engine.runtime",
    "engine.schema",
    "engine.physics",
    "engine.readers.container",
    "engine.readers.values",
    "engine.readers.tables",
    "engine.readers",
    "engine.readers.atmosphere",
    "engine.diagnostics",
    "engine.diagnostics.eddies",
    "engine.models.layers",
    "engine.models.backbones",
    "engine.models.evolution",
    "engine.models.heads",
    "engine.models",
    "engine.weights",
    "engine.stores",
    "engine.ingest",
    "engine.sources",
    "engine.forecasting",
    "engine.verification",
    "engine.verification.report",
    "engine.training.days",
    "engine.training",
    "engine.training.heads",
    "engine.reconstruction",
    "engine.reconstruction.training",
    "engine.verification.starts",
    "sample_data.weather",
    "sample_data.ocean",
    "sample_data.waves",
    "sample_data.biogeochemistry",
    "sample_data.runs",
    "sample_data.kuroshio",
    "sample_data",
    "sample_data.assets_build",
    "sample_data.calibration",
    "engine.providers.protocols",
    "engine.providers",
    "engine.oceanbench",
    "engine.cli",
    "app.text",
    "app.style",
    "app.page",
    "app.access",
    "app.loopmap",
    "app.data",
    "app.frames",
    "app.eddies",
    "app.jobs",
    "app.uploads",
    "app.services",
    "app.state",
    "app.analysis",
    "app.charts",
    "app.charts.drawings",
    "app.components.file_drop",
    "app.components.save_menu",
    "app.components.section_player",
    "app.components",
    "app.export",
    "app.show",
    "app.views.widgets",
    "app.views.controls",
    "app.views.charts",
    "app.views.maps",
    "app.views",
    "app.session",
    "app.server",
    "app",
)
"""All rooms, the lowest first: a room may import itself and those before it, never one after it."""

SIZE_OF_ROOM = (3, 15)
"""Files directly in the folder of a room: `__init__`, modules, scripts, styles, pages; folders such as `static` are not."""
MOST_ON_TOP = 10
"""Files directly in the folder of a package."""
LONGEST_FILE = 400
MEDIAN_FILE = 120

LIBRARIES = {
    "engine": ("panel", "panel_material_ui", "holoviews", "bokeh", "geoviews", "datashader", "tornado"),
    "sample_data": ("panel", "panel_material_ui", "holoviews", "bokeh", "geoviews", "datashader", "tornado"),
    "engine.verification": ("torch",),
    "engine.physics": ("torch",),
    "engine.schema": ("torch",),
}
"""Libraries that a package does without, its rooms that have an entry of their own too."""

MAY_USE = {"engine.verification": ("engine.verification.starts",)}
"""Rooms that may use what their package does without: scores of held-out starts run the networks."""

FORBIDDEN = {
    "engine.models": ("engine.weights", "engine.stores", "engine.training"),
    "app.views": ("app.frames", "app.jobs.worker", "engine.stores", "engine.forecasting", "engine.sources", "engine.models"),
}
"""Rooms that a room does without although they lie below it."""

PACKAGES = ("engine", "app", "sample_data")
SCRIPTS = (".py", ".js", ".css", ".html")


def _files(folder: str, endings: tuple[str, ...] = (".py",)) -> list[Path]:
    return sorted(path for path in (REPOSITORY / folder).rglob("*") if path.suffix in endings and "__pycache__" not in path.parts)


def _module(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_module(path): path for package in PACKAGES for path in _files(package)}


def room_of(module: str) -> str:
    """Return the room that a module lies in: its package, or itself where it is one."""
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


@cache
def names_imported(path: Path) -> frozenset[str]:
    """Return the dotted names that a file imports, wherever in it, those behind `TYPE_CHECKING` too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


@cache
def modules_imported(module: str) -> frozenset[str]:
    """Return the modules of this project that a module imports: of `from a.b import c` c where it is a module, else a.b."""
    names = names_imported(MODULES[module]) & MODULES.keys()
    # A package named beside a module of its own is only the way to it.
    return frozenset(name for name in names if name != module and not any(other.startswith(name + ".") for other in names))


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def test_every_room_has_its_place_in_the_order() -> None:
    assert sorted({room_of(module) for module in MODULES}) == sorted(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    breaches = [
        f"{module} imports {other}"
        for module in MODULES
        if room_of(module) == room
        for other in sorted(modules_imported(module))
        if ROOMS.index(room_of(other)) > ROOMS.index(room)
    ]
    assert not breaches


def test_no_files_import_each_other_in_a_cycle() -> None:
    left = {module: set(modules_imported(module)) for module in MODULES}
    while free := [module for module, others in left.items() if not others & left.keys()]:
        for module in free:
            del left[module]
    assert not left, f"a cycle lies among {sorted(left)}"


def test_the_engine_knows_the_sample_ocean_in_its_command_line_alone() -> None:
    knows = {
        room_of(module)
        for module in MODULES
        if _inside(module, "engine") and any(_inside(other, "sample_data") for other in modules_imported(module))
    }
    assert knows <= {"engine.cli"}


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_does_without_some_rooms_below_it(room: str) -> None:
    breaches = [
        f"{module} imports {other}"
        for module in MODULES
        if _inside(module, room)
        for other in sorted(modules_imported(module))
        if any(_inside(other, name) for name in FORBIDDEN[room])
    ]
    assert not breaches


@pytest.mark.parametrize("package", LIBRARIES)
def test_a_package_does_without_libraries_that_are_not_its_concern(package: str) -> None:
    breaches = [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        if _inside(module, package) and room_of(module) not in MAY_USE.get(package, ())
        for name in sorted(names_imported(path))
        if any(_inside(name, library) for library in LIBRARIES[package])
    ]
    assert not breaches


def test_the_engine_and_the_sample_ocean_do_not_know_the_application() -> None:
    assert not [
        f"{module} imports app"
        for module in MODULES
        if not _inside(module, "app") and any(_inside(other, "app") for other in modules_imported(module))
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_holds_neither_one_file_nor_too_many(room: str) -> None:
    files = [path for path in (REPOSITORY / Path(*room.split("."))).iterdir() if path.suffix in SCRIPTS]
    if room in PACKAGES:
        assert len(files) <= MOST_ON_TOP
    elif any(other.startswith(f"{room}.") for other in ROOMS) and len(files) == 1:
        pass  # a package of rooms alone
    else:
        least, most = SIZE_OF_ROOM
        assert least <= len(files) <= most, f"{room} holds {len(files)} files"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_holds(room: str) -> None:
    words = ast.get_docstring(ast.parse((REPOSITORY / Path(*room.split(".")) / "__init__.py").read_text(encoding="utf-8")))
    assert words, f"{room} says nothing of itself"


SOURCES = [path for folder in (*PACKAGES, "tests") for path in _files(folder, SCRIPTS)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{path.name} has {lines} lines; split it at {LONGEST_FILE}"


def test_half_of_all_files_are_short() -> None:
    lengths = sorted(path.read_text(encoding="utf-8").count("\n") for path in SOURCES if path.name != "__init__.py")
    assert lengths[len(lengths) // 2] <= MEDIAN_FILE


PRIVATE_OF_PANEL = ("panel.io.", "bokeh.server.", "server._tornado", "state._", "pn.state._", "edit_readonly")


@pytest.mark.parametrize("words", PRIVATE_OF_PANEL)
def test_what_is_private_in_the_library_of_the_page_is_used_in_one_file(words: str) -> None:
    users = [path.relative_to(REPOSITORY) for path in _files("app") if words in path.read_text(encoding="utf-8")]
    assert users in ([], [Path("app/page/panel_workarounds.py")])


@pytest.mark.parametrize("words", ["wait_for_timeout(", "time.sleep(", "networkidle"])
def test_browser_tests_wait_for_what_is_to_come_and_not_for_a_time(words: str) -> None:
    tests = sorted((REPOSITORY / "tests" / "browser").glob("test_*.py"))
    assert tests and [path.name for path in tests if words in path.read_text()] == []


def test_browser_tests_with_a_server_of_their_own_stay_together() -> None:
    texts = {path.name: path.read_text() for path in (REPOSITORY / "tests" / "browser").glob("test_*.py")}
    assert {name for name, text in texts.items() if "own_server" in text or 'scope="module"' in text} == set(TOGETHER)

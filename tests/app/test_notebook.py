"""The example notebook: it runs from top to bottom, draws what it says, and is committed without its outputs."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from engine.runtime.paths import REPOSITORY
from engine.stores import list_stores

NOTEBOOK = REPOSITORY / "docs" / "forecast.ipynb"
BOKEH = "application/vnd.holoviews_exec.v0+json"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookNode]:
    book = nbformat.read(NOTEBOOK, as_version=4)
    home = tmp_path_factory.mktemp("notebook-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOMS_HOME", str(home))
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        yield NotebookClient(book, timeout=None, resources={"metadata": {"path": str(Path(REPOSITORY))}}).execute()
        assert {store.kind for store in list_stores()} == {"forecast", "reference"}


def test_every_chart_is_drawn_with_its_units_and_as_a_simulation(executed: NotebookNode) -> None:
    said = {
        cell.id: str([output.get("data", output.get("text", "")) for output in cell.outputs])
        for cell in executed.cells
        if cell.cell_type == "code"
    }
    first, *others = said.values()
    drawn = [words for words in others if BOKEH in words]
    assert "Damped persistence from" in first and len(drawn) == 5
    for words, unit in zip(drawn, ("degC", "(m)", "u00b0C", "u00b0C", "RMSE"), strict=True):
        assert unit in words
    for words in drawn[:4]:
        assert "not for navigation" in words


def test_the_committed_notebook_is_small_and_holds_no_outputs() -> None:
    book = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(book)
    assert NOTEBOOK.stat().st_size < 20_000
    assert all(not cell.outputs and cell.execution_count is None for cell in book.cells if cell.cell_type == "code")

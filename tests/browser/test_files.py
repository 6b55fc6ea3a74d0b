"""Files brought to the page: dropped or chosen, sent in pieces, a source in the lists, or refused in words."""

from pathlib import Path

import netCDF4
import pytest
from playwright.sync_api import expect

from engine.schema.grid import Grid, coarsened
from tests.browser.conftest import Server, Visit
from tests.engine.readers import layouts

pytestmark = pytest.mark.browser

DROP = """async ([name, address]) => {
    const content = await (await fetch(address)).arrayBuffer();
    const carried = new DataTransfer();
    carried.items.add(new File([content], name));
    for (const kind of ["dragenter", "dragover", "drop"])
        document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def choose(visit: Visit, *paths: Path) -> None:
    """Choose files with the button."""
    with visit.page.expect_file_chooser() as chooser:
        visit.press("+ Add files")
    chooser.value.set_files([str(path) for path in paths])


def unfinished(visit: Visit) -> list[Path]:
    """Return what of uploads lies on the server's disk."""
    return [path for path in (visit.server.home / "uploads").rglob("*.nc*") if path.is_file()]


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Take a server that other modules do not see: what is brought stays in its home."""
    return own_server


def test_an_ocean_model_file_that_is_chosen_becomes_an_analysis_and_is_shown(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "box of June.nc"
    lat, lon = layouts.LAT + 95.3, layouts.LON + 210
    layouts.write_glorys(path, layouts.glorys_fields(2), lat, lon, layouts.days(2))
    visit.open()
    choose(visit, path)
    visit.told("GLORYS native grid, 2014-03-05 is a source now, and shown.")
    visit.address_has("source=store%3Aglorys__37n-38n")
    visit.until("goms.state().panels[0].title === 'GLORYS native grid' && goms.state().panels[0].drawn")
    assert unfinished(visit) == []


def test_altimetry_dropped_on_the_page_is_a_source_of_forecasts(visit: Visit, tmp_path: Path, small_grid: Grid) -> None:
    path = tmp_path / "sea level.nc"
    layouts.write_altimetry(path, layouts.altimetry_fields(1), small_grid.lat, small_grid.lon, layouts.days(1, "2014-03-05T00"))
    visit.open("?model=persistence")
    visit.page.route("**/carried.nc", lambda route: route.fulfill(body=path.read_bytes()))
    visit.page.evaluate(DROP, [path.name, f"{visit.server.url}/carried.nc"])
    visit.told("Altimetry 2014-03-05 is a source now: run a forecast from it.")
    visit.address_has("source=observed-20140305-")
    visit.press("Run 30-day forecast")
    visit.until("goms.state().panels[0].drawn && goms.state().panels[0].held >= 2")
    visit.until("goms.state().panels[0].title === 'Persistence'")


def test_a_file_that_is_not_what_it_is_called_is_refused_in_words(visit: Visit, tmp_path: Path) -> None:
    page, other = tmp_path / "page.nc", tmp_path / "wave.nc"
    layouts.replace_by_text(page)
    visit.open()
    choose(visit, page)
    visit.see("page.nc is not NetCDF, it is a web page")
    layouts.write_temperature(other, layouts.temperature_fields(1), *axes(), layouts.days(1))
    with netCDF4.Dataset(other, "a") as data:
        data.renameVariable("analysed_sst", "chlor_a")
    choose(visit, other)
    visit.see("wave.nc holds chlor_a; expected HYCOM")
    notes = tmp_path / "notes.txt"
    notes.write_text("nothing")
    choose(visit, notes)
    visit.see("notes.txt does not end in .nc, .nc4, .cdf")
    visit.wait(lambda: unfinished(visit) == [])


def test_an_upload_that_is_cancelled_or_left_leaves_nothing(visit: Visit, tmp_path: Path) -> None:
    large = tmp_path / "large.nc"
    with large.open("wb") as file:
        file.truncate(30 << 20)
    visit.open()
    # Pieces after the first one are held back, so that the upload is under way until it is stopped.
    visit.page.route("**/upload/*offset=*", lambda route: route.continue_() if route.request.url.endswith("=0") else None)
    choose(visit, large)
    visit.see("Sending large.nc, 13 %")
    assert [path.stat().st_size for path in unfinished(visit)] == [4 << 20]
    visit.press("Cancel")
    visit.see("Nothing was kept.")
    visit.wait(lambda: unfinished(visit) == [])
    choose(visit, large)
    visit.see("Sending large.nc, 13 %")
    expect(visit.page.get_by_role("button", name="+ Add files")).to_be_disabled()
    visit.page.goto("about:blank")
    visit.wait(lambda: unfinished(visit) == [])
    visit.errors.clear()  # the piece that was held back


def axes() -> tuple:
    """Return latitudes and longitudes of the coarse globe."""
    grid = coarsened(8)
    return grid.lat, grid.lon

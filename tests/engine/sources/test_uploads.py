"""Files of whatever kind: recognised by what they hold, taken in whole, refused without a trace."""

from collections.abc import Callable
from pathlib import Path

import netCDF4
import pytest

from engine.runtime.errors import InputError
from engine.runtime.paths import altimetry_folder, home
from engine.schema.grid import Grid
from engine.sources import open_source
from engine.sources.kept_altimetry import kept_altimetry
from engine.sources.uploads import kind_of, take_in
from engine.stores import open_store
from tests.engine.ingest.test_files import GLORYS_FILE, GULF_FILE, HYCOM_FILE
from tests.engine.readers import layouts

ALTIMETRY_FILE = "altimetry/nrt_global_allsat_phy_l4_20190223_20190226.nc"
BOX = (layouts.LAT, layouts.LON)


def altimetry(path: Path, grid: Grid, days: int = 2) -> Path:
    times = layouts.days(days, "2014-03-05T00")
    return layouts.write_altimetry(path, layouts.altimetry_fields(days), grid.lat, grid.lon, times)


def left_behind() -> list[Path]:
    return [path for path in home().rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "kind"), [(HYCOM_FILE, "hycom"), (GULF_FILE, "hycom"), (GLORYS_FILE, "glorys"), (ALTIMETRY_FILE, "altimetry")]
)
def test_real_files_are_recognised(shared_data: Path, name: str, kind: str) -> None:
    assert kind_of(shared_data / name) == kind


def test_shared_names_belong_to_hycom_where_the_file_says_so(tmp_path: Path) -> None:
    path = layouts.write_glorys(tmp_path / "box.nc", layouts.glorys_fields(1), *BOX, layouts.days(1))
    assert kind_of(path) == "glorys"
    with netCDF4.Dataset(path, "a") as data:
        data.source = "HYCOM archive file"
    assert kind_of(path) == "hycom"


def test_an_ocean_model_file_becomes_a_store(tmp_path: Path) -> None:
    path = layouts.write_glorys(tmp_path / "box.nc", layouts.glorys_fields(2), *BOX, layouts.days(2))
    store = open_store(take_in([path]))
    assert (store.attrs["source"], store.complete, len(store.leads)) == ("glorys", True, 2)


def test_altimetry_becomes_a_source_under_a_name_of_its_own(tmp_path: Path, small_grid: Grid) -> None:
    seen: list[float] = []
    folder = take_in(
        [altimetry(tmp_path / "sea level.nc", small_grid)], grid=small_grid, progress=lambda done, _: seen.append(done)
    )
    assert folder.name.startswith("observed-20140305-") and seen == sorted(seen)
    source = open_source(folder.name, grid=small_grid)
    assert (source.name, [str(day) for day in source.init_times()]) == (folder.name, ["2014-03-05", "2014-03-06"])
    assert source.provenance["altimetry"]["file"] == "sea level.nc"
    with pytest.raises(InputError, match=f"expected one of sample, observed, analysis, {folder.name}"):
        open_source("observed-20140305-ffffff")


def test_the_same_altimetry_is_kept_once_and_another_of_the_same_day_beside_it(tmp_path: Path, small_grid: Grid) -> None:
    first = altimetry(tmp_path / "a.nc", small_grid)
    assert take_in([first], grid=small_grid) == take_in([first], grid=small_grid)
    take_in([altimetry(tmp_path / "b.nc", small_grid, days=1)], grid=small_grid)
    assert len(kept_altimetry()) == 2


def renamed_text(path: Path, _: Grid) -> None:
    layouts.replace_by_text(path)


def truncated(path: Path, grid: Grid) -> None:
    layouts.truncate(altimetry(path, grid))


def other_fields(path: Path, grid: Grid) -> None:
    layouts.write_temperature(path, layouts.temperature_fields(1), grid.lat, grid.lon, layouts.days(1))
    with netCDF4.Dataset(path, "a") as data:
        data.renameVariable("analysed_sst", "chlor_a")


def without_currents(path: Path, grid: Grid) -> None:
    with netCDF4.Dataset(altimetry(path, grid), "a") as data:
        layouts.drop("ugos")(data)


def a_day_without_values(path: Path, grid: Grid) -> None:
    with netCDF4.Dataset(altimetry(path, grid), "a") as data:
        data["adt"][1] = -30000


def regional(path: Path, grid: Grid) -> None:
    fields = {name: values[..., :60, :] for name, values in layouts.altimetry_fields(1).items()}
    layouts.write_altimetry(path, fields, grid.lat[:60], grid.lon, layouts.days(1))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (renamed_text, "is not NetCDF, it is a web page"),
        (truncated, "ends after .* bytes; expected the whole file"),
        (other_fields, r"holds chlor_a; expected HYCOM \(water_temp"),
        (without_currents, "has no variable ugos or u"),
        (a_day_without_values, "adt of 2014-03-06 has no value at all"),
        (regional, "expected a global grid"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_leaves_nothing(
    tmp_path: Path, small_grid: Grid, bad: Callable[[Path, Grid], None], words: str
) -> None:
    path = tmp_path / "bad.nc"
    bad(path, small_grid)
    with pytest.raises(InputError, match=words):
        take_in([path], grid=small_grid)
    assert left_behind() == []


def test_files_of_two_kinds_are_told_apart_and_refused_together(tmp_path: Path, small_grid: Grid) -> None:
    model = layouts.write_glorys(tmp_path / "box.nc", layouts.glorys_fields(1), *BOX, layouts.days(1))
    sea_level = altimetry(tmp_path / "level.nc", small_grid)
    with pytest.raises(InputError, match=r"box\.nc is GLORYS, level\.nc is gridded altimetry; expected files of one kind"):
        take_in([model, sea_level], grid=small_grid)


def test_a_copy_that_breaks_off_is_no_source(tmp_path: Path, small_grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"half")
        raise OSError("no space left")

    monkeypatch.setattr("engine.sources.kept_altimetry.shutil.copyfile", full)
    with pytest.raises(OSError, match="no space"):
        take_in([altimetry(tmp_path / "a.nc", small_grid)], grid=small_grid)
    assert kept_altimetry() == {} and list(altimetry_folder().iterdir()) == []


def test_a_name_for_altimetry_and_an_unknown_kind_are_refused(tmp_path: Path, small_grid: Grid) -> None:
    path = altimetry(tmp_path / "a.nc", small_grid)
    with pytest.raises(InputError, match="leave the name out"):
        take_in([path], "altimetry", "mine", small_grid)
    with pytest.raises(InputError, match="expected one of hycom, glorys, sst, altimetry"):
        take_in([path], "soda")


def test_maps_of_surface_temperature_become_an_analysis_of_the_surface(tmp_path: Path, small_grid: Grid) -> None:
    path = tmp_path / "ostia.nc"
    layouts.write_temperature(path, layouts.temperature_fields(2), small_grid.lat, small_grid.lon, layouts.days(2))
    assert kind_of(path) == "sst"
    store = open_store(take_in([path], grid=small_grid))
    assert store.variables == ("thetao",) and len(store.leads) == 2 and store.depths("thetao") == (0.0,)

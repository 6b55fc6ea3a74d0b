"""Days that follow each other into one store: appended, missing, refused, continued."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from engine.cli.main import app
from engine.ingest import ingest, ingest_days
from engine.runtime.errors import DayMissing, InputError
from engine.runtime.paths import home, stores_folder
from engine.schema.grid import coarsened
from engine.stores import AnalysisStore, Missing, delete_store, list_stores, missing_days, open_store
from tests.engine.ingest.one_a_day import FIRST, Provider, assert_equal, days, write
from tests.engine.readers import layouts
from tests.faults.damaging import forget_checksums


def test_days_that_are_appended_in_parts_are_those_of_one_ingest() -> None:
    whole = open_store(ingest_days("glorys", days(6), Provider(), "whole"))
    ingest_days("glorys", days(2), Provider(), "parts")
    watched = open_store(stores_folder() / "parts")
    assert watched.leads == [0, 1] and watched.complete
    ingest_days("glorys", days(3), Provider(), "parts")
    ingest_days("glorys", days(3, first=3), Provider(), "parts")
    assert watched.leads == list(range(6)) and watched.complete, "a store that is open sees its further days"
    np.testing.assert_array_equal(watched.loop("thetao"), whole.loop("thetao"))
    assert_equal(open_store(stores_folder() / "parts"), whole)
    with xr.open_zarr(stores_folder() / "parts") as plain, xr.open_zarr(whole.folder) as other:
        xr.testing.assert_equal(plain.drop_attrs(), other.drop_attrs())
        assert plain.sizes["time"] == 6


def test_days_got_ahead_in_a_thread_come_out_the_same(tmp_path: Path) -> None:
    there = {day: write(tmp_path / f"{day}.nc", day) for day in days(5) if day != FIRST + 1}

    def copied(day: np.datetime64, folder: Path) -> list[Path]:
        if day not in there:
            raise DayMissing("not there")
        return [Path(shutil.copy(there[day], folder))]

    one, other = (open_store(ingest_days("glorys", days(5), copied, f"by-{n}", ahead=n)) for n in (0, 2))
    assert_equal(one, other)
    assert not list((home() / "incoming").iterdir())


def test_a_missing_day_is_listed_with_its_reason_until_it_comes() -> None:
    absent = {FIRST: "its run was lost", FIRST + 2: "404", FIRST + 3: "404"}
    store = open_store(ingest_days("glorys", days(6), Provider(absent), "box"))
    assert store.complete and store.leads == [1, 4, 5] and store.init_time == FIRST
    assert [each["reason"] for each in store.attrs["missing_days"]] == ["its run was lost", "404"]
    assert missing_days(store.attrs) == {day: Missing(reason, ()) for day, reason in absent.items()}
    with pytest.raises(InputError, match="lead 2 of box is not finished"):
        store.read("zos", 2)
    ingest_days("glorys", days(6), Provider({FIRST + 3: "410"}), "box")
    assert store.leads == [0, 1, 2, 4, 5] and missing_days(store.attrs) == {FIRST + 3: Missing("410", ())}
    ingest_days("glorys", days(6), Provider(), "box")
    assert "missing_days" not in store.attrs
    assert_equal(store, open_store(ingest_days("glorys", days(6), Provider(), "whole")))


def test_a_day_that_lacks_a_variable_is_missing_and_the_list_names_it() -> None:
    store = open_store(ingest_days("glorys", days(3), Provider(odd={FIRST + 1: {"without": "so"}}), "box"))
    assert store.leads == [0, 2]
    assert missing_days(store.attrs)[FIRST + 1].variables == ("so",)


def test_a_refused_day_ends_the_ingest_or_is_missing_where_it_is_to_keep_going() -> None:
    stale = Provider(stale=frozenset([FIRST + 2]))
    with pytest.raises(InputError, match="is of 2014-03-05; expected 2014-03-07"):
        ingest_days("glorys", days(5), stale, "box")
    assert open_store(stores_folder() / "box").leads == [0, 1]
    store = open_store(ingest_days("glorys", days(5), stale, "box", keep_going=True))
    assert store.leads == [0, 1, 3, 4] and "is of 2014-03-05" in missing_days(store.attrs)[FIRST + 2].reason


def test_where_no_day_is_there_nothing_is_written() -> None:
    with pytest.raises(InputError, match="none of 2 days of glorys is there; 2014-03-05: closed"):
        ingest_days("glorys", days(2), Provider(dict.fromkeys(days(2), "closed")), "box")
    with pytest.raises(InputError, match="no day is to be ingested"):
        ingest_days("glorys", [], Provider(), "box")
    assert not [path for path in home().rglob("*") if path.is_file()]


def test_days_between_two_ingests_are_listed_as_not_ingested() -> None:
    ingest_days("glorys", days(2), Provider(), "box")
    store = open_store(ingest_days("glorys", days(2, first=5), Provider(), "box"))
    assert store.leads == [0, 1, 5, 6] and store.complete
    assert missing_days(store.attrs) == dict.fromkeys(days(3, first=2), Missing("not ingested", ()))


MISFITS = {
    "earlier": (Provider(), days(2, first=-1), "begins on 2014-03-05; 2014-03-04 comes before it"),
    "another grid": (Provider(odd={FIRST + 2: {"shift": 0.5}}), days(1, first=2), r"day\.nc has the grid .*; expected the same"),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_what_does_not_fit_a_store_is_refused_and_leaves_it_as_it_was(misfit: str) -> None:
    store = open_store(ingest_days("glorys", days(2), Provider(), "box"))
    before = store.loop("thetao")
    provider, asked, sentence = MISFITS[misfit]
    with pytest.raises(InputError, match=sentence):
        ingest_days("glorys", asked, provider, "box")
    again = open_store(store.folder)
    assert again.leads == [0, 1]
    np.testing.assert_array_equal(again.loop("thetao"), before)


def test_another_product_or_another_time_of_day_never_gets_into_a_store(tmp_path: Path) -> None:
    ingest_days("glorys", days(2), Provider(), "box")
    noon = layouts.write_glorys(
        tmp_path / "noon.nc", layouts.glorys_fields(1), layouts.LAT, layouts.LON, layouts.days(1, "2014-03-07T12")
    )
    with pytest.raises(InputError, match=r"noon\.nc is of 2014-03-07T12.* store box has its days at 00:00 UTC"):
        ingest("glorys", [noon], "box")
    other = layouts.write_hycom(tmp_path / "hycom.nc", layouts.hycom_fields(1), layouts.LAT, layouts.LON, layouts.days(1))
    with pytest.raises(InputError, match="is analysis of glorys, not analysis of hycom; expected a new name"):
        ingest("hycom", [other], "box")
    assert open_store(stores_folder() / "box").leads == [0, 1]


def test_water_of_a_later_day_widens_the_mask_as_if_all_days_had_been_known() -> None:
    odd = {FIRST: {"columns": 5}, FIRST + 2: {"columns": 8}}
    ingest_days("glorys", days(2), Provider(odd={FIRST: {"columns": 5}, FIRST + 1: {"columns": 5}}), "box")
    watched = open_store(stores_folder() / "box")
    assert not watched.grid.wet[..., 5:].any()
    ingest_days("glorys", days(1, first=2), Provider(odd=odd), "box")
    assert watched.leads == [0, 1, 2] and watched.grid.wet[..., :8].all() and not watched.grid.wet[..., 8:].any()
    assert np.isfinite(watched.grid.deptho[:, :8]).all()
    assert np.isnan(watched.read("thetao", 0)[:, 5:]).all() and np.isfinite(watched.read("thetao", 2)[:, :8]).all()


def test_what_a_store_says_of_itself_travels_with_it(tmp_path: Path) -> None:
    glorys = open_store(ingest_days("glorys", days(1), Provider(), "glorys", attributes={"provider": "a server"})).attrs
    assert glorys["sampling"] == "daily mean" and glorys["tides"] == "no" and glorys["sea_level_zero"] == "glorys"
    assert glorys["temperature"] == "potential, as distributed" and "Copernicus" in glorys["license"]
    assert glorys["provider"] == "a server"
    box = (layouts.LAT, layouts.LON)
    gofs = layouts.write_hycom(tmp_path / "hycom_glby_930.nc", layouts.hycom_fields(1), *box, layouts.days(1))
    store = open_store(ingest("hycom", [gofs], "hycom"))
    assert store.attrs["sampling"] == "snapshot" and store.attrs["tides"] == "no"
    espc = layouts.write_hycom(
        tmp_path / "US058GCOM-OPSnce.espc-d-031.nc", layouts.hycom_fields(1), *box, layouts.days(1, "2014-03-06T12")
    )
    ingest("hycom", [espc], "hycom")
    assert store.attrs["tides"] == "unknown" and store.attrs["sea_level_zero"] == "hycom"
    assert store.attrs["files"] == [gofs.name, espc.name]


def test_a_store_of_an_earlier_version_takes_its_own_days_and_no_further_ones(tmp_path: Path) -> None:
    folder = ingest_days("glorys", days(3), Provider({FIRST + 1: "404"}), "box")
    forget_checksums(folder)
    assert open_store(ingest_days("glorys", days(3), Provider(), "box")).leads == [0, 1, 2]
    with pytest.raises(InputError, match="was made by an earlier version, which keeps no record"):
        ingest_days("glorys", days(4), Provider(), "box")


def test_a_store_that_is_written_by_another_process_is_left_alone() -> None:
    folder = ingest_days("glorys", days(1), Provider(), "box")
    with AnalysisStore.open_to_resume(folder), pytest.raises(Exception, match="being written by another process"):
        ingest_days("glorys", days(2), Provider(), "box")
    delete_store("box")


def test_the_command_continues_lists_gaps_and_says_them_in_the_list_of_stores(tmp_path: Path) -> None:
    files = [str(write(tmp_path / f"{number}.nc", FIRST + number)) for number in (0, 1, 3)]
    first = CliRunner().invoke(app, ["ingest", "glorys", files[0], files[1], "--name", "box"])
    assert first.exit_code == 0, first.output
    told = CliRunner().invoke(app, ["ingest", "glorys", *files, "--name", "box", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout.splitlines()[-1])["missing_days"][0]["first"] == "2014-03-07"
    assert [(summary.state, summary.leads, summary.all_leads) for summary in list_stores()] == [("complete", 3, 4)]
    assert "2014-03-07 is missing: no file of this day was given" in CliRunner().invoke(app, ["stores"]).output
    again = CliRunner().invoke(app, ["ingest", "glorys", *files, "--name", "box"])
    assert again.exit_code == 2 and "exists already with all these days" in again.output


def test_a_missing_day_keeps_its_words_and_variables_from_one_process_to_another() -> None:
    import pickle

    sent = pickle.loads(pickle.dumps(DayMissing("404", ["so"])))
    assert isinstance(sent, InputError) and (sent.reason, sent.variables) == ("404", ("so",))


def test_a_global_product_grows_on_the_models_grid_too(tmp_path: Path) -> None:
    from tests.engine.ingest.test_files import global_hycom

    grid = coarsened(16)
    path = global_hycom(tmp_path / "global.nc", 0.0)
    store = open_store(ingest("hycom", [path], "globe", grid=grid))
    later = tmp_path / "later.nc"
    later.write_bytes(path.read_bytes())
    import netCDF4

    with netCDF4.Dataset(later, "a") as data:
        data["time"][:] = data["time"][:] + 24
    ingest("hycom", [later], "globe", grid=grid)
    assert store.leads == [0, 1]
    np.testing.assert_array_equal(store.read("thetao", 0, 3), store.read("thetao", 1, 3))

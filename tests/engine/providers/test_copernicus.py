"""Copernicus Marine: its own toolbox against a twin of catalogue, account and stores, in a process with its environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from engine.stores import open_store
from tests.engine.providers.marine_twin import marine, publish

pytest.importorskip("copernicusmarine")

DAYS = np.arange(np.datetime64("2024-03-01"), np.datetime64("2024-03-03"))
LAT, LON = np.arange(30, 41, 0.5), np.arange(-180, 180, 1.0)
DEPTH = np.array([0.494, 5.078, 9.573, 29.445, 47.374, 92.326, 155.851, 318.127, 541.089, 1062.44])
GLO12 = {
    "cmems_mod_glo_phy-thetao_anfc_0.083deg_P1D-m": ("thetao",),
    "cmems_mod_glo_phy-so_anfc_0.083deg_P1D-m": ("so",),
    "cmems_mod_glo_phy-cur_anfc_0.083deg_P1D-m": ("uo", "vo"),
    "cmems_mod_glo_phy_anfc_0.083deg_P1D-m": ("zos",),
}
STANDARD = {
    "thetao": "sea_water_potential_temperature", "so": "sea_water_salinity", "uo": "eastward_sea_water_velocity",
    "vo": "northward_sea_water_velocity", "zos": "sea_surface_height_above_geoid",
}  # fmt: skip
UNITS = {"thetao": "degrees_C", "so": "1e-3", "uo": "m s-1", "vo": "m s-1", "zos": "m"}


def field(name: str, day: int) -> np.ndarray:
    """Return a field (z, h, w) of a day, (h, w) of sea level, deepest level last."""
    wave = np.sin(np.deg2rad(3 * LON[None] + 9 * day + len(name))) * np.cos(np.deg2rad(LAT[:, None]))
    values = 0.4 * wave if name == "zos" else np.exp(-DEPTH / 300)[:, None, None] * wave
    return (values + {"thetao": 12, "so": 34}.get(name, 0)).astype("f4")


def data_set(names: tuple[str, ...]) -> xr.Dataset:
    """Return fields as the service keeps them: elevation from the deepest level up."""
    fields = {}
    for name in names:
        values = np.stack([field(name, number) for number in range(DAYS.size)])
        dimensions = ("time", "latitude", "longitude") if name == "zos" else ("time", "elevation", "latitude", "longitude")
        told = {"standard_name": STANDARD[name], "units": UNITS[name]}
        fields[name] = (dimensions, values if name == "zos" else values[:, ::-1], told)
    axes = {"time": DAYS.astype("datetime64[ns]"), "latitude": LAT, "longitude": LON}
    return xr.Dataset(fields, axes if names == ("zos",) else axes | {"elevation": -DEPTH[::-1]})


def maps(names: dict[str, str], hours: tuple[int, ...] = (0,), depth: float | None = None) -> xr.Dataset:
    """Return global maps of the surface, 2 degrees apart; `names` gives the unit of each."""
    lat, lon = np.arange(-89, 90, 2.0), np.arange(-179, 180, 2.0)
    times = np.array([day + np.timedelta64(hour, "h") for day in DAYS for hour in hours], "datetime64[ns]")
    wave = np.sin(np.deg2rad(2 * lon[None, None] + 7 * np.arange(times.size)[:, None, None])) * np.cos(np.deg2rad(lat[:, None]))
    axes = {"time": times, **({"elevation": [-depth]} if depth else {}), "latitude": lat, "longitude": lon}
    values = wave[:, None] if depth else wave
    shift = {"kelvin": 285.0}
    fields = {
        name: (tuple(axes), (shift.get(unit, 1.5) + 0.4 * values).astype("f4"), {"units": unit, "standard_name": ""})
        for name, unit in names.items()
    }
    return xr.Dataset(fields, axes)


SURFACES = {
    "cmems_obs-sl_glo_phy-ssh_my_allsat-l4-duacs-0.125deg_P1D": maps({"adt": "m", "ugos": "m/s", "vgos": "m/s"}),
    "METOFFICE-GLO-SST-L4-NRT-OBS-SST-V2": maps({"analysed_sst": "kelvin"}),
    "cmems_mod_glo_wav_my_0.2deg_PT3H-i": maps({"VHM0": "m"}, tuple(range(0, 24, 3))),
    "cmems_mod_glo_bgc_my_0.25deg_P1D-m": maps({"chl": "mg m-3", "no3": "mmol m-3"}, depth=0.5),
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("marine")
    publish(folder, {name: data_set(held) for name, held in GLO12.items()} | SURFACES)
    with marine(folder) as found:
        yield found


def goms(environment: dict[str, str], home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {"GOMS_HOME": str(home), "HOME": str(home), "COPERNICUSMARINE_CREDENTIALS_DIRECTORY": str(home)}
    command = [sys.executable, "-m", "engine.cli.main", "fetch", *arguments]
    return subprocess.run(command, env=os.environ | environment | own, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_days_of_four_data_sets_become_one_store(environment: dict[str, str], private_home: Path) -> None:
    box = ("--region", "32,38,170,-170")
    done = goms(
        environment, private_home, "glo12", "--start", "2024-03-01", "--end", "2024-03-03", *box, "--name", "box", "--json"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["new_days"] == 2 and list(found["missing"]) == ["2024-03-03"]
    store = open_store(private_home / "stores" / "box")
    assert sorted(store.variables) == ["so", "thetao", "uo", "vo", "zos"]
    assert store.attrs["temperature"] == "potential, as distributed"
    rows = (LAT >= 32) & (LAT <= 38)
    inside = np.argsort(LON % 360)
    inside = inside[((LON % 360)[inside] >= 170) & ((LON % 360)[inside] <= 190)]
    np.testing.assert_allclose(store.grid.lon, (LON % 360)[inside])
    expected = field("zos", 1)[rows][:, inside]
    np.testing.assert_allclose(store.read("zos", 1), expected, atol=0.0006)
    np.testing.assert_allclose(store.read("thetao", 1, 0), field("thetao", 1)[0][rows][:, inside], atol=0.0006)


def test_an_account_that_is_accepted_is_said_without_its_password(environment: dict[str, str], private_home: Path) -> None:
    done = goms(environment, private_home, "glo12", "--check-login")
    assert done.returncode == 0 and "account: accepted" in done.stdout
    assert "a password" not in done.stdout + done.stderr


@pytest.mark.parametrize("wrong", [{"COPERNICUSMARINE_SERVICE_PASSWORD": "another"}, {"COPERNICUSMARINE_SERVICE_USERNAME": ""}])
def test_without_an_accepted_account_nothing_is_asked_of_the_user(
    environment: dict[str, str], private_home: Path, wrong: dict[str, str]
) -> None:
    done = goms(environment | wrong, private_home, "glo12", "--start", "2024-03-01")
    assert done.returncode == 2 and "run `copernicusmarine login`" in done.stderr
    assert not list(private_home.rglob("*credentials*"))


@pytest.mark.parametrize(("name", "fields"), [("ostia", ("thetao",)), ("waverys", ("swh",)), ("glo-bgc", ("chl", "no3"))])
def test_fields_of_the_surface_become_stores(
    environment: dict[str, str], private_home: Path, name: str, fields: tuple[str, ...]
) -> None:
    done = goms(environment, private_home, name, "--start", "2024-03-01", "--region", "-20,20,100,150", "--name", "box")
    assert done.returncode == 0, done.stderr
    store = open_store(private_home / "stores" / "box")
    assert store.variables == fields and len(store.leads) == 1 and store.attrs["provider"] == name


def test_each_day_of_altimetry_becomes_a_source_and_is_not_got_twice(environment: dict[str, str], private_home: Path) -> None:
    days = ("--start", "2024-03-01", "--end", "2024-03-02", "--grid-factor", "8", "--json")
    first, again = (json.loads(goms(environment, private_home, "duacs", *days).stdout.splitlines()[-1]) for _ in range(2))
    assert first["new_days"] == 2 and [name[:17] for name in first["sources"]] == ["observed-20240301", "observed-20240302"]
    assert again["new_days"] == 0 and again["sources"] == first["sources"]

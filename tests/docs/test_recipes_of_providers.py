"""The recipes of real data run as they stand against servers of this machine; the operator's bytes are those of the layouts."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli.main import app
from engine.providers.catalogue import CATALOGUE
from engine.providers.protocols.request import request_of
from engine.runtime.paths import REPOSITORY
from tests.docs.pages import code_blocks
from tests.engine.providers.marine_twin import marine, publish
from tests.engine.providers.test_argo import ROWS, UNITS
from tests.engine.providers.test_copernicus import GLO12, SURFACES, data_set
from tests.engine.providers.test_files import write_oisst
from tests.engine.providers.test_opendap import EAST_LON, ESPC, LAT, SINGLE
from tests.engine.providers.test_zarr import ARCO, era5
from tests.engine.providers.twin_files import write_gofs, write_set
from tests.engine.providers.twins import bucket, erddap, folder_served, opendap

for library in ("moto", "pydap", "copernicusmarine"):
    pytest.importorskip(library)

PAGE = REPOSITORY / "docs" / "recipes" / "real-data.md"
RECIPES = code_blocks(PAGE, "sh")
LONGEST = 15


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Serve what the recipes ask for, and give the environment that leads to it."""
    folder = tmp_path_factory.mktemp("recipes")
    days = [np.datetime64("2012-03-01"), np.datetime64("2012-03-02")]
    gofs = {f"2012/hycom_GLBv0.08_537_{str(day).replace('-', '')}12_t000.nc": day for day in days}
    sets = {name: write_set(folder / f"{name}.nc", held, [ESPC], LAT, EAST_LON, 12) for name, held in SINGLE.items()}
    espc = {f"ESPC-D-V02/{name}/2025": file for name, file in sets.items()}
    for day in ("20240228", "20240229"):
        write_oisst(folder / "web" / "202402" / f"oisst-avhrr-v02r01.{day}.nc", np.datetime64(f"{day[:4]}-{day[4:6]}-{day[6:]}"))
    era5(("10m_u_component_of_wind", "10m_v_component_of_wind")).to_zarr(folder / "web" / ARCO, zarr_format=2)
    (folder / "marine").mkdir()
    publish(folder / "marine", {name: data_set(held) for name, held in GLO12.items()} | SURFACES)
    with (
        bucket("gofs", {key: write_gofs(folder / f"{day}.nc", day) for key, day in gofs.items()}) as hycom,
        opendap(espc) as thredds,
        erddap("tabledap/ArgoFloats", UNITS, ROWS) as argo,
        folder_served(folder / "web") as web,
        marine(folder / "marine") as environment,
    ):
        own = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        yield (
            environment
            | own
            | {
                "GOMS_ADDRESS_HYCOM": f"{hycom}/gofs",
                "GOMS_ADDRESS_ESPC": thredds,
                "GOMS_ADDRESS_ARGO": argo,
                "GOMS_ADDRESS_OISST": web,
                "GOMS_ADDRESS_ARCO_ERA5": web,
            }
        )


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: " ".join(re.findall(r"goms fetch (\S+)", recipe)))
def test_a_recipe_runs_as_it_stands(
    addresses: dict[str, str], private_home: Path, monkeypatch: pytest.MonkeyPatch, recipe: str
) -> None:
    lines = recipe.strip().splitlines()
    assert len(lines) <= LONGEST
    through_toolbox = "copernicusmarine login" in lines
    for line in lines:
        words = shlex.split(line)
        if words[0] != "goms" or words[1] == "app":
            continue
        # The globe of these servers is coarser than the model's.
        coarse = ["--grid-factor", "8"] if words[2:3] == ["duacs"] else []
        if through_toolbox:  # which reads its environment once, when it is imported
            environment = os.environ | addresses | {"GOMS_HOME": str(private_home), "HOME": str(private_home)}
            command = [sys.executable, "-m", "engine.cli.main", *words[1:], *coarse]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            assert done.returncode == 0, done.stderr
            continue
        for name, value in addresses.items():
            if name.startswith("GOMS_"):
                monkeypatch.setenv(name, value)
        result = CliRunner().invoke(app, words[1:])
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("name", "sampling"), [("hycom", ""), ("glorys12", ""), ("arco-era5", "12 UTC"), ("arco-era5", "daily mean")]
)
def test_the_bytes_of_the_operators_page_are_those_of_the_layouts(name: str, sampling: str) -> None:
    text = (REPOSITORY / "docs" / "recipes" / "operator.md").read_text(encoding="utf-8")
    asked = request_of(CATALOGUE[name], "2000-01-01", "2012-12-31", None, None, "", sampling)
    size, days = asked.bytes_a_day(), asked.days.size
    assert f"{days:,} days" in text
    assert f"{size / 1e9:.2f} GB" in text if size >= 1e9 else f"{size / 1e6:.3g} MB" in text
    total = size * days
    assert f"{total / 1e12:.3g} TB" in text if total >= 1e12 else f"{total / 1e9:.3g} GB" in text

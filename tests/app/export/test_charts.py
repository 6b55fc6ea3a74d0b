"""Charts taken away: the same elements as on the page, with every word that a figure needs, and their numbers."""

import io
from collections.abc import Iterator

import imageio.v3 as imageio
import numpy as np
import pandas as pd
import pytest

from app.export.http import Export, skill_file
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.chart_kinds import CHARTS
from app.state.selection import Selection
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.schema.grid import coarsened
from engine.stores import open_store
from engine.verification.results import keep_result
from tests.app.made_results import made_result
from tests.app.made_stores import all_parts, write_forecast

VIEW_OF = {"axis": "kuroshio", "sea-state": "waves", "plankton": "biogeochemistry"}
POINT = {"point_lat": "10", "point_lon": "200", "lead": "2"}


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    parts = all_parts(coarsened(16))
    write_forecast(coarsened(8), days=3, parts=parts)
    write_forecast(coarsened(8), days=3, kind="reference", shift=3.0, parts=parts)
    yield made
    made.close()


def table(services: Services, address: dict[str, str]) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(Export(services, address).file("chart.csv")[0]), comment="#")


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_is_a_drawing_that_says_what_when_whence_and_that_it_is_a_simulation(services: Services, chart: str) -> None:
    address = POINT | {"chart": chart, "view": VIEW_OF.get(chart, "map"), "compare": "reference", "section": "equatorial_pacific"}
    if chart in VIEW_OF:
        del address["section"]
    said = Export(services, address).file("chart.svg")[0].decode()
    for words in ("GOMS small", "Reference (sample run)", "day 2", "sample day 2", "valid", "sample ocean", "not for navigation"):
        assert words in said, words
    numbers = table(services, address)
    assert len(numbers) > 3 and set(numbers.columns[:3]) == {"chart", "place", "curve"}


def test_a_chart_of_the_page_is_a_picture_of_its_colours(services: Services) -> None:
    body, media_type = Export(services, POINT | {"chart": "point", "theme": "dark"}).file("chart.png")
    drawn = imageio.imread(io.BytesIO(body))[..., :3]
    assert media_type == "image/png" and drawn.shape[1] > 1600
    assert (np.abs(drawn.astype(int) - [0x58, 0xC1, 0xDD]).max(axis=-1) < 12).sum() > 300, "the curve of the forecast"


def test_the_table_of_a_series_holds_the_values_of_the_store_at_each_place(services: Services) -> None:
    found = table(services, POINT | {"chart": "point", "pins": "-20,180", "compare": "reference"})
    store = open_store(stores_folder() / "small__sample__20190223__3d-made00")
    series = found[found.lead.notna() & (found.curve == "GOMS small")]
    assert series[series.place.isna()].value.tolist() == pytest.approx(store.point("thetao", 10, 200)[:, 0], abs=1e-2)
    assert series[series.place == "A"].value.tolist() == pytest.approx(store.point("thetao", -20, 180)[:, 0], abs=1e-2)
    assert set(found.curve) == {"GOMS small", "Reference (sample run)"}
    assert found[found.depth.notna()].depth.nunique() == 15


def test_a_section_says_its_line_and_what_crosses_it(services: Services) -> None:
    address = {"chart": "section", "section": "equatorial_pacific", "lead": "1"}
    said = Export(services, address).file("chart.svg")[0].decode()
    for words in ("Equatorial Pacific", "0-500 m only", "white: mixed layer solid", "middle of the line"):
        assert words in said
    text = Export(services, address).file("chart.csv")[0].decode()
    assert "between the levels of the store" in text and {"depth", "distance", "value"} <= set(table(services, address).columns)


def test_where_no_chart_is_shown_it_is_said(services: Services) -> None:
    with pytest.raises(InputError, match="click the map first"):
        Export(services, {"chart": "water", "point_lat": "null", "point_lon": "null"}).file("chart.png")
    with pytest.raises(InputError, match="there is no chart to save"):
        Export(services, {"chart": "section"}).file("chart.png")


def test_scores_are_a_picture_with_their_key_and_what_was_measured(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    name = keep_result(made_result()).stem
    said = skill_file(services, Selection(view="skill", skill=f"own:{name}"), "svg")[0].decode()
    for words in (
        "5 held-out starts",
        "Persistence",
        "FourCastNet",
        "RMSE",
        "Spectrum of sea level",
        "upper bound",
        "made machine",
    ):
        assert words in said
    monkeypatch.setattr("app.analysis.skill.result_files", list)
    with pytest.raises(InputError, match="nothing is scored yet"):
        skill_file(services, Selection(view="skill"), "png")

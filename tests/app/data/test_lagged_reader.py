"""Forecasts of one day from several starts: aligned by valid day, honest about how many there are."""

from collections.abc import Iterator

import holoviews as hv
import numpy as np
import pytest

from app.analysis.errors import point_values
from app.charts.drawings.point import profile, series
from app.data.lagged_reader import LaggedReader, count_words, members_words
from app.data.readers import DisplayReader
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.readers import revision
from app.services.services import Services
from app.state.comparison import comparison_choices
from app.state.earlier_starts import MOST_MEMBERS, earlier_start
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from engine.schema.grid import Grid, coarsened
from tests.app.made_stores import ocean, waves_and_detail, write_forecast


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def lagged(services: Services, statistic: str, *identifiers: str) -> LaggedReader:
    return LaggedReader([services.readers.open(identifier) for identifier in identifiers], statistic)


def chosen(**values: object) -> Selection:
    return Selection(**{"start": "2019-02-28", **values})


def test_members_are_taken_on_the_day_they_are_valid_and_mean_and_spread_follow_the_closed_form(
    services: Services, small_grid: Grid
) -> None:
    late = write_forecast(small_grid, days=10, begin=5, shift=2.0)
    early = write_forecast(small_grid, days=10, begin=0)
    first, second = (ocean(small_grid, 5 + 3, shift)["zos"] for shift in (2.0, 0.0))
    mean, spread = (lagged(services, name, late, early) for name in ("mean", "spread"))
    assert mean.read("zos", 3) == pytest.approx((first + second) / 2, abs=2e-3, nan_ok=True)
    assert spread.read("zos", 3) == pytest.approx(np.abs(first - second) / np.sqrt(2), abs=2e-3, nan_ok=True)
    assert spread.valid_time(3) == services.readers.open(early).valid_time(8)
    assert mean.leads == spread.leads == [0, 1, 2, 3, 4, 5], "the earlier forecast ends on its day 10"


def test_members_that_say_the_same_have_no_spread_and_their_own_mean(services: Services, small_grid: Grid) -> None:
    same = [write_forecast(small_grid, days=6, begin=begin) for begin in (4, 2, 0)]
    assert np.nanmax(lagged(services, "spread", *same).read("thetao", 1, 3)) == 0
    member = services.readers.open(same[0]).read("thetao", 1, 3)
    assert lagged(services, "mean", *same).read("thetao", 1, 3) == pytest.approx(member, abs=1e-5, nan_ok=True)


def test_the_number_of_starts_is_said_by_lead(services: Services, small_grid: Grid) -> None:
    starts = [write_forecast(small_grid, days=6, begin=begin) for begin in (4, 2, 0)]
    reader = lagged(services, "spread", *starts)
    assert reader.counts() == {0: 3, 1: 3, 2: 3, 3: 2, 4: 2, 5: 1, 6: 1}
    assert count_words(reader) == "3 starts to day 2, 2 to day 4" and members_words(reader) == "2 to 3 starts"
    assert np.isnan(lagged(services, "spread", starts[0]).combined(6, lambda member, own: np.ones((2, 2)))).all()


def test_the_spread_of_what_is_derived_is_that_of_the_derived_values(services: Services, small_grid: Grid) -> None:
    late, early = (write_forecast(small_grid, days=6, begin=begin, shift=begin / 2) for begin in (4, 0))
    reader = lagged(services, "spread", late, early)
    speeds = [
        np.hypot(store.read("uo", lead), store.read("vo", lead))
        for store, lead in ((services.readers.open(late), 1), (services.readers.open(early), 5))
    ]
    expected = np.std(speeds, axis=0, ddof=1)
    found = DisplayReader(reader, services.climatology.field).read("speed", 1)
    assert found == pytest.approx(expected, abs=1e-5, nan_ok=True)
    row, column = small_grid.nearest(10, 200)
    assert point_values(services, reader, "speed", 10.0, 200.0, [1]).values[0, 0] == pytest.approx(
        expected[row, column], abs=1e-5
    )
    anomaly = DisplayReader(reader, services.climatology.field).read("thetao_anomaly", 1)
    assert anomaly == pytest.approx(reader.read("thetao", 1), abs=1e-4, nan_ok=True), "the climatology of the day is the same"


def test_the_services_make_the_same_reader_again_by_its_name(services: Services, small_grid: Grid) -> None:
    late, early = write_forecast(small_grid, days=6, begin=4), write_forecast(small_grid, days=6)
    reader = lagged(services, "spread", late, early)
    again = services.readers.open(reader.identifier)
    assert again.identifier == f"spread@{late}|{early}" and again.leads == reader.leads
    assert revision(again) == revision(reader) != revision(services.readers.open(late))


def test_an_earlier_forecast_stands_beside_on_the_same_day_and_counts_its_own_leads(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=10, begin=5, shift=2.0)
    early = write_forecast(small_grid, days=10)
    scene = build_scene(chosen(comparison="earlier:5"), services)
    beside, difference = scene.panels[1:]
    assert (beside.store, beside.lead_offset, beside.lead_shift) == (early, 5, 5)
    assert beside.title == "GOMS small, 5 days earlier"
    assert difference.title == "GOMS small minus GOMS small, 5 days earlier"
    assert scene.panels[0].lead_shift == 0 and scene.needs_earlier == ""
    choices = comparison_choices(chosen(), services, scene)
    assert choices["earlier:5"] == "GOMS small, 5 days earlier" and choices["lagged"] == "Spread of 2 starts"
    assert f"store:{early}" not in choices, "it is in the list once"


def test_an_earlier_forecast_that_is_not_there_can_be_asked_for(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=10, begin=5)
    write_forecast(small_grid, days=10, kind="reference")
    scene = build_scene(chosen(comparison="earlier:5"), services)
    assert scene.needs_earlier == "2019-02-23" and "run it" in scene.panels[1].empty
    assert comparison_choices(chosen(), services, scene)["earlier:5"] == "GOMS small, 5 days earlier (to be run)"
    nowhere = build_scene(chosen(comparison="earlier:4"), services)
    assert nowhere.needs_earlier == "" and "no start so many days earlier" in nowhere.panels[1].empty
    assert "earlier:4" not in comparison_choices(chosen(comparison="earlier:4"), services, nowhere)


def test_mean_and_spread_stand_beside_the_forecast_with_their_number_and_limits_of_their_own(
    services: Services, small_grid: Grid
) -> None:
    late, early = write_forecast(small_grid, days=6, begin=5, shift=1.0), write_forecast(small_grid, days=10)
    write_forecast(small_grid, days=10, finished=7, begin=1)
    scene = build_scene(chosen(comparison="lagged", variable="speed"), services)
    mean, spread = scene.panels[1:]
    assert (mean.title, spread.title) == ("Mean of 2 starts", "Spread of 2 starts"), "a forecast under way is no member"
    assert mean.store == f"mean@{late}|{early}" and spread.store == f"spread@{late}|{early}"
    assert spread.quantity == "Current speed at the surface, standard deviation" and spread.own_range
    assert spread.notice.startswith("2 starts to day 5") and "simulation" in spread.notice
    assert spread.leads == [0, 1, 2, 3, 4, 5]


def test_one_start_alone_says_what_is_missing(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=6, begin=5)
    scene = build_scene(chosen(comparison="lagged"), services)
    assert scene.comparison is None and all("earlier start" in panel.empty for panel in scene.panels[1:])
    assert "lagged" not in comparison_choices(chosen(), services, scene)


def test_waves_have_a_spread_where_two_starts_have_them(services: Services, small_grid: Grid) -> None:
    parts = {"waves": waves_and_detail(coarsened(16))["waves"]}
    late = write_forecast(small_grid, days=6, begin=5, parts=parts)
    early = write_forecast(small_grid, days=10, parts=parts)
    write_forecast(small_grid, days=10, begin=2)
    scene = build_scene(chosen(comparison="lagged", variable="swh"), services)
    assert scene.panels[2].store == f"spread@{late}/waves|{early}/waves"


def test_no_more_than_a_few_starts_are_read_for_one_map(services: Services, small_grid: Grid) -> None:
    for begin in range(5 - MOST_MEMBERS, 6):
        write_forecast(small_grid, days=9, begin=begin)
    scene = build_scene(chosen(comparison="lagged"), services)
    assert scene.panels[2].title == f"Spread of {MOST_MEMBERS} starts"


@pytest.mark.parametrize("comparison", ["earlier:", "earlier:x", "earlier:0", "earlier:-3", "earlier:²", "lagged", "none"])
def test_what_names_no_number_of_days_names_no_start(comparison: str) -> None:
    assert earlier_start("2019-02-28", comparison) == ""


def test_the_charts_of_a_point_show_the_mean_in_a_band_as_wide_as_its_starts_lie_apart(
    services: Services, small_grid: Grid
) -> None:
    late = write_forecast(small_grid, days=6, begin=5, shift=2.0)
    early = write_forecast(small_grid, days=10)
    selection = chosen(comparison="lagged", point_latitude=10.0, point_longitude=200.0, pins="-20,180", lead=1)
    scene = build_scene(selection, services)
    profiled = profile(selection, services, scene)
    assert profiled is not None
    (over_lead,), (over_depth,) = series(selection, services, scene).make()[0], profiled.make()[0]
    band, pinned = (element for element in over_lead if isinstance(element, hv.Area))
    assert band.label == "± spread of 2 starts" and pinned.group == "A"
    values = [store.point("thetao", 10, 200)[:, 0] for store in (services.stores.get(late), services.stores.get(early)) if store]
    apart = np.std([values[0][:6], values[1][5:11]], axis=0, ddof=1)
    assert band["high"] - band["low"] == pytest.approx(2 * apart, abs=2e-2)
    assert band["lead"].tolist() == [0, 1, 2, 3, 4, 5]
    shape = next(element for element in over_depth if isinstance(element, hv.Polygons))
    assert shape.label == band.label and shape.dimension_values("depth").max() == 500

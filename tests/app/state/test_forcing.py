"""The air of forecasts on the page: offered where it covers the start, and told beside the title of the map."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.comparison import comparison_choices
from app.state.scene_builder import build_scene
from app.state.selection import Selection, from_address
from app.text.i18n import speaking
from app.text.labels import forcing_label
from app.views.controls.sources import SourceControls
from app.views.controls.stores_dialog import StoresDialog
from engine.ingest import ingest
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.stores import ForecastStore, list_stores
from engine.stores.layout import Part
from tests.app.made_stores import START, ocean, write_forecast
from tests.engine.readers.atmosphere import air_files as files
from tests.engine.sources.test_head_references import wave_file

SOURCE = "observed-20190225-made00"
FIRST = START + 2


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=40, first_run=False), Jobs(["false"]))
    yield made
    made.close()


@pytest.fixture
def air(tmp_path: Path) -> str:
    return ingest("era5", [files.new(tmp_path / "air.nc", files.hours(72))], "air", grid=files.CELLS).name


def forecast(**forcing: object) -> str:
    """Write a forecast from altimetry, and return its name."""
    attrs = {
        "source": SOURCE, "source_label": "Observed", "sample": False, "model": "small", "days": 3,
        "forcing_kind": "climatology", **forcing,
    }  # fmt: skip
    name = f"small__{SOURCE}__{attrs.get('forcing_source', '')}"
    with ForecastStore.create(stores_folder() / name, files.CELLS, FIRST, 3, attrs) as store:
        for lead in range(4):
            store.append(lead, ocean(files.CELLS, 2 + lead))
        store.finish()
    return name


def chosen(**values: object) -> Selection:
    return Selection(source=SOURCE, start=str(FIRST), **values)


def test_each_air_shows_its_own_forecast_and_says_how_far_its_winds_are_known(services: Services, air: str) -> None:
    calm = forecast()
    windy = forecast(forcing_kind="reanalysis", forcing_source=air, forcing_until=2, forcing_gaps=[])
    first = build_scene(chosen(), services)
    assert first.primary is not None and first.primary.identifier == calm
    assert first.panels[0].forcing == "climatological winds"
    second = build_scene(chosen(forcing=air), services)
    assert second.primary is not None and second.primary.identifier == windy and not second.needs_forecast
    assert second.panels[0].forcing == "hindcast, winds known to day 2"
    assert f"store:{air}" not in comparison_choices(chosen(), services, first)


@pytest.mark.parametrize(
    ("attrs", "english", "chinese"),
    [
        ({"forcing_kind": "reanalysis", "forcing_until": 30}, "hindcast, winds known", "后报（风场已知）"),
        ({"forcing_kind": "reanalysis", "forcing_until": 9}, "hindcast, winds known to day 9", "后报（前 9 天风场已知）"),
        ({"forcing_kind": "forecast", "forcing_until": 30}, "forecast winds", "预报风场"),
        (
            {"forcing_kind": "forecast", "forcing_until": 10, "forcing_gaps": [3, 4]},
            "forecast winds to day 10, then climatology (climatology on day 3, 4)",
            "前 10 天为预报风场，之后为气候态（第 3，4 天为气候态）",
        ),
    ],
)
def test_how_far_the_winds_are_known_is_said_in_both_languages(attrs: dict[str, object], english: str, chinese: str) -> None:
    assert forcing_label("forecast", {"days": 30, **attrs}) == english
    with speaking("zh"):
        assert forcing_label("forecast", {"days": 30, **attrs}) == chinese


def test_the_air_that_covers_the_start_is_offered_beside_the_climatology(services: Services, air: str) -> None:
    forecast()
    selection = chosen()
    controls = SourceControls(selection, services)
    controls.show(build_scene(selection, services))
    assert controls.forcing.visible
    assert controls.forcing.options == {"Climatology": "climatology", "ERA5, 2019-02-25 – 2019-02-27": air}
    assert services.stores.forcings(str(FIRST + 2)) == {}, "the day after that start is not in the store"


def test_an_air_that_does_not_cover_the_start_is_told_and_put_back(services: Services, air: str) -> None:
    forecast()
    selection = chosen(forcing="elsewhere")
    words = SourceControls(selection, services).check()
    assert "The atmosphere elsewhere does not have 2019-02-25" in words and selection.forcing == "climatology"
    selection.forcing = air
    assert SourceControls(selection, services).check() == "" and selection.forcing == air
    sample = from_address({"source": "sample", "forcing": air})
    assert SourceControls(sample, services).check() == "" and sample.forcing == "climatology"


def test_a_run_is_asked_for_with_its_air_and_another_air_is_another_job(services: Services, air: str) -> None:
    calm = services.queues.request("forecast", SOURCE, str(FIRST), "small")
    windy = services.queues.request("forecast", SOURCE, str(FIRST), "small", forcing=air)
    assert calm != windy and dict(windy.options)["forcing"] == air and "forcing" not in dict(calm.options)


def test_a_store_of_air_is_no_map_but_can_be_chosen_as_the_air(services: Services, air: str) -> None:
    with pytest.raises(InputError, match="store air holds air; expected one of the ocean"):
        build_scene(Selection(source=f"store:{air}"), services)
    selection = chosen()
    dialog = StoresDialog(selection, services, lambda *_: None)
    [summary] = [summary for summary in list_stores() if summary.identifier == air]
    dialog._show(summary)
    assert selection.forcing == air and selection.source == SOURCE


def test_waves_of_another_model_stand_beside_those_of_a_forecast(services: Services, tmp_path: Path) -> None:
    grid = files.CELLS
    write_forecast(grid, days=4, parts={"waves": Part(grid, ("swh",))})
    other = ingest("waves", [wave_file(tmp_path / "waves.nc", 16)], "theirs", grid=grid).name
    selection = Selection(start=str(START), variable="swh", comparison=f"store:{other}")
    scene = build_scene(selection, services)
    assert selection.comparison in comparison_choices(selection, services, scene)
    assert scene.panels[1].store == other and scene.panels[1].lead_offset == -2
    assert scene.panels[2].title == "GOMS small minus Waves" and not scene.panels[2].empty

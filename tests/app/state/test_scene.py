"""The scene of a selection: the right stores, matched by valid day, labelled as what they are."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.comparison import comparison_choices
from app.state.scene import shown_variable, time_axis
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from app.state.view_modes import VIEWS
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened
from engine.stores import delete_store
from tests.app.made_stores import all_parts, waves_and_detail, write_analysis, write_forecast, write_surface_analysis


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def chosen(**values: object) -> Selection:
    return Selection(**{"start": "2019-02-23", **values})


def test_a_finished_forecast_is_shown_with_its_label_and_caution(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=3)
    scene = build_scene(chosen(depth=100.0), services)
    panel = scene.panels[0]
    assert (panel.title, panel.quantity, panel.depth_index) == ("GOMS small", "Temperature at 100 m", 7)
    assert panel.forcing == "hindcast, winds known"
    assert "not for navigation" in panel.notice and "simulation" in panel.notice
    assert scene.times[1] == "sample day 1 (like 24 Feb)"
    assert not scene.needs_forecast


def test_a_forecast_under_way_shows_its_finished_days_and_can_be_continued(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=5, finished=2)
    scene = build_scene(chosen(), services)
    assert scene.panels[0].leads == [0, 1, 2]
    assert scene.leads == [0, 1, 2, 3, 4, 5]
    assert scene.needs_forecast


def test_without_a_forecast_the_reference_is_shown_and_run_is_offered(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=3, kind="reference")
    scene = build_scene(chosen(), services)
    assert scene.panels[0].title == "Reference (sample run)"
    assert scene.needs_forecast


def test_with_nothing_on_the_disk_the_map_says_so(services: Services) -> None:
    scene = build_scene(chosen(), services)
    assert scene.panels[0].leads == []
    assert scene.panels[0].empty
    assert scene.needs_reference


def test_a_comparison_gives_three_maps_and_a_difference_in_that_order(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=3)
    write_forecast(small_grid, days=3, kind="reference")
    scene = build_scene(chosen(comparison="reference"), services)
    assert [panel.key for panel in scene.panels] == ["forecast", "reference", "difference"]
    assert scene.panels[2].of == ["forecast", "reference"]
    assert scene.panels[2].title == "GOMS small minus Reference (sample run)"


def test_another_product_is_matched_by_valid_day_and_its_zero_of_height_is_moved(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=5)
    other = write_analysis(small_grid)
    scene = build_scene(chosen(comparison=f"store:{other}", variable="zos"), services)
    assert scene.panels[1].lead_offset == -2
    assert scene.aligned and "means over the common water removed" in scene.panels[2].notice
    assert scene.panels[1].store.startswith("aligned@")
    plain = build_scene(chosen(comparison=f"store:{other}", variable="thetao"), services)
    assert not plain.aligned


def test_beside_a_map_only_the_same_depth_is_shown(services: Services, small_grid: Grid) -> None:
    forecast, surface = write_forecast(small_grid, days=3), write_surface_analysis(small_grid)
    deep = build_scene(chosen(comparison=f"store:{surface}", depth=100.0), services)
    assert deep.panels[0].quantity == deep.panels[1].quantity == "Temperature at 100 m"
    assert deep.panels[1].leads == []
    assert deep.panels[1].empty == "There is no temperature at 100 m in this store"
    # The other way round the store with levels shows the surface, whatever depth was chosen before.
    shallow = build_scene(chosen(source=f"store:{surface}", comparison=f"store:{forecast}", depth=100.0), services)
    assert [panel.quantity for panel in shallow.panels] == ["Temperature at the surface"] * 3
    assert shallow.panels[1].depth_index == 0 and shallow.panels[1].leads


def test_the_days_of_an_analysis_are_no_leads(services: Services, small_grid: Grid) -> None:
    scene = build_scene(chosen(source=f"store:{write_analysis(small_grid)}"), services)
    assert not scene.panels[0].has_lead
    assert time_axis(scene) == "days since 2019-02-25"


def test_persistence_stands_beside_without_a_store_of_its_own(services: Services, small_grid: Grid) -> None:
    identifier = write_forecast(small_grid, days=3)
    scene = build_scene(chosen(comparison="persistence"), services)
    assert scene.panels[1].store == f"persistence@{identifier}"
    assert scene.panels[1].leads == [0, 1, 2, 3]


def test_a_change_in_a_day_needs_the_day_before(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=3)
    scene = build_scene(chosen(quantity="change"), services)
    assert scene.panels[0].leads == [1, 2, 3]
    assert scene.panels[0].variable == "thetao_change"


def test_a_store_that_is_not_there_is_refused_by_name(services: Services) -> None:
    with pytest.raises(InputError, match="nowhere"):
        build_scene(chosen(source="store:nowhere"), services)
    with pytest.raises(InputError, match="gone"):
        services.readers.open("persistence@gone")


def test_only_stores_with_a_common_day_are_offered_beside(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=1)
    write_forecast(small_grid, days=1, kind="reference")
    other = write_analysis(small_grid)
    selection = chosen()
    scene = build_scene(selection, services)
    choices = comparison_choices(selection, services, scene)
    assert {"none", "reference", "persistence", "climatology"} <= set(choices)
    assert f"store:{other}" not in choices, "it begins two days after the forecast began, one after its end"
    assert shown_variable(selection, scene) == "thetao"


def test_waves_in_a_store_are_shown_like_other_fields_and_beside_the_reference_s(services: Services, small_grid: Grid) -> None:
    parts = {"waves": waves_and_detail(coarsened(16))["waves"]}
    store = write_forecast(small_grid, days=2, parts=parts)
    write_forecast(small_grid, days=2, kind="reference", parts=parts)
    assert "swh" in build_scene(chosen(), services).variables
    scene = build_scene(chosen(variable="swh", comparison="reference"), services)
    first, second, _ = scene.panels
    assert (first.store, first.leads, first.units) == (f"{store}/waves", [0, 1, 2], "m")
    assert first.quantity == "Significant wave height" and first.title == "GOMS small"
    assert second.store.endswith("/waves") and second.leads == [0, 1, 2]
    assert scene.depths == () and scene.primary is not None and scene.primary.grid.shape == (45, 90)
    assert services.readers.open(f"{store}/waves").read("swh", 2).shape == (45, 90)
    beside = comparison_choices(chosen(variable="swh"), services, scene)
    assert f"store:{store}" not in beside and "persistence" in beside


@pytest.mark.parametrize(
    ("view", "head", "made", "words"),
    [
        ("waves", "waves", "wind", "first day from the wind"),
        ("biogeochemistry",) * 2 + ("climatology", "first day from climatology"),
    ],
)
def test_a_tab_says_where_first_fields_come_from_that_the_source_did_not_have(
    services: Services, small_grid: Grid, view: str, head: str, made: str, words: str
) -> None:
    parts = all_parts(small_grid)
    part = replace(parts[head], attributes={"initial_fields": made})
    write_forecast(small_grid, days=1, parts={**parts, head: part})
    variable = VIEWS[view].begins["variable"]
    assert build_scene(chosen(view=view, variable=variable), services).panels[0].notice.endswith(words)
    assert words not in build_scene(chosen(), services).panels[0].notice


def test_a_store_deleted_while_its_parts_are_looked_at_is_passed_over(
    services: Services, small_grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.data.store_cache.INTERVAL", 3600)
    store = write_forecast(small_grid, days=1, parts=waves_and_detail(small_grid))
    assert [each.identifier for each in services.parts.with_details()] == [store, f"{store}/kuroshio"]
    whole = services.stores.all()[0]
    delete_store(store)
    assert services.parts.with_details() == [], "the list is from before, the store is not"
    with pytest.raises(InputError):
        services.parts.part_with(whole, ("swh",))
    services.stores.refresh()
    assert services.parts.with_details() == []


def test_what_has_no_climatology_says_so_instead_of_an_anomaly(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=2, parts={"waves": waves_and_detail(small_grid)["waves"]})
    anomaly = build_scene(chosen(variable="swh", quantity="anomaly"), services).panels[0]
    assert anomaly.leads == [] and "no climatology of significant wave height" in anomaly.empty
    beside = build_scene(chosen(variable="swh", comparison="climatology"), services).panels[1]
    assert beside.leads == [] and "no climatology" in beside.empty


def test_a_reference_without_waves_says_so_beside_a_forecast_that_has_them(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=2, parts={"waves": waves_and_detail(small_grid)["waves"]})
    write_forecast(small_grid, days=2, kind="reference")
    beside = build_scene(chosen(variable="swh", comparison="reference"), services).panels[1]
    assert beside.leads == [] and beside.empty == "There is no significant wave height in this store"


def test_the_fine_kuroshio_stands_beside_the_forecast_it_belongs_to_and_says_what_it_is(
    services: Services, small_grid: Grid
) -> None:
    store = write_forecast(small_grid, days=2, parts=waves_and_detail(small_grid))
    plain = build_scene(chosen(), services)
    assert plain.panels[0].store == store
    detail = f"store:{store}/kuroshio"
    assert detail in comparison_choices(chosen(), services, plain)
    scene = build_scene(chosen(comparison=detail, variable="vorticity"), services)
    assert scene.panels[1].title == "GOMS small, Kuroshio 1/12°" and scene.panels[1].leads == [0, 1, 2]
    assert "finer than 1/4° is statistical" in scene.panels[1].notice
    alone = build_scene(chosen(source=detail), services)
    assert alone.panels[0].store == f"{store}/kuroshio" and not alone.needs_forecast
    assert f"store:{store}" in comparison_choices(chosen(source=detail), services, alone)


def test_the_kuroshio_stands_beside_its_own_forecast_and_the_reference(services: Services, small_grid: Grid) -> None:
    store = write_forecast(small_grid, days=2, parts=waves_and_detail(small_grid))
    write_forecast(small_grid, days=2, kind="reference")
    scene = build_scene(chosen(view="kuroshio", comparison="reference"), services)
    fine, whole, reference = scene.panels
    assert [panel.key for panel in scene.panels] == ["forecast", "whole", "reference"]
    assert (fine.store, whole.store) == (f"{store}/kuroshio", store)
    assert "finer than 1/4° is statistical" in fine.notice and "statistical" not in whole.notice
    assert reference.title == "Reference (sample run)"
    assert {panel.quantity for panel in scene.panels} == {"Temperature at the surface"}
    assert set(scene.variables) == {"speed", "rossby", "zos", "thetao"}
    assert f"store:{store}" not in comparison_choices(chosen(view="kuroshio"), services, scene)


def test_a_run_without_the_part_of_a_view_says_how_to_get_it(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=2)
    kuroshio = build_scene(chosen(view="kuroshio", comparison="none"), services)
    assert kuroshio.panels[0].leads == [] and "no Kuroshio at 1/12°" in kuroshio.panels[0].empty
    assert kuroshio.panels[1].leads == [0, 1, 2], "the forecast itself is shown"
    for view, field in (("waves", "swh"), ("biogeochemistry", "chl")):
        scene = build_scene(chosen(view=view), services)
        assert scene.panels[0].leads == [] and "Runs of GOMS small at 1/4°" in scene.panels[0].empty
        assert shown_variable(chosen(view=view), scene) == field


def test_a_view_offers_its_own_fields_alone(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=2, parts=waves_and_detail(small_grid))
    assert build_scene(chosen(view="waves", variable="thetao"), services).panels[0].variable == "swh"


def test_waves_name_their_classes_and_say_that_there_are_none_under_ice(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=1, parts=waves_and_detail(small_grid))
    panel = build_scene(chosen(view="waves"), services).panels[0]
    assert panel.classes[4] == [1.25, "moderate"] and panel.notice.endswith("none under ice")
    assert build_scene(chosen(view="waves", quantity="change"), services).panels[0].classes == []
    assert build_scene(chosen(), services).panels[0].classes == []


def test_a_source_without_a_reference_shows_two_maps_of_the_kuroshio(services: Services, small_grid: Grid) -> None:
    store = write_forecast(small_grid, days=1, parts=waves_and_detail(small_grid))
    detail = build_scene(chosen(view="kuroshio", source=f"store:{store}/kuroshio", comparison="reference"), services)
    assert [(panel.key, panel.store) for panel in detail.panels] == [("forecast", f"{store}/kuroshio"), ("whole", store)]

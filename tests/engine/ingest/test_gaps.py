"""No use of a store bridges its missing days: training, starts, references, scores."""

import numpy as np
import pytest

from engine.physics.displaced_state import climatology
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.schema.constants import DAY
from engine.schema.grid import coarsened
from engine.sources import initial_state
from engine.sources.analysis import AnalysisSource
from engine.stores import AnalysisStore, ForecastStore, Missing, Store, open_store
from engine.training.run import prepare, sequence_starts
from engine.verification.scores import reference_lead
from engine.verification.starts.stored_forecasts import Reference

GRID = coarsened(24)
START = np.datetime64("2014-03-05", "D")
GAP = 9


@pytest.fixture
def store() -> Store:
    """Return an analysis of 20 days, one of which is missing."""
    folder = stores_folder() / "gappy"
    with AnalysisStore.create(folder, GRID, START + np.arange(20), {"source": "glorys", "label": "GLORYS"}) as writer:
        for lead in range(20):
            if lead != GAP:
                writer.append(lead, climatology(GRID, START + lead))
        writer.mark_missing({START + GAP: Missing("404", ())})
        writer.finish()
    return open_store(folder)


def test_no_training_sequence_spans_a_missing_day(store: Store, tmp_path) -> None:
    source = AnalysisSource(store.folder)
    days = source.init_times()
    assert START + GAP not in days and days.size == 19
    assert sequence_starts(days) == [START, START + GAP + 1]
    assert [(run.first, len(run)) for run in prepare([source], tmp_path, GRID)] == [(START, GAP), (START + GAP + 1, 19 - GAP)]


def test_the_day_after_a_gap_has_no_change_of_sea_level_and_the_gap_no_state_and_no_reference(store: Store) -> None:
    source = AnalysisSource(store.folder)
    assert source.sea_level(START + GAP) is None and source.reference(START + GAP) is None
    assert "zos_change" not in initial_state(source, START + GAP + 1).fields
    assert "zos_change" in initial_state(source, START + GAP + 2).fields
    with pytest.raises(InputError, match=f"store gappy lacks {START + GAP}"):
        source.state(START + GAP)


def test_a_forecast_is_never_scored_against_the_day_beside_a_missing_one(store: Store) -> None:
    folder = stores_folder() / "forecast"
    with ForecastStore.create(folder, GRID, START + GAP - 1, 2, {"source": "glorys"}) as writer:
        for lead in range(3):
            writer.append(lead, climatology(GRID, START + GAP - 1 + lead * DAY))
        writer.finish()
    forecast = open_store(folder)
    assert [reference_lead(forecast, store, lead) for lead in (0, 2)] == [GAP - 1, GAP + 1]
    with pytest.raises(InputError, match=f"gappy has no finished day {START + GAP}"):
        reference_lead(forecast, store, 1)
    with pytest.raises(InputError, match=f"gappy has no finished day {START + GAP}"):
        Reference(store).state(START + GAP)


def test_its_dataset_leaves_the_missing_day_out_and_a_store_with_days_to_come_is_not_whole(store: Store) -> None:
    assert store.complete and START + GAP not in store.to_dataset().time.values
    with AnalysisStore.open_to_resume(store.folder) as writer:
        writer.continue_to(START + 20)
        assert not store.complete and store.all_leads == list(range(21))
        with pytest.raises(InputError, match=r"lacks leads \[20\]"):
            writer.finish()

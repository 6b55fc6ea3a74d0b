"""What stores, dates and runs are called on screen."""

import numpy as np
import pytest

from app.text.labels import date_label, duration, forcing_label, is_sample, notice, store_label, told_apart


def test_a_sample_day_is_never_shown_as_a_real_date() -> None:
    assert date_label(np.datetime64("2019-06-23"), sample=True) == "sample day 120 (like 23 Jun)"
    assert date_label(np.datetime64("2014-03-05T12:00"), sample=False) == "2014-03-05"


@pytest.mark.parametrize(
    ("attrs", "label"),
    [
        ({"forcing_kind": "synthetic"}, "hindcast, winds known"),
        ({"forcing_kind": "reanalysis"}, "hindcast, winds known"),
        ({"forcing_kind": "climatology"}, "climatological winds"),
        ({"forcing_kind": "forecast"}, "forecast winds"),
        ({"forcing_kind": "synthetic", "model": "persistence"}, "baseline, no forcing"),
        ({}, "forcing not stated"),
    ],
)
def test_a_run_with_the_winds_of_the_future_is_a_hindcast(attrs: dict[str, str], label: str) -> None:
    assert forcing_label("forecast", attrs) == label


def test_every_store_says_not_for_navigation_and_the_sample_that_it_is_a_simulation() -> None:
    assert notice({"source": "hycom"}) == "not for navigation"
    assert "simulation" in notice({"sample": True})
    assert is_sample({"sample": True}) and not is_sample({"sample": False})


def test_a_reference_is_called_a_reference() -> None:
    assert store_label("reference", {"sample": True}) == "Reference (sample run)"
    assert store_label("analysis", {"label": "HYCOM native grid"}) == "HYCOM native grid"


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.2, "1 s left"), (42, "42 s left"), (75, "1 min left"), (200, "3 min left")]
)
def test_time_left_in_words(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_of_two_stores_with_one_label_both_can_be_chosen() -> None:
    labels = {"none": "Nothing", "store:a__30d": "GOMS small, sample day 0", "store:a__4d": "GOMS small, sample day 0"}
    assert told_apart(labels) == {
        "Nothing": "none",
        "GOMS small, sample day 0 (a__30d)": "store:a__30d",
        "GOMS small, sample day 0 (a__4d)": "store:a__4d",
    }

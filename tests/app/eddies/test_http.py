"""What the browser gets of eddies: a day of a view, in whole hundredths of a degree, or how far the search is."""

import gzip
import json
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.eddies import finder as finder_module
from app.eddies import http as eddies_http
from app.eddies.body import Area, eddies_of_day
from app.eddies.finder import EddyFinder, Search
from engine.runtime.errors import InputError
from tests.app.asking import ask
from tests.app.eddies.test_finder import opened, whole
from tests.app.made_stores import write_eddies
from tests.waiting import wait

JAPAN = Area(20, 50, 130, 170, 0.01)
QUERY = "?south=20&north=50&west=130&east=170&least=0.01"


@pytest.fixture
def finder() -> Iterator[EddyFinder]:
    made = EddyFinder(opened)
    yield made
    made.close()


@pytest.fixture
def search(finder: EddyFinder) -> Search:
    return whole(finder, write_eddies(days=3))


def test_the_strongest_comes_first_with_what_is_known_of_it(search: Search) -> None:
    answer = eddies_of_day(search, 2, JAPAN)
    eddies = answer["eddies"]
    assert (answer["found"], answer["of"]) == (4, 4)
    assert eddies["cyclonic"] == [0, 1]
    assert 150 < eddies["amplitude"][0] < 300 and 60 < eddies["amplitude"][1] < 120
    assert eddies["lon"][0] == pytest.approx(14980, abs=10) and eddies["lat"][0] == pytest.approx(3200, abs=10)
    assert (eddies["first"], eddies["last"], eddies["born_before"], eddies["goes_on"]) == ([0, 0], [3, 3], [1, 1], [1, 1])


def test_the_contour_goes_round_the_middle_and_the_track_leads_to_it(search: Search) -> None:
    eddies = eddies_of_day(search, 3, JAPAN)["eddies"]
    contour = np.cumsum(np.reshape(eddies["contour"][0], (-1, 2)), axis=0) / 100
    across = np.hypot((contour[:, 0] - 149.7) * np.cos(np.deg2rad(32)), contour[:, 1] - 32) * 111.2
    assert across == pytest.approx(eddies["radius"][0], rel=0.1)
    track = np.cumsum(np.reshape(eddies["track"][0], (-1, 2)), axis=0)
    assert len(track) == 4 and np.diff(track[:, 0]) == pytest.approx(-10, abs=3)
    assert track[-1].tolist() == [eddies["lon"][0], eddies["lat"][0]]


def test_days_that_are_still_to_come_are_not_in_the_track(search: Search) -> None:
    assert [len(track) for track in eddies_of_day(search, 0, JAPAN)["eddies"]["track"]] == [2, 2]


@pytest.mark.parametrize(
    ("area", "count"),
    [
        (Area(20, 35, 130, 170, 0.01), 1), (Area(20, 50, 130, 170, 0.14), 1), (Area(20, 50, 170, 520, 0.01), 2),
        (Area(20, 50, 151, 400, 0.01), 1), (Area(20, 50, 160, 480, 0.01), 0),
    ],
)  # fmt: skip
def test_only_what_lies_in_the_area_and_is_strong_enough_is_answered(search: Search, area: Area, count: int) -> None:
    assert len(eddies_of_day(search, 0, area)["eddies"]["lon"]) == count


def test_a_lead_the_store_has_not_and_an_area_upside_down_are_refused(search: Search) -> None:
    with pytest.raises(InputError, match="lead 9"):
        eddies_of_day(search, 9, JAPAN)
    with pytest.raises(InputError, match="south < north"):
        Area(50, 20, 130, 170, 0.01)


def answered(finder: EddyFinder, path: str, user: str | None = "somebody") -> Any:
    return ask(eddies_http.patterns(finder), [path], user)[0]


def test_the_address_answers_how_far_the_search_is_until_the_day_is_found(
    finder: EddyFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_begin, detect = threading.Event(), finder_module.detect
    monkeypatch.setattr(finder_module, "detect", lambda *given, **options: may_begin.wait() and detect(*given, **options))
    address = f"/eddies/{write_eddies(days=3)}/3{QUERY}"

    def said() -> dict[str, Any]:
        body = answered(finder, address).body
        return dict(json.loads(gzip.decompress(body) if body[:1] == b"\x1f" else body))

    assert said() == {"found": 0, "of": 4}
    may_begin.set()
    wait(lambda: "eddies" in said())
    assert len(said()["eddies"]["lon"]) == 2
    assert answered(finder, address).headers["Cache-Control"] == "private, max-age=600"


def test_a_part_of_a_store_has_an_address_too(finder: EddyFinder) -> None:
    identifier = write_eddies(days=1, kuroshio=True)
    whole(finder, f"{identifier}/kuroshio")
    assert answered(finder, f"/eddies/{identifier}%2Fkuroshio/1{QUERY}").code == 200


def test_what_cannot_be_answered_is_refused_in_one_sentence(finder: EddyFinder) -> None:
    response = answered(finder, f"/eddies/{write_eddies(days=1)}/7{QUERY}")
    assert response.code == 404 and b"no eddies of lead 7" in response.body
    assert response.headers["Cache-Control"] == "no-store"


def test_nobody_without_a_login_sets_a_search_going(finder: EddyFinder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finder, "ask", lambda _: pytest.fail("searched"))
    assert answered(finder, f"/eddies/{write_eddies(days=1)}/0{QUERY}", user=None).code == 302

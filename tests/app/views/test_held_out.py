"""Scoring on held-out starts from the page: what it offers, one job for all who look, and what comes of it."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

import engine.verification.results as results
from app.analysis import held_out, skill
from app.charts.drawings.skill import skill_drawing
from app.jobs.queue import Job, Jobs
from app.jobs.worker import perform
from app.services.options import Options
from app.services.services import Services
from app.state.selection import Selection
from app.views.controls.held_out import HeldOutControls
from engine.forecasting.forecast import Cancelled
from engine.sources import HeldOut
from engine.verification.results import keep_result
from tests.app.made_results import made_result


class Queue(Jobs):
    """Keeps what is asked for and starts no process."""

    def _send(self, message: object) -> None:
        pass

    def end(self, job: Job, state: str, folder: str = "", error: str = "") -> None:
        self._apply(job, {"state": state, "folder": folder, "error": error})


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(first_run=False), Queue())
    yield made
    made.close()


def controls(services: Services, said: list[str], model: str = "small") -> HeldOutControls:
    made = HeldOutControls(Selection(view="skill", model=model), services, lambda kind, words: said.append(f"{kind}: {words}"))
    made.show()
    return made


def test_as_many_starts_are_offered_as_the_run_has_room_for_with_what_they_cost(services: Services) -> None:
    shown = controls(services, [])
    assert list(shown.starts.options.values()) == [1, 2], "the run that ships holds 71 days"
    shown.starts.value = 2
    assert "About 4 min on two cores" in shown.words.object and "goms sample build" in shown.words.object
    assert shown.run.label == "Score GOMS small" and not shown.run.disabled


def test_a_run_without_room_says_so_and_nothing_can_be_started(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_out, "LEADS", (1, 400))
    shown = controls(services, [])
    assert shown.run.disabled and "a start needs 400 days" in shown.words.object


def test_baselines_are_not_scored_for_themselves(services: Services) -> None:
    shown = controls(services, [], "persistence")
    assert shown.run.disabled and "choose a model" in shown.words.object


def test_all_visitors_see_one_job_and_its_result_is_shown_to_who_asked_for_it(services: Services) -> None:
    mine, theirs = list[str](), list[str]()
    one, other = controls(services, mine), controls(services, theirs, "fourcastnet")
    one._start(None)
    job = held_out.under_way(services)
    assert job is not None and job.request.model == "small"
    assert held_out.start(services, "fourcastnet", 1) is job, "one at a time"
    assert isinstance(services.queues.scoring, Queue)
    services.queues.scoring._apply(job, {"state": "running", "fraction": 0.4, "doing": "start 1 of 1"})
    for shown in (one, other):
        shown.poll()
        assert shown.bar.visible and shown.bar.value == 40 and shown.run.disabled and shown.cancel.visible
        assert shown.words.object.startswith("Scoring GOMS small: start 1 of 1")
    kept = keep_result(made_result(("small",), 1))
    services.queues.scoring.end(job, "done", str(kept))
    one.poll(), other.poll()
    assert mine == theirs == ["success: GOMS small is scored on held-out starts."]
    assert one.selection.skill == f"own:{kept.stem}" and other.selection.skill == ""


def test_a_model_that_an_address_makes_up_is_words_on_everybodys_page_and_never_markup(services: Services) -> None:
    held_out.start(services, "<img src=x>", 1)
    shown = controls(services, [])
    shown.poll()
    assert "<img src=x>" in shown.words.object and "&lt;img src=x&gt;" in unescape(shown.words.get_root().text)


@pytest.mark.parametrize(
    ("state", "words"), [("failed", "error: no weights"), ("cancelled", "info: Scoring GOMS small was stopped")]
)
def test_how_it_ended_otherwise_is_said(services: Services, state: str, words: str) -> None:
    said: list[str] = []
    shown = controls(services, said)
    shown._start(None)
    shown._cancel(None)
    job = held_out.under_way(services)
    assert job is not None and job.cancelling and isinstance(services.queues.scoring, Queue)
    services.queues.scoring.end(job, state, error="no weights")
    shown.poll()
    assert said[0].startswith(words) and not shown.bar.visible and not shown.run.disabled


def test_the_worker_scores_as_many_starts_and_keeps_the_result(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def scored(model: str, held_out: HeldOut, starts: int, **options: object) -> dict[str, object]:
        asked.extend((model, starts, held_out.source.grid.shape))
        options["progress"](0.5, "half")  # type: ignore[operator]
        return made_result((model,), starts)

    monkeypatch.setattr("engine.verification.starts.skill.held_out_skill", scored)
    wanted = held_out.request(services, "small", 2)
    request = {
        "kind": wanted.kind,
        "source": "sample",
        "model": wanted.model,
        "days": wanted.days,
        "options": dict(wanted.options),
    }
    path = perform(request, lambda *_: None, lambda: False)
    assert asked == ["small", 2, (720, 1440)] and f"own:{path.stem}" in skill.listing().results
    with pytest.raises(Cancelled):
        perform(request, lambda *_: None, lambda: True)


def test_a_shipped_result_is_what_a_newcomer_sees_first(
    services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keep_result(made_result(("base",), 3))
    shipped = keep_result(made_result(("small", "fourcastnet"), 10), "small").replace(tmp_path / "small.json")
    monkeypatch.setattr(results, "SHIPPED", shipped.parent)
    shown = skill_drawing(services, Selection(view="skill"))
    assert shown.name == "shipped:small"
    assert shown.choices[shown.name] == "10 held-out starts, shipped: GOMS small + FourCastNet, small"
    assert len(shown.charts) == 6

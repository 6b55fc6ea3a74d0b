"""Training days are known by their content: another of the same name never takes the place of one."""

import operator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.cli import verify as command
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.sources.analysis import AnalysisSource
from engine.stores.integrity import RECORD
from engine.stores.layout import read_attributes, replace_attributes
from engine.training.data import TrainingData
from engine.training.days.identity import day_contents, said_of_days
from engine.training.days.runs import Run
from engine.training.days.sequences import write_sequences
from engine.training.days.split import Period, Split
from engine.training.days.stored import StoredDays
from engine.training.run import TrainingRequest, train
from engine.training.trainer import Trainer
from engine.weights.checkpoint import Checkpoint, read_card, save_checkpoint
from tests.engine.models.tiny import LINEAR, TinySource, tiny_grid, tiny_network, tiny_normalisation
from tests.engine.tiny_stores import START, lengthen_analysis, write_analysis
from tests.engine.tiny_training import PLAN, resumed, tiny_settings, tiny_trainer


def _runs(source: AnalysisSource) -> tuple[Run, ...]:
    return StoredDays(source).runs()


def _warmer_on_day_3(day: int, state: Batch) -> Batch:
    return state if day != 3 else state.with_fields(thetao=state["thetao"] + np.float32(0.1))


def _begun(folder: Path) -> Trainer:
    trainer = tiny_trainer(_runs(write_analysis(folder / "days", 6)), folder / "state", LINEAR)
    trainer.run(last=3)
    return trainer


def test_a_training_resumes_on_a_longer_store_to_the_same_losses(tmp_path: Path) -> None:
    whole = tiny_trainer(_runs(write_analysis(tmp_path / "whole", 6)), tmp_path / "whole-state", LINEAR)
    whole.run()
    _begun(tmp_path)
    longer = lengthen_analysis(tmp_path / "days", 9)
    assert [len(run) for run in _runs(longer)] == [9]
    again = resumed(_runs(longer), tmp_path / "state")
    again.run()
    assert [len(run) for run in again.data.train] == [6]
    assert [record.loss for record in again.history] == [record.loss for record in whole.history]


def test_a_store_is_the_same_under_another_name_and_another_under_the_same(tmp_path: Path) -> None:
    begun = _begun(tmp_path)
    (tmp_path / "days").rename(tmp_path / "renamed")
    resumed(_runs(AnalysisSource(tmp_path / "renamed")), tmp_path / "state")
    (other,) = _runs(write_analysis(tmp_path / "days", 6, _warmer_on_day_3))
    (ours,) = begun.data.train
    same = [mine == theirs for mine, theirs in zip(ours.contents, other.contents, strict=True)]
    assert same == [True] * 3 + [False] + [True] * 2
    words = rf"hycom has the fingerprint {other.contents[3]} on 2019-02-26; expected {ours.contents[3]}.* without --resume"
    with pytest.raises(InputError, match=words):
        resumed((other,), tmp_path / "state")


def test_a_training_does_not_resume_without_one_of_its_days_or_by_another_split(tmp_path: Path) -> None:
    _begun(tmp_path)
    runs = _runs(AnalysisSource(tmp_path / "days"))
    with pytest.raises(InputError, match="has no such day on 2019-02-28; expected"):
        resumed((runs[0].part(0, 5),), tmp_path / "state")
    data = TrainingData.of(tiny_grid(), runs, PLAN.longest, Split((Period(START, START + 3 * DAY),)))
    with pytest.raises(InputError, match=r"the split is .* expected that with which the training began, none"):
        Trainer.resume(data, tmp_path / "state", tiny_settings())


def test_days_of_a_source_with_other_content_are_packed_anew(tmp_path: Path) -> None:
    source, other = TinySource(tiny_grid()), TinySource(tiny_grid())
    other.content = lambda time: f"other {time}"  # type: ignore[method-assign]
    first, second = (write_sequences(each, [START], 2, tmp_path, tiny_grid())[0] for each in (source, other))
    assert first.name == second.name and first.contents != second.contents
    assert len(list(tmp_path.glob("tiny-*__2019-02-23.npy"))) == 2


def test_a_source_that_tells_nothing_of_its_content_is_known_by_its_values() -> None:
    source = SimpleNamespace(state=TinySource(tiny_grid()).state, forcing=TinySource(tiny_grid()).forcing)
    first, second, again = (day_contents(source, [day], tiny_grid()) for day in (START, START + DAY, START))  # type: ignore[arg-type]
    assert first == again != second


def test_days_of_a_store_without_record_are_known_by_their_files(tmp_path: Path) -> None:
    found = []
    for name, change in (("one", _warmer_on_day_3), ("same", _warmer_on_day_3), ("other", lambda day, state: state)):
        write_analysis(tmp_path / name, 4, change)
        attributes = read_attributes(tmp_path / name)
        del attributes[RECORD]
        replace_attributes(tmp_path / name, attributes)
        found.append(_runs(AnalysisSource(tmp_path / name))[0].contents)
    assert found[0] == found[1] != found[2] and found[0][:3] == found[2][:3]


def test_the_card_says_on_which_days_a_network_learned_and_a_score_of_them_says_so(tmp_path: Path) -> None:
    source = write_analysis(tmp_path / "days", 15, gap=9)
    result = train(TrainingRequest("aigoms-small", [source], tiny_grid(), device="cpu", updates=1))
    training = read_card(result["weights"])["training"]
    (found,) = training["data_sets"]
    assert found["periods"] == [["2019-02-23", "2019-03-03"], ["2019-03-05", "2019-03-09"]]
    assert (found["name"], found["days"], found["simulated"], len(found["fingerprint"])) == ("hycom", 14, False, 12)
    gap = np.datetime64("2019-03-04")
    said = said_of_days(training, "glorys", False, gap, gap + 10 * DAY)
    assert said.endswith("among the training days of the weights, 2019-03-05 to 2019-03-09 of hycom")
    assert not said_of_days(training, "glorys", False, gap, gap)
    assert not said_of_days(training, "sample-1", True, gap, gap + 10 * DAY)


def test_goms_verify_says_where_scored_days_are_training_days(monkeypatch: pytest.MonkeyPatch) -> None:
    card = {"data_sets": [{"name": "hycom", "simulated": False, "periods": [["2000-01-01", "2010-12-26"]]}]}
    attributes = {"model_provenance": {"training": card}, "source": "hycom", "sample": False}
    for year, seen in ((2005, True), (2012, False)):
        start = np.datetime64(f"{year}-03-01")
        store = SimpleNamespace(attrs=attributes, init_time=start, leads=[0, 30], valid_time=partial(operator.add, start))
        assert (f"{year}-03-01" in command.trained_on(store)) == seen  # type: ignore[arg-type]


def test_goms_verify_says_which_network_learned_from_a_held_out_start(tmp_path: Path) -> None:
    network, known = tiny_network(LINEAR, tiny_grid()), tiny_normalisation()
    days = START + np.arange(40) * DAY
    paths = []
    for name, learned in (("seen", "sample-1"), ("unseen", "sample-2")):
        periods = [[str(days[0]), str(days[10])]]
        card = {"data_sets": [{"name": learned, "simulated": True, "periods": periods}]}
        paths.append(tmp_path / f"{name}.safetensors")
        save_checkpoint(paths[-1], Checkpoint(network, known, np.ones(61, np.float32), {}), tiny_grid(), card)
    source = SimpleNamespace(name="sample-1", forcing_kind="synthetic", times=lambda: days)
    held_out = SimpleNamespace(source=source, day=lambda time: int((time - START) / DAY))
    models = [f"a={paths[0]}", f"b={paths[1]}", "persistence"]
    (sentence,) = command._trained_on(models, held_out, [5, 30])  # type: ignore[arg-type]
    assert sentence.startswith("a: days from 2019-02-28") and sentence.endswith("of sample-1")
    assert command._trained_on(models, held_out, [30]) == []  # type: ignore[arg-type]

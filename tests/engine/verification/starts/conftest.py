"""A small, short run and what persistence scores on it."""

from typing import Any

import pytest

from engine.schema.grid import coarsened
from engine.verification.starts.options import ScoringOptions
from engine.verification.starts.skill import held_out_skill
from sample_data.held_out import SampleHeldOut
from sample_data.runs.build import build
from sample_data.runs.run import Run

LEADS = (1, 3)


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return build(45, 1, folder=tmp_path_factory.mktemp("run"), grid=coarsened(8))


@pytest.fixture(scope="session")
def persistence(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return held_out_skill(
        "persistence", SampleHeldOut(run, run.grid), 2, LEADS, options=ScoringOptions(work=tmp_path_factory.mktemp("work"))
    )

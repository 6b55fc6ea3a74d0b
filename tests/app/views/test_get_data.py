"""The dialog that gets data: a plan before anything is got, requests refused in words, absent where the server takes nothing."""

from collections.abc import Iterator

import pytest

from app.access.permissions import permissions
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.selection import Selection
from app.views.controls.get_data import GetDataDialog


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False, upload_limit=1 << 30), Jobs(["false"]))
    yield made
    made.close()


def dialog(services: Services) -> GetDataDialog:
    return GetDataDialog(Selection(), services, lambda kind, words: None)


def test_the_plan_says_days_bytes_licence_and_account_of_what_is_typed(services: Services) -> None:
    made = dialog(services)
    made._open()
    made.provider.value = "glorys12"
    assert made.start.value == "1993-01-01" and "copernicusmarine login" in str(made.plan.object)
    made.provider.value = "hycom"
    made.start.value, made.end.value = "2012-03-01", "2012-03-10"
    words = str(made.plan.object)
    parts = (
        "days: 10, of them here: 0",
        "17.8 GB to get",
        "7.4 minutes",
        "(assumed)",
        "licence: Distribution A",
        "account: none",
    )
    for part in parts:
        assert part in words
    assert not made.get.disabled and made.dialog.open


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("start", "tomorrow", "expected a date"), ("region", "1,2", "SOUTH,NORTH,WEST,EAST"), ("fields", "chl", "correct --fields")],
)
def test_what_the_provider_does_not_have_is_told_and_cannot_be_asked_for(
    services: Services, field: str, value: str, words: str
) -> None:
    made = dialog(services)
    made._open()
    getattr(made, field).value = value
    assert words in str(made.plan.object) and made.get.disabled


@pytest.mark.parametrize(
    "options",
    [Options(first_run=False, permissions=permissions(True, False, False), upload_limit=1 << 30), Options(first_run=False)],
    ids=["read-only", "takes no files"],
)
def test_a_server_that_takes_no_data_has_no_button(options: Options) -> None:
    services = Services(options, Jobs(["false"]))
    assert not list(dialog(services).layout)
    services.close()

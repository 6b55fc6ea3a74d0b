"""Get data: planned, got from a bucket of this machine by a job, a source that is shown; absent where the server is read-only."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit, application
from tests.engine.providers.twin_files import write_gofs
from tests.engine.providers.twins import bucket

pytest.importorskip("moto")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a copy of the stores, with a bucket of two days in place of HYCOM's."""
    home, folder = tmp_path_factory.mktemp("getting-home"), tmp_path_factory.mktemp("bucket")
    shutil.copytree(made_home / "stores", home / "stores")
    days = {f"2012/hycom_GLBv0.08_537_201203{day:02}12_t000.nc": np.datetime64(f"2012-03-{day:02}") for day in (1, 2)}
    files = {key: write_gofs(folder / f"{day}.nc", day) for key, day in days.items()}
    with bucket("gofs", files) as address, pytest.MonkeyPatch.context() as patched:
        patched.setenv("GOMS_ADDRESS_HYCOM", f"{address}/gofs")
        with application(home) as running:
            yield running


def test_days_of_a_provider_are_planned_got_and_shown(visit: Visit) -> None:
    visit.open()
    visit.press("Get data")
    dialog = visit.page.get_by_role("dialog")
    for label, value in (("First day", "2012-03-01"), ("Last day", "2012-03-02"), ("Box: south", "30,48,150,170")):
        box = dialog.get_by_label(label)
        box.fill(value)
        box.press("Enter")
    visit.see("days: 2, of them here: 0")
    visit.press("Get these days")
    visit.told("HYCOM native grid, 2012-03-01 is a source now, and shown.")
    visit.address_has("source=store%3Ahycom__30_48_150_170")
    visit.until("goms.state().panels[0].title === 'HYCOM native grid' && goms.state().panels[0].drawn")


def test_what_cannot_be_got_is_told_before_anything_is_asked(visit: Visit) -> None:
    visit.open("?language=zh")
    visit.press("获取数据")
    dialog = visit.page.get_by_role("dialog")
    first = dialog.get_by_label("首日")
    first.fill("1066-10-14")
    first.press("Enter")
    visit.see("expected days in order from 1994-01-01")
    expect(dialog.get_by_role("button", name="获取这些天")).to_be_disabled()

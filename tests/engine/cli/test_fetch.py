"""`goms fetch` on the command line: the plan first, days from a bucket, what is missing said, bad requests refused at once."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from engine.cli.main import app
from engine.stores import list_stores
from tests.engine.providers.twin_files import write_gofs
from tests.engine.providers.twins import Proxy, bucket

pytest.importorskip("moto")

DAYS = [np.datetime64("2012-03-01"), np.datetime64("2012-03-02")]
BOX = ("--region", "30,48,150,170")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("bucket")
    keys = {f"2012/hycom_GLBv0.08_537_{str(day).replace('-', '')}12_t000.nc": day for day in DAYS}
    with bucket("gofs", {key: write_gofs(folder / f"{day}.nc", day) for key, day in keys.items()}) as address:
        yield f"{address}/gofs"


def _goms(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["fetch", *arguments])


def _line(result: Result) -> dict:
    return json.loads(result.stdout.splitlines()[-1])


def test_a_plan_says_days_bytes_licence_and_account_and_gets_nothing(server: str) -> None:
    with Proxy(server.removesuffix("/gofs")).serving() as proxy:
        result = _goms(
            "hycom", "--start", "2012-03-01", "--end", "2012-03-10", *BOX, "--plan", "--address", f"{proxy.address}/gofs"
        )
    assert result.exit_code == 0, result.output
    for words in ("10 days, 0 of them", "licence: Distribution A", "account: none needed", "(assumed)"):
        assert words in result.stdout
    assert not proxy.asked and not list_stores()


def test_the_bytes_of_a_global_day_are_those_of_the_layout() -> None:
    found = _line(_goms("hycom", "--start", "2012-03-01", "--plan", "--json"))
    assert found["bytes"] == 61 * 3251 * 4500 * 2 and found["days"] == 1


def test_days_become_a_store_and_missing_ones_are_named_with_the_reason(server: str) -> None:
    arguments = ("hycom", "--start", "2012-03-01", "--end", "2012-03-03", *BOX, "--name", "march", "--address", server, "--json")
    result = _goms(*arguments)
    assert result.exit_code == 0, result.output
    found = _line(result)
    assert found["new_days"] == 2 and list(found["missing"]) == ["2012-03-03"]
    plan = _line(_goms(*arguments, "--plan"))
    assert plan["there"] == 2 and plan["days"] == 3
    assert [summary.identifier for summary in list_stores()] == ["march"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hycon", "--start", "2012-03-01"), "expected one of hycom"),
        (("hycom", "--start", "1066-10-14"), "expected days in order from 1994-01-01"),
        (("hycom", "--start", "yesterday"), "expected a date such as"),
        (("hycom", "--start", "2012-03-01", "--region", "20,50"), "SOUTH,NORTH,WEST,EAST"),
        (("hycom", "--start", "2012-03-01", "--region", "50,20,0,10"), "SOUTH,NORTH,WEST,EAST"),
        (("hycom", "--start", "2012-03-01", "--fields", "chl"), "correct --fields"),
        (("oisst", "--start", "2012-03-01", *BOX), "leave --region out"),
        (("duacs", "--start", "2012-03-01", *BOX), "leave --region out"),
        (("arco-era5", "--start", "2012-03-01", "--sampling", "hourly"), "choose one"),
        (("hycom-thredds", "--start", "2012-03-01", "--scheduler", "tcp://127.0.0.1:1"), "leave --scheduler out"),
        (("earth-data-hub", "--check-login"), ".netrc names none"),
        ((), "needs a provider and --start"),
    ],
)
def test_what_cannot_be_fetched_is_refused_before_anything_is_asked(
    arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    result = _goms(*arguments)
    assert result.exit_code == 2 and words in result.stderr, result.output


def test_every_provider_is_described_with_its_account() -> None:
    result = _goms("--list")
    assert result.exit_code == 0 and "oisst" in result.stdout and "no account" in result.stdout

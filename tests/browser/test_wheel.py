"""The page of the wheel alone: the browser gets every script and draws the first map."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import fresh_page
from tests.packaging.wheel import build_wheel, empty_environment, install
from tests.serving import serving

pytestmark = pytest.mark.browser


def test_the_page_of_the_wheel_alone_draws_its_first_map(
    made_home: Path, chromium: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = empty_environment(tmp_path / "environment")
    install(build_wheel(tmp_path), environment)
    shutil.copytree(made_home / "stores", tmp_path / "home" / "stores")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    command = [str(environment.scripts / "goms"), "app", "--port", "0", "--grid-factor", "8", "--no-first-run"]
    with (
        serving([*command, "--home", str(tmp_path / "home")], start_in=environment.folder) as served,
        fresh_page(chromium) as page,
    ):
        missing: list[str] = []
        page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
        page.goto(served.url)
        page.wait_for_function("() => globalThis.goms?.state && goms.state().panels[0]?.drawn")
        assert missing == []

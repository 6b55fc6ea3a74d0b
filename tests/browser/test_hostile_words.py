"""Labels, names and results that carry HTML, templates or thousands of letters: every view shows letters, and runs nothing."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Dialog, expect

from engine.runtime.paths import altimetry_folder, stores_folder, verification_folder
from engine.schema.grid import coarsened
from engine.stores import AnalysisStore
from tests import waiting
from tests.app.made_results import made_result
from tests.app.made_stores import START, ocean, write_forecast
from tests.browser.conftest import PATIENCE, Server, Visit
from tests.serving import serving

pytestmark = pytest.mark.browser

RUN = "globalThis.hostile=1"
ATTACKS = {
    "image": f'<img src=x onerror="{RUN}">',
    "script": f"</script><script>{RUN}</script>",
    "quotes": f"\"'`><svg onload={RUN}>",
    "entities": f"&lt;img src=x onerror={RUN}&gt;",
    "templates": f"${{{RUN}}} {{{{{RUN}}}}} @{{{RUN}}} {{label.__class__}} {{0}} $x^2$ $$y$$ %s",
    "markdown": f"[x](javascript:{RUN}) ![y](x) **b**",
    "direction": "\u202eevil\u2066\u200b\x07 name",
    "long": "n" * 10_000,
}
"""What somebody may write into a file that a colleague opens."""

HARMED = """() => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    const made = all(document).filter((one) => one.matches('img[src="x"], svg[onload], a[href^="javascript"], [onerror]'));
    return [globalThis.hostile ?? "", ...made.map((one) => one.outerHTML)].join("");
}"""


def write_hostile_analysis(name: str, attack: str) -> str:
    """Write two days of an analysis whose every attribute in words is an attack, and return its identifier."""
    grid, identifier = coarsened(16), f"hostile__{name}__20190223"
    words = (
        "source",
        "label",
        "sampling",
        "source_label",
        "software_version",
        "weights_sha256",
        "description",
        "long_name",
        "units",
    )
    attrs = dict.fromkeys(words, attack) | {"sample": False}
    times = START + np.arange(2).astype("timedelta64[D]")
    with AnalysisStore.create(stores_folder() / identifier, grid, times, attrs) as store:
        for lead in range(2):
            store.append(lead, ocean(grid, lead))
        store.finish()
    return identifier


def write_hostile_result() -> None:
    """Keep a result of verification whose models are named like the attacks, as are its run, machine and weights."""
    tables = made_result(("small", *ATTACKS), 1)
    for row in (row for table in ("rows", "stratification", "energy", "power") for row in tables[table]):
        row["model"] = ATTACKS.get(row["model"], row["model"])
    said = " ".join(ATTACKS[name] for name in ("image", "script", "templates", "direction"))
    spectra = json.loads(json.dumps(tables["spectra"]).replace('"image"', json.dumps(ATTACKS["image"])))
    weights = {ATTACKS["image"]: ATTACKS["script"]}
    tables |= {
        "run": said,
        "machine": said,
        "starts": [said],
        "damping_fitted_on": [said],
        "spectra": spectra,
        "weights_sha256": weights,
    }
    verification_folder().mkdir(parents=True, exist_ok=True)
    (verification_folder() / "hostile.json").write_text(json.dumps(tables))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a home in which everything that has a name has a hostile one, beside the forecast of the other tests."""
    home = tmp_path_factory.mktemp("hostile-server")
    before = dict(os.environ)
    os.environ["GOMS_HOME"] = str(home)
    try:
        write_forecast(coarsened(8), days=3)
        for name, attack in ATTACKS.items():
            write_hostile_analysis(name, attack)
        write_hostile_result()
        kept = altimetry_folder() / f"observed-20190223-<img src=x onerror={RUN}>"
        kept.mkdir(parents=True)
        (kept / f"<img src=x onerror={RUN}>.nc").write_bytes(b"0")
        (verification_folder() / f"<img src=x onerror={RUN}>.json").write_text("{}")
    finally:
        os.environ.clear()
        os.environ.update(before)
    log = home / "server.log"
    command = [sys.executable, "-m", "app", "--port", "0", "--home", str(home), "--grid-factor", "8", "--no-first-run"]
    with serving(command, log) as served:
        yield Server(served.url, home, log)
    assert served.process.returncode == 0, log.read_text()


@pytest.fixture
def unharmed(visit: Visit) -> Iterator[Visit]:
    """Visit a page that must run nothing of what it shows, and open no dialog of the browser."""
    dialogs: list[str] = []

    def opened(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    visit.page.on("dialog", opened)
    yield visit
    assert visit.page.evaluate(HARMED) == "" and dialogs == []


def source(name: str) -> str:
    """Return the choice of a hostile store in an address."""
    return f"store:hostile__{name}__20190223"


@pytest.mark.parametrize(
    ("name", "other"), [("image", "script"), ("quotes", "entities"), ("templates", "markdown"), ("direction", "long")]
)
def test_maps_charts_and_lists_show_hostile_stores_as_letters(unharmed: Visit, name: str, other: str) -> None:
    drawn = "layers=streaks,names,drift&section=equatorial_pacific&chart=section"
    unharmed.open(f"?source={source(name)}&compare={source(other)}&{drawn}")
    unharmed.until("goms.state().panels.length === 3 && goms.state().panels.every((panel) => panel.drawn)")
    for panel in unharmed.state()["panels"][:2]:
        assert len(panel["title"]) <= 100 and not set(panel["title"]) & {"\u202e", "\u2066", "\x07"}
    unharmed.chart("Temperature, ")
    unharmed.page.get_by_role("combobox", name="Source", exact=True).click()
    expect(unharmed.page.get_by_role("listbox").get_by_role("option").nth(len(ATTACKS))).to_be_visible(timeout=PATIENCE)
    assert unharmed.page.evaluate(HARMED) == ""


@pytest.mark.parametrize("chart", ["error", "point", "section-time"])
def test_charts_of_hostile_stores_are_drawn(unharmed: Visit, chart: str) -> None:
    place = "section=equatorial_pacific" if chart == "section-time" else "pins=0,180"
    unharmed.open(f"?source={source('templates')}&compare={source('image')}&chart={chart}&{place}")
    unharmed.page.wait_for_function(
        "() => Bokeh.documents.some((one) => [...one._all_models.values()].some((model) => model.type === 'Figure'))",
        timeout=PATIENCE,
    )


def test_scores_of_hostile_models_are_shown_as_letters(unharmed: Visit) -> None:
    unharmed.page.goto(f"{unharmed.server.url}/?view=skill&skill=own:hostile")
    unharmed.chart("RMSE")
    expect(unharmed.page.get_by_role("row", name="GOMS small").first).to_be_visible(timeout=PATIENCE)
    for words in ("Passed over: <img src=x", "Machine: <img src=x", ATTACKS["image"], ATTACKS["script"]):
        unharmed.see(words)


def test_the_list_of_stores_shows_hostile_names_and_asks_before_it_deletes(unharmed: Visit) -> None:
    unharmed.open()
    unharmed.press("Stores on disk")
    dialog = unharmed.page.get_by_role("dialog")
    expect(dialog.get_by_text('<img src=x onerror="globalThis.hostile=1">').first).to_be_visible(timeout=PATIENCE)
    dialog.get_by_role("button", name="Delete").first.click()
    expect(dialog.get_by_role("button", name="Keep")).to_be_visible(timeout=PATIENCE)


def test_what_an_address_asks_for_is_answered_in_letters(unharmed: Visit) -> None:
    asked = quote(ATTACKS["image"] + ATTACKS["templates"])
    keys = ("source", "model", "chart", "variable", "skill", "section", "start", "layers", "compare", "pins")
    unharmed.open("?" + "&".join(f"{key}={asked}" for key in keys))
    unharmed.see("The source '<img src=x")


@pytest.mark.parametrize("address", ["embed=1", "language=zh&theme=dark"])
def test_other_dresses_of_the_page_show_letters_too(unharmed: Visit, address: str) -> None:
    unharmed.open(f"?source={source('image')}&{address}")
    assert ATTACKS["image"] in unharmed.state()["panels"][0]["title"]


def test_a_file_with_a_hostile_name_is_refused_in_letters(unharmed: Visit, tmp_path: Path) -> None:
    file = tmp_path / f"<img src=x onerror={RUN}>.txt"
    file.write_bytes(b"no NetCDF")
    unharmed.open()
    with unharmed.page.expect_file_chooser() as chooser:
        unharmed.press("+ Add files")
    chooser.value.set_files([str(file)])
    expect(unharmed.page.locator(".said.failed")).to_contain_text("<img src=x", timeout=PATIENCE)


def test_the_show_takes_no_words_from_its_address(unharmed: Visit) -> None:
    unharmed.page.goto(f"{unharmed.server.url}/show?scene={quote(ATTACKS['image'])}&language={quote(ATTACKS['script'])}")
    unharmed.until("goms.state().drawn")


@pytest.mark.parametrize("name", ["image", "script", "templates"])
def test_saved_pictures_and_scripts_hold_hostile_names_as_text(server: Server, name: str) -> None:
    address = f"?source={source(name)}&chart=point"
    for kind in ("map.svg", "chart.svg"):
        drawing = ElementTree.fromstring(urlopen(f"{server.url}/export/{kind}{address}", timeout=waiting.PATIENCE).read())
        assert not {each.tag.rpartition("}")[2] for each in drawing.iter()} & {"script", "img", "foreignObject"}
        assert ATTACKS[name][:20] in "".join(drawing.itertext())
    code = urlopen(f"{server.url}/export/view.py{address}", timeout=waiting.PATIENCE).read().decode()
    compile(code, "view.py", "exec")

"""Playback and latency of the page in a real browser, beside the usual Panel page in the same run.

    python -m tests.benchmarks.playback [--json] [--home FOLDER]

Painted frames are counted the same way on both pages: at each animation frame the map's canvas is reduced to 96 x 48 pixels,
and only a picture that differs from the one before counts. Times of changes run from the click to the painted picture.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from engine.runtime.paths import home
from tests.serving import launch_chromium, serving

SECONDS = 6
"""Length of a count of painted frames."""

CHANGES = ("Salinity", "Eastward current", "Sea surface height", "Temperature", "Northward current", "Salinity", "Temperature")

WINDOW = {"width": 1592, "height": 1060}
"""Gives the map of the page 1280 x 600 pixels, a little more than the usual page's 1200 x 600."""

CANVAS = """(wanted) => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    const canvases = all(document).filter((one) => one.tagName === "CANVAS" && (!wanted || one.className === wanted));
    return canvases.sort((a, b) => b.width * b.height - a.width * a.height)[0];
}"""

COUNT = f"""async ([wanted, seconds]) => {{
    const canvas = ({CANVAS})(wanted);
    const small = new OffscreenCanvas(96, 48).getContext("2d", {{ willReadFrequently: true }});
    let before = "", painted = 0;
    const start = performance.now();
    while (performance.now() - start < seconds * 1000) {{
        await new Promise(requestAnimationFrame);
        small.drawImage(canvas, 0, 0, 96, 48);
        const now = small.getImageData(0, 0, 96, 48).data.join();
        if (now !== before) painted += 1;
        before = now;
    }}
    return [painted / seconds, canvas.width, canvas.height];
}}"""

WATCH = """() => {
    const changes = goms.changeMs.length, loops = goms.loopReadyMs.length;
    globalThis.watched = new Promise((resolve) => {
        let clicked = null, painted = null;
        const begin = (event) => { if (event.isTrusted) clicked = performance.now(); };
        for (const kind of ["click", "keydown"]) document.addEventListener(kind, begin, { capture: true });
        const look = () => {
            if (painted === null && goms.changeMs.length > changes) painted = performance.now() - clicked;
            if (painted !== null && goms.loopReadyMs.length > loops) {
                for (const kind of ["click", "keydown"]) document.removeEventListener(kind, begin, { capture: true });
                resolve([painted, performance.now() - clicked]);
            } else requestAnimationFrame(look);
        };
        look();
    });
}"""


def prepare() -> Path:
    """Return the folder of the sample ocean's first 31 days at 1/4 degree, written on first use (minutes)."""
    from engine.forecasting.reference import write_reference
    from sample_data.source import SampleSource

    source = SampleSource()
    return write_reference(
        source, source.init_times()[0], 30, progress=lambda fraction, doing: print(f"  {doing}", file=sys.stderr)
    )


def choose(page: Page, label: str, option: str) -> tuple[float, float]:
    """Choose an option and return milliseconds from the click to the first picture and to the whole loop."""
    page.get_by_role("combobox", name=label, exact=True).click()
    item = page.get_by_role("listbox").get_by_role("option", name=option, exact=True)
    item.wait_for()
    page.wait_for_timeout(400)
    page.evaluate(WATCH)
    item.click()
    picture, loop = page.evaluate("watched")
    page.wait_for_timeout(600)
    return picture, loop


def deeper(page: Page) -> tuple[float, float]:
    """Go one level down and return milliseconds from the key to the first picture and to the whole loop."""
    page.get_by_role("slider", name="Depth (m)").focus()
    page.evaluate(WATCH)
    page.keyboard.press("ArrowRight")
    picture, loop = page.evaluate("watched")
    page.wait_for_timeout(600)
    return picture, loop


def measure_page(browser: Browser, url: str, start: str) -> dict[str, Any]:
    """Return the figures of the page at `url`."""
    page = browser.new_context(viewport=WINDOW).new_page()
    began = time.perf_counter()
    page.goto(f"{url}/?start={start}")
    page.wait_for_function("() => globalThis.goms?.state && goms.state().panels[0]?.drawn", timeout=60_000)
    figures: dict[str, Any] = {"first_map_s": time.perf_counter() - began}
    page.wait_for_function("() => goms.state().complete && goms.state().panels[0].held === 31", timeout=60_000)
    figures["loop_mb"] = page.evaluate("goms.bytes") / 1e6
    page.wait_for_timeout(1500)
    page.get_by_label("Speed in days a second").select_option("60")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(500)
    figures["painted_fps"], *figures["canvas"] = page.evaluate(COUNT, ["picture", SECONDS])
    page.get_by_role("button", name="Pause", exact=True).click()
    times = [choose(page, "Variable", name) for name in CHANGES]
    times += [deeper(page) for _ in range(5)]
    figures["change_ms_median"] = median(picture for picture, _ in times)
    figures["loop_ready_s"] = median(loop for _, loop in times) / 1000
    box = page.locator(".map").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.35)
    for number in range(3):
        before = page.evaluate("goms.zoomMs.length")
        page.mouse.wheel(0, -300)
        page.wait_for_function("before => goms.zoomMs.length > before", arg=before, timeout=30_000)
        page.wait_for_timeout(400 * number)
    figures["zoom_s"] = median(page.evaluate("goms.zoomMs")) / 1000
    page.goto(f"{url}/?start={start}&compare=persistence")
    page.wait_for_function(
        "() => globalThis.goms?.state && goms.state().complete && goms.state().panels.length === 3", timeout=60_000
    )
    page.wait_for_timeout(1500)
    figures["loop_ready_three_s"] = (
        median(choose(page, "Variable", name)[1] for name in ("Salinity", "Temperature", "Salinity")) / 1000
    )
    page.context.close()
    return figures


def measure_during_run(browser: Browser, url: str, start: str) -> float:
    """Return the median milliseconds from click to picture while the first days of a forecast are made."""
    page = browser.new_context(viewport=WINDOW).new_page()
    page.goto(f"{url}/?start={start}")
    page.get_by_role("button", name="Run 30-day forecast", exact=True).click()
    page.wait_for_function("() => globalThis.goms?.state && goms.state().panels[0]?.held >= 2", timeout=300_000)
    picture = median(choose(page, "Variable", name)[0] for name in [*CHANGES, *CHANGES])
    assert page.get_by_role("button", name="Cancel").is_visible(), "the run ended before the changes did"
    page.context.close()
    return picture


def measure_usual(browser: Browser, url: str) -> float:
    """Return painted frames a second of the usual page."""
    page = browser.new_context(viewport=WINDOW).new_page()
    page.goto(url)
    page.locator(".play").first.wait_for(timeout=60_000)
    page.wait_for_timeout(3000)
    page.locator(".play").first.click()
    page.wait_for_timeout(1500)
    frames = page.evaluate(COUNT, ["", SECONDS])[0]
    page.context.close()
    return float(frames)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="end with one line of JSON")
    options.add_argument("--home", type=Path, default=home() / "benchmark", help="folder of the 31-day store, kept between runs")
    chosen = options.parse_args()
    os.environ["GOMS_HOME"] = str(chosen.home)
    store = prepare()
    from engine.stores import open_store

    start = str(open_store(store).init_time.astype("datetime64[D]"))
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        command = [sys.executable, "-m", "app", "--port", "0", "--home", str(chosen.home), "--no-first-run"]
        with serving(command) as served:
            figures = {"server_start_s": served.seconds, **measure_page(browser, served.url, start)}
        with serving([sys.executable, "-m", "tests.benchmarks.usual_page", str(store)]) as served:
            figures["usual_painted_fps"] = measure_usual(browser, served.url)
        with (
            tempfile.TemporaryDirectory() as empty,
            serving([sys.executable, "-m", "app", "--port", "0", "--home", empty, "--no-first-run"]) as served,
        ):
            figures["change_during_run_ms_median"] = measure_during_run(browser, served.url, start)
        browser.close()
    goals = {
        "painted_fps": ">= 30, goal 45", "usual_painted_fps": "", "change_ms_median": "< 250",
        "change_during_run_ms_median": "< 500", "loop_ready_s": "< 1.2",
        "loop_ready_three_s": "< 3", "zoom_s": "< 0.8", "first_map_s": "< 4", "server_start_s": "< 10", "loop_mb": "",
    }  # fmt: skip
    canvas = figures.pop("canvas")
    print(f"map of {canvas[0]} x {canvas[1]} pixels, {os.cpu_count()} cores")
    for name, goal in goals.items():
        figures[name] = round(figures[name], 3)
        print(f"{name:28} {figures[name]:10.2f}  {goal}")
    if chosen.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()

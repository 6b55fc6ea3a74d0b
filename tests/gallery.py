"""The pictures of the README's gallery: every view of a running page, light and dark, as small files.

python -m tests.gallery [--home FOLDER] [--out docs/gallery]

FOLDER must hold a 30-day forecast of the sample ocean with all heads, and its reference.
"""

import argparse
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from engine.runtime.paths import REPOSITORY, home
from tests.serving import launch_chromium, serving

SIZE = {"width": 1400, "height": 900}
QUALITY = 80
PATIENCE = 120_000
SETTLING = 4_000
"""Milliseconds in which what follows the maps, charts and particles, comes to rest."""

MAPS_READY = "() => globalThis.goms?.state && goms.state().panels.every((panel) => panel.drawn) && goms.state().complete"
SHOW_READY = "() => document.querySelector('canvas')"


@dataclass(frozen=True)
class Shot:
    """One picture: the address of the page, and the words that must be on it before it is taken."""

    name: str
    address: str
    words: str = ""
    ready: str = MAPS_READY


SHOTS = (
    Shot("map", "?lead=12&variable=speed&region=kuroshio&layers=streaks,eddies,names"),
    Shot("compare", "?lead=20&variable=zos&quantity=anomaly&compare=reference&region=north_atlantic"),
    Shot("point", "?lead=12&point_lat=36&point_lon=148&pins=41,150;26,165&depth=100&region=kuroshio"),
    Shot("section", "?lead=12&region=kuroshio&section=137e&chart=section"),
    Shot("kuroshio", "?view=kuroshio&lead=10"),
    Shot("waves", "?view=waves&lead=10&layers=wind"),
    Shot("biogeochemistry", "?view=biogeochemistry&lead=10"),
    Shot("skill", "?view=skill", "95 % of 1000 draws", ready="() => globalThis.Bokeh?.documents?.length"),
    Shot("show", "show?scene=kuroshio", ready=SHOW_READY),
)


def take(browser: Browser, address: str, shot: Shot, theme: str) -> bytes:
    """Return the page of a shot in light or dark as a WebP picture."""
    context = browser.new_context(viewport=SIZE, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    separator = "&" if "?" in shot.address else "?"
    page.goto(f"{address}/{shot.address}{separator}theme={theme}")
    page.wait_for_function(shot.ready, timeout=PATIENCE)
    if shot.words:
        page.get_by_text(shot.words).first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(SETTLING)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    content = io.BytesIO()
    picture.save(content, "WEBP", quality=QUALITY, method=6)
    return content.getvalue()


def main() -> None:
    """Serve the stores of a home and take every picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=home())
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "gallery")
    parser.add_argument("--only", default="", help="names of shots, separated by commas")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not chosen.only or shot.name in chosen.only.split(",")]
    command = [sys.executable, "-m", "app", "--port", "0", "--home", str(chosen.home), "--no-first-run"]
    total = 0
    with serving(command) as served, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for shot in wanted:
            for theme in ("light", "dark"):
                content = take(browser, served.url, shot, theme)
                (chosen.out / f"{shot.name}-{theme}.webp").write_bytes(content)
                total += len(content)
                print(f"{shot.name} {theme}: {len(content) / 1e3:.0f} kB", flush=True)
        browser.close()
    print(f"{total / 1e6:.2f} MB in all")


if __name__ == "__main__":
    main()

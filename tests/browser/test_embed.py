"""A view inside another page: maps and player alone, a link to the whole page, and the code to copy."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def test_the_copied_code_shows_map_and_player_in_a_frame_with_a_link_to_the_whole_page(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.open("?variable=zos&lead=2&region=kuroshio")
    visit.press("Copy code to embed it")
    visit.see("The code is in the clipboard")
    code = visit.page.evaluate("navigator.clipboard.readText()")
    assert "variable=zos" in code and "embed=1" in code
    # Chromium lets no page of elsewhere frame one of this machine, so the host is on this server, too; what decides for others
    # are the headers, which name those that the owner of the server allowed.
    host = f"{visit.server.url}/host.html"
    visit.page.route(host, lambda route: route.fulfill(body=f"<title>Host</title>{code}", content_type="text/html"))
    framed = visit.page.request.get(f"{visit.server.url}/?embed=1").headers
    assert "frame-ancestors 'self'" in framed["content-security-policy"]
    visit.page.goto(host)
    frame = visit.page.frame_locator("iframe")
    expect(frame.get_by_text("Sea surface height").first).to_be_visible()
    frame.get_by_role("button", name="One day on").click()
    expect(frame.get_by_text("sample day 3 (like 26 Feb)").first).to_be_visible()
    expect(frame.get_by_text("sample ocean - simulation, not for navigation").first).to_be_visible()
    for gone in ("Source", "Variable", "Compare with"):
        expect(frame.get_by_role("combobox", name=gone)).to_have_count(0)
    expect(frame.get_by_role("banner")).to_be_hidden()
    link = frame.get_by_role("link", name="Open in GOMS Explorer")
    link.hover()
    expect(link).to_have_attribute("href", re.compile(r"variable=zos(?!.*embed=)"))
    inside = visit.page.frames[1].evaluate(
        "[document.documentElement.scrollWidth, innerWidth, document.documentElement.scrollHeight]"
    )
    assert inside[0] <= inside[1] and inside[2] <= 560


def test_markup_put_into_the_page_runs_nothing(visit: Visit) -> None:
    visit.open()
    kinds = visit.page.evaluate(HOSTILE)
    assert kinds == ["script-src-attr", "script-src-elem"]
    assert visit.page.evaluate("globalThis.ran ?? null") is None
    visit.errors.clear()  # the browser tells of what it did not run


HOSTILE = """() => new Promise((resolve) => {
    const kinds = new Set();
    document.addEventListener("securitypolicyviolation", (event) => {
        kinds.add(event.effectiveDirective);
        if (kinds.size === 2) resolve([...kinds].sort());
    });
    const place = document.createElement("div");
    place.innerHTML = '<img src="data:," onerror="globalThis.ran = 1">';
    document.body.append(place);
    document.body.append(Object.assign(document.createElement("script"), { textContent: "globalThis.ran = 2" }));
})"""

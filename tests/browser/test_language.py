"""The page in Chinese: no English is left on any view or in its lists, nothing is wider than a phone, and a click leads back."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import expect

from app.text.i18n import chinese
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

VIEWS = {"黑潮": "流轴平均纬度", "海浪": "的海况", "生物地球化学": "浮游植物", "预报技巧": "距平相关系数"}
"""Tab -> words in the title of one of its charts."""

STAYS = re.compile(
    r"GOMS Explorer|AI-GOMS|GOMS (small|base|网络)|FourCastNet|（small）|HYCOM|GLORYS|NetCDF|RMSE|ACC|Hovmöller|Okubo-Weiss|"
    r"Python|Zarr|English|Home|End|`[^`]*`|goms [a-z]+|--[a-z-]+|[µn]mol/l|native grid|sha256|seed[^，。；）]*|GPU|"
    r"[0-9a-f]{12}|计算机：[^。]*"
)
"""Names of products, data sets, scores and keys, and units: the same in both languages."""

READ = """() => {
    const found = [];
    const see = (root) => {
        for (const node of root.childNodes) {
            if (node.nodeType === Node.TEXT_NODE && node.parentElement?.checkVisibility() !== false) found.push(node.data.trim());
            if (node.nodeType !== Node.ELEMENT_NODE || node.matches("style, script, [class*=material-icons]")) continue;
            for (const name of ["aria-label", "aria-valuetext", "title", "placeholder"]) {
                if (node.checkVisibility()) found.push(node.getAttribute(name));
            }
            if (node.shadowRoot) see(node.shadowRoot);
            see(node);
        }
    };
    see(document.body);
    const models = globalThis.Bokeh ? Bokeh.documents.flatMap((one) => [...one._all_models.values()]) : [];
    found.push(...models.flatMap((one) => [one.title?.text, one.axis_label, ...(one.tooltips?.map?.(([name]) => name) ?? [])]));
    return [...new Set(found)].filter((text) => typeof text === "string" && text);
}"""
"""What is read and what screen readers say, of charts their titles, axes and tooltips, which are drawn on canvases."""


def _english(visit: Visit) -> list[str]:
    """Return what is on the page and not in Chinese."""
    read = visit.page.evaluate(READ)
    assert len(read) > 10
    known = {english for english, text in chinese().items() if english != text and english.strip(" ,;")}
    return [text for text in read if text in known or re.search("[A-Za-z]{3,}", STAYS.sub("", text))]


def _in_chinese(visit: Visit) -> None:
    """Wait until everything on the page is in Chinese: what was drawn before may still be there for a moment."""
    with suppress(AssertionError):
        visit.wait(lambda: not _english(visit))
    assert _english(visit) == []


def test_no_english_is_left_on_a_chinese_page_and_one_click_leads_back_to_it(visit: Visit, scored: str) -> None:
    visit.open(
        f"?language=zh&lead=2&compare=reference&chart=error&skill=own:{scored}&layers=streaks,arrows,wind,eddies,ice,drift"
    )
    expect(visit.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    visit.see("样本海洋（数值模拟），不可用于航海")
    visit.chart("RMSE")
    visit.page.get_by_role("combobox", name="变量", exact=True).click()
    expect(visit.page.get_by_role("option", name="混合层深度（密度判据）")).to_be_visible()
    _in_chinese(visit)
    visit.page.keyboard.press("Escape")
    for view, drawn in VIEWS.items():
        visit.page.get_by_role("tab", name=view, exact=True).click()
        visit.chart(drawn)
        _in_chinese(visit)
    visit.page.get_by_role("link", name="English").click()
    visit.address_has("language=en", "lead=2", "compare=reference", "view=skill")
    visit.chart("Anomaly correlation")
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    expect(visit.page.get_by_role("link", name="Language: 中文")).to_be_visible()


@pytest.mark.parametrize("visit", [(390, 844)], indirect=True)
def test_chinese_fits_a_phone(visit: Visit) -> None:
    visit.open("?language=zh&view=waves")
    visit.chart("的海况")
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("visit", [(390, 844)], indirect=True)
def test_the_show_speaks_chinese_and_leads_back_to_a_chinese_page(visit: Visit) -> None:
    visit.page.goto(f"{visit.server.url}/show?language=zh&scene=agulhas")
    visit.until("goms.state().drawn")
    visit.see("厄加勒斯暖涡环")
    _in_chinese(visit)
    back = visit.page.get_by_role("link", name="返回 GOMS Explorer")
    expect(back).to_have_attribute("href", ".?language=zh")
    day = visit.page.locator(".day").bounding_box()
    assert day is not None and day["x"] + day["width"] <= 390
    visit.page.get_by_role("link", name="English").click()
    visit.see("Agulhas rings")
    visit.address_has("language=en", "scene=agulhas")

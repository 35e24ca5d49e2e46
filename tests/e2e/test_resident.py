"""What a resident does: finds a platform by initials, by keyboard, without JavaScript, on a phone, near home."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site import Site

WIDTHS = (1280, 390)
SUWON = {"latitude": 37.2636, "longitude": 127.0286}


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", WIDTHS)
def test_finds_a_platform_by_its_initials(browser: Browser, live: str, width: int, javascript: bool) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="ko-KR", java_script_enabled=javascript
    )
    page = context.new_page()
    page.goto(live + "/")
    page.get_by_label("검색어").fill("ㅂㄷㅌㄱ")
    page.get_by_role("main").get_by_role("button", name="검색", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ㅂㄷㅌㄱ")
    expect(page.get_by_role("link", name=re.compile("글자 그대로"))).to_be_visible()
    page.get_by_role("heading", level=2).get_by_role("link", name="배달특급", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("배달특급")
    expect(page.get_by_role("main")).to_contain_text("경기도")
    context.close()


def test_the_combobox_follows_the_keyboard(page: Page, live: str) -> None:
    page.goto(live + "/")
    field = page.get_by_role("combobox", name="검색어")
    field.press_sequentially("배다")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    number = options.count()
    field.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.nth(0).get_attribute("id") or "?")
    field.press("ArrowUp")
    expect(options.nth(number - 1)).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_be_focused()
    expect(field).to_have_value("배다")
    field.press("ArrowDown")
    expect(options.first).to_be_visible()
    chosen = field.input_value()
    field.press("Enter")
    page.wait_for_url("**/search?*")
    expect(page.get_by_role("heading", level=1)).to_contain_text(chosen)
    # An empty box offers what was searched for before; it never left the browser.
    page.goto(live + "/")
    page.get_by_role("combobox", name="검색어").focus()
    expect(page.get_by_role("option", name=chosen)).to_be_visible()


def test_the_first_tab_is_the_skip_link(page: Page, live: str, site: Site) -> None:
    for path in ("/", "/search?q=배달", site.fill("/platforms/{identifier}")):
        page.goto(live + path)
        page.keyboard.press("Tab")
        link = page.locator(":focus")
        expect(link).to_have_text("본문 바로가기")
        expect(link).to_be_in_viewport()
        link.press("Enter")
        expect(page.locator("main")).to_be_focused()


def test_an_area_is_remembered_and_comes_first(page: Page, live: str) -> None:
    page.goto(live + "/")
    page.get_by_label("우리 동네", exact=True).fill("수원시")
    page.get_by_role("button", name="정하기").click()
    expect(page.get_by_label("우리 동네", exact=True)).to_have_value("경기도 수원시")
    page.goto(live + "/search?q=배달")
    expect(page.get_by_role("main")).to_contain_text("경기도 수원시")
    first = page.locator(".card").first
    expect(first).to_contain_text(re.compile("우리 동네|우리 시·도"))
    page.get_by_role("link", name="전국에서 찾기").click()
    expect(page.locator(".card").first).not_to_contain_text("우리 동네")


def test_same_named_places_are_offered_as_a_choice(page: Page, live: str) -> None:
    page.goto(live + "/area")
    page.get_by_label("우리 동네", exact=True).fill("중구")
    page.get_by_role("button", name="정하기").click()
    page.get_by_role("button", name="대구광역시 중구").click()
    expect(page.get_by_label("우리 동네", exact=True)).to_have_value("대구광역시 중구")


def test_the_position_stays_in_the_browser(browser: Browser, live: str) -> None:
    context = browser.new_context(locale="ko-KR", geolocation=SUWON, permissions=["geolocation"])
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    page.goto(live + "/")
    page.get_by_role("button", name="현재 위치로 찾기").click()
    expect(page.get_by_label("우리 동네", exact=True)).to_have_value("경기도 수원시")
    assert any("boundaries.geojson" in one for one in sent)
    assert not [one for one in sent if "37.2" in one or "127.0286" in one]
    context.close()


def test_facets_narrow_and_the_address_keeps_the_state(page: Page, live: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(live + "/search?q=배달")
    before = page.get_by_role("status").filter(has_text="모두").inner_text()
    page.locator("[data-facet=status]").get_by_role("link", name=re.compile("^종료")).click()
    expect(page).to_have_url(re.compile("status=closed"))
    after = page.get_by_role("status").filter(has_text="모두").inner_text()
    assert after != before
    page.reload()
    assert page.get_by_role("status").filter(has_text="모두").inner_text() == after
    page.get_by_role("link", name=re.compile("운영 상태: 종료")).click()
    expect(page).not_to_have_url(re.compile("status="))


def test_nothing_found_helps(page: Page, live: str) -> None:
    page.goto(live + "/search?q=qqzzxxvv&literal=1")
    expect(page.get_by_role("main")).to_contain_text("검색어와 일치하는 결과를 찾을 수 없습니다.")
    expect(page.get_by_role("link", name="우리 동네에 없는 서비스라고 알리기")).to_be_visible()


def test_a_report_is_taken_and_a_wrong_one_keeps_its_words(page: Page, live: str, site: Site) -> None:
    page.goto(live + site.fill("/platforms/{identifier}/report"))
    page.get_by_label("어떻게 다른가요?").fill("음")
    page.get_by_role("button", name="보내기").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("무엇이 다른가요?")).to_be_focused()
    expect(page.get_by_label("어떻게 다른가요?")).to_have_value("음")
    page.get_by_label("무엇이 다른가요?").select_option("closed")
    page.get_by_label("어떻게 다른가요?").fill("3월에 문을 닫았습니다.")
    page.get_by_role("button", name="보내기").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("접수했습니다")
    expect(page.get_by_role("main")).not_to_contain_text("3월에 문을 닫았습니다")


def test_high_contrast_without_a_script(browser: Browser, live: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto(live + "/display")
    page.get_by_label("선명하게(고대비)").check()
    page.get_by_role("button", name="적용").click()
    expect(page.locator("html")).to_have_attribute("data-krds-mode", "high-contrast")
    context.close()


def test_a_taken_over_address_has_no_link(page: Page, live: str) -> None:
    page.goto(live + "/platforms/P5f6cc262")
    expect(page.get_by_role("main")).to_contain_text("연결을 막았습니다")
    assert page.locator("a[href*='seoulmaeul']").count() == 0


def test_on_a_phone_a_row_is_a_card_that_names_its_values(browser: Browser, live: str, site: Site) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 900}, locale="ko-KR", java_script_enabled=False)
    page = context.new_page()
    page.goto(live + "/groups")
    cell = page.locator("tbody tr").first.locator("td").first
    expect(cell).to_have_css("display", "flow-root")
    box = page.locator("tbody tr").first.bounding_box()
    assert box is not None and box["width"] <= 390
    page.goto(live + site.fill("/groups/{group_id}"))
    expect(page.locator('td[data-column="소관"]').first).to_be_visible()
    context.close()


def test_a_dead_link_is_reported_in_two_clicks(page: Page, live: str, site: Site) -> None:
    page.goto(live + site.fill("/platforms/{identifier}"))
    page.get_by_role("link", name="열리지 않나요?").click()
    expect(page.get_by_label("무엇이 다른가요?")).to_have_value("address")
    page.get_by_role("button", name="보내기").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("접수했습니다")

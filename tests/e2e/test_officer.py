"""What an officer does: signs in, registers with a look before, edits, makes a token, answers a report."""

import secrets

from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.site import Site


def test_registers_a_platform(page: Page, live: str) -> None:
    sign_in(page, live)
    name = f"마을 공구 대여소 {secrets.token_hex(3)}"
    page.goto(live + "/register")
    page.get_by_label("플랫폼 이름").fill(name)
    page.get_by_label("소관기관").fill("없는시")
    page.get_by_role("button", name="다음").click()
    owner = page.get_by_label("소관기관")
    expect(owner).to_be_focused()
    expect(owner).to_have_value("없는시")
    expect(owner).to_have_attribute("aria-invalid", "true")
    owner.fill("수원시")
    page.get_by_label("설명", exact=True).fill("동네에서 공구를 빌려 쓰는 서비스")
    page.get_by_role("button", name="다음").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("등록 내용 확인")
    expect(page.get_by_role("main")).to_contain_text("추정")
    page.get_by_role("button", name="고치기").click()
    expect(page.get_by_label("플랫폼 이름")).to_have_value(name)
    page.get_by_role("button", name="다음").click()
    page.get_by_role("button", name="등록하기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("등록했습니다")
    page.get_by_role("link", name="플랫폼 보기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("link", name="고치기").click()
    page.get_by_label("담당 부서").fill("자치행정과")
    page.get_by_role("button", name="저장").click()
    expect(page.get_by_role("main")).to_contain_text("자치행정과")


def test_keeps_a_draft_and_takes_it_up_again(page: Page, live: str) -> None:
    sign_in(page, live)
    page.goto(live + "/register")
    page.get_by_label("플랫폼 이름").fill("쓰다 만 것")
    page.get_by_text("교통", exact=False).first.click()
    page.get_by_label("주차장 공유").check()
    page.get_by_role("button", name="임시 저장").click()
    expect(page.get_by_text("이 브라우저에 임시 저장했습니다.")).to_be_visible()
    page.goto(live + "/register")
    expect(page.get_by_label("플랫폼 이름")).to_have_value("")
    page.get_by_role("button", name="불러오기").click()
    expect(page.get_by_label("플랫폼 이름")).to_have_value("쓰다 만 것")
    expect(page.get_by_label("주차장 공유")).to_be_checked()
    page.reload()
    page.get_by_role("button", name="지우기").click()
    page.reload()
    expect(page.get_by_role("button", name="불러오기")).to_be_hidden()


def test_a_form_whose_session_is_over_leads_back_to_its_page(page: Page, live: str) -> None:
    sign_in(page, live)
    page.goto(live + "/register")
    page.evaluate("document.querySelectorAll('main input[name=csrf]').forEach(one => one.value = 'old')")
    page.get_by_label("플랫폼 이름").fill("가")
    page.get_by_role("button", name="다음").click()
    expect(page.get_by_role("main")).to_contain_text("이 양식의 유효 기간이 지났습니다.")
    page.get_by_role("link", name="쪽을 새로 열기").click()
    page.wait_for_url("**/register")


def test_makes_and_revokes_a_token(page: Page, live: str) -> None:
    sign_in(page, live)
    name = f"시험 {secrets.token_hex(3)}"
    page.get_by_label("새 토큰 이름").fill(name)
    page.get_by_role("button", name="만들기").click()
    token = page.get_by_role("status").locator("code").inner_text()
    context = page.context
    answer = context.request.post(
        live + "/api/v1/platforms",
        headers={"Authorization": f"Bearer {token}"},
        data={"name": "토큰", "owner": "없는시"},
    )
    assert answer.status == 422
    page.get_by_role("button", name=f"폐기 {name}").click()
    answer = context.request.post(
        live + "/api/v1/platforms",
        headers={"Authorization": f"Bearer {token}"},
        data={"name": "토큰", "owner": "수원시"},
    )
    assert answer.status == 401


def test_answers_a_residents_report(page: Page, live: str, site: Site) -> None:
    sign_in(page, live)
    page.goto(live + f"/issues/{site.ids['report']}")
    page.get_by_label("처리 내용").fill("옆 시의 공유주차를 함께 쓰기로 했습니다.")
    page.get_by_role("button", name="처리 완료").click()
    page.goto(live + f"/reports/{site.ids['report']}")
    expect(page.get_by_role("main")).to_contain_text("옆 시의 공유주차를 함께 쓰기로 했습니다.")


def test_sees_what_enabling_asks_before_enabling(page: Page, live: str) -> None:
    sign_in(page, live)
    page.goto(live + "/sources/example-home")
    page.get_by_role("link", name="켜기 전에 보기").click()
    expect(page.get_by_role("main")).to_contain_text("아직 아무것도 켜지 않았습니다")
    expect(page.get_by_role("main")).to_contain_text("www.example.kr")
    page.get_by_role("button", name="켜기").click()
    expect(page.get_by_role("main")).to_contain_text("켜짐")
    page.goto(live + "/sources/example-home")
    page.get_by_role("button", name="끄기").click()
    page.wait_for_url("**/sources")

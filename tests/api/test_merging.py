"""A 'same' verdict proposes a merge; deciding asks first, needs a reason, is audited and can be undone."""

import re

from starlette.testclient import TestClient

from registry.audit import audit_lines
from registry.database import session_of
from registry.models import Platform
from registry.vocab import PlatformState
from tests.site import Site


def _token(client: TestClient, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found, path
    return found.group(1)


def _state(site: Site, platform_id: str) -> PlatformState:
    with session_of(site.installation.database) as session:
        row = session.get(Platform, platform_id)
        assert row is not None
        return row.state


def test_a_verdict_proposes_a_reviewer_confirms_and_undoes(site: Site) -> None:
    client, public = site.officer(), site.client()
    left, right = site.ids["platform_id"], site.ids["other"]
    pair = f"left={left}&right={right}"
    token = _token(client, f"/compare?{pair}")
    assert f"/merging/confirm?{pair.replace('&', '&amp;')}" not in public.get("/merging").text
    body = {"left": left, "right": right, "kind": "same", "reason": "주소만 다름", "csrf": token}
    assert client.post("/judging", data=body).status_code == 303
    assert "주소만 다름" in public.get("/merging").text
    assert "합치기가 제안되어" in public.get(f"/compare?{pair}").text
    assert "/merging/confirm" not in public.get(f"/compare?{pair}").text, "only who may merge sees the button"
    assert public.get(f"/merging/confirm?{pair}&kind=same").status_code == 401
    asked = client.get(f"/merging/confirm?{pair}&kind=same")
    assert asked.status_code == 200 and _state(site, right) is PlatformState.active, "asking changes nothing"

    form = {"left": left, "right": right, "kind": "same", "keep": left, "csrf": token}
    refused = client.post("/merging", data={**form, "reason": " "})
    assert refused.status_code == 422 and "why-problem" in refused.text
    assert client.post("/merging", data={**form, "reason": "한 서비스", "csrf": "x"}).status_code == 403
    assert public.post("/merging", data={**form, "reason": "한 서비스"}).status_code == 401
    assert _state(site, right) is PlatformState.active
    made = client.post("/merging", data={**form, "reason": "한 서비스"})
    assert made.status_code == 303 and _state(site, right) is PlatformState.merged
    page = made.headers["location"]
    assert public.get(f"/compare?{pair}").headers["location"] == f"/platforms/{left}"
    assert "한 서비스" in public.get(page).text and "/undo" not in public.get(page).text
    assert "주소만 다름" not in public.get("/merging").text, "what is decided waits no more"

    assert client.post(f"{page}/undo", data={"csrf": token}).status_code == 422
    assert client.post(f"{page}/undo", data={"csrf": token, "sure": "yes", "reason": "잘못"}).status_code == 303
    assert _state(site, right) is PlatformState.active
    assert "되돌린 결정입니다" in client.get(page).text
    compared = client.get(f"/compare?{pair}").text
    assert "서로 다른 플랫폼으로 확정됨" in compared and "/merging/confirm" not in compared
    again = client.post("/merging", data={**form, "reason": "다시"})
    assert again.status_code == 409, "declared different is a hard constraint"
    with session_of(site.installation.database) as session:
        actions = {one.action for one in audit_lines(session, subject=left)}
    assert {"merge", "unmerge"} <= actions
    different = re.search(r'href="/merging/(\d+)">결정 보기', compared)
    assert different
    assert client.post(f"/merging/{different.group(1)}/undo", data={"csrf": token, "sure": "yes"}).status_code == 303
    assert "/merging/confirm" in client.get(f"/compare?{pair}").text
    verdict = re.search(r'action="/judging/(\d+)/undo"', compared)
    assert verdict and client.post(f"/judging/{verdict.group(1)}/undo", data={"csrf": token}).status_code == 303


def test_declaring_different_takes_the_pair_from_the_proposals(site: Site) -> None:
    client = site.officer()
    left, right = site.ids["platform_id"], site.ids["other"]
    path = f"/merging/confirm?left={left}&right={right}&kind=different"
    token = _token(client, path)
    assert 'name="keep"' not in client.get(path).text
    form = {"left": left, "right": right, "kind": "different", "reason": "운영 기관이 다름", "csrf": token}
    made = client.post("/merging", data=form)
    assert made.status_code == 303
    page = client.get(made.headers["location"])
    assert "운영 기관이 다름" in page.text
    undone = client.post(f"{made.headers['location']}/undo", data={"csrf": token, "sure": "yes"})
    assert undone.status_code == 303
    assert client.get("/merging/999999").status_code == 404
    assert client.get(f"/merging/confirm?left={left}&right={left}&kind=same").status_code == 422

"""A run that stopped at its ceiling: the page shows the whole list, and a person answers it with a button."""

import re
from collections.abc import Iterator

import pytest
from sqlmodel import col, select

from harvesters.runner import run_source
from harvesters.sources import save_source, source_from
from registry.database import session_of, writing_session
from registry.models import Issue, Platform, Record
from registry.records import SYSTEM
from registry.vocab import PlatformState, RunState
from tests.harvesters.conftest import package
from tests.harvesters.hostile_server import CkanFace, HostileServer
from tests.site import Site


@pytest.fixture
def question(site: Site) -> Iterator[tuple[CkanFace, int]]:
    """Sixteen of twenty entries have vanished; the number of the question that the run asked."""
    server = HostileServer()
    # Numbers that no other test of this registry uses: what a second source lists too would not be withdrawn.
    face = CkanFace(server, [package(700 + number, id=f"q-{number:02d}") for number in range(20)])
    entries = {
        "title": "한도 시험",
        "harvester": "ckan",
        "url": server.url,
        "owner": "1111000000",
        "outside": False,
        "public_api": "시험",
        "options": {"take": "all", "site": False},
        "expect": {"missing_runs": 1, "grace_days": 0},
    }
    database = site.installation.database
    with writing_session(database) as session:
        save_source(session, source_from("ceiling", entries))
    settings = site.installation.settings.model_copy(update={"allow_private_addresses": True, "host_delay": 0.0})
    run_source(database, settings, "ceiling", actor=SYSTEM)
    gone = {f"q-{number:02d}": face.packages.pop(f"q-{number:02d}") for number in range(16)}
    assert run_source(database, settings, "ceiling", actor=SYSTEM).state is RunState.question
    with session_of(database) as session:
        query = select(Issue).where(Issue.code == "withdrawal_ceiling", col(Issue.resolved_at).is_(None))
        number = session.exec(query).one().id
    assert number is not None
    yield face, number
    face.packages |= gone
    run_source(database, settings, "ceiling", actor=SYSTEM)
    server.close()


def states(site: Site) -> list[PlatformState]:
    with session_of(site.installation.database) as session:
        query = select(Platform.state).join(Record, col(Record.platform_id) == Platform.id)
        return sorted(session.exec(query.where(Record.source_id == "ceiling")))


@pytest.mark.parametrize(("button", "withdrawn"), [("withdraw", 16), ("keep", 0)])
def test_the_list_is_shown_and_a_button_answers_it(
    site: Site, question: tuple[CkanFace, int], button: str, withdrawn: int
) -> None:
    face, number = question
    officer = site.officer()
    page = officer.get(f"/issues/{number}").text
    assert page.count('href="/platforms/') >= 16 and all(f"q-{one:02d}" in page for one in range(16))
    assert "<textarea" not in page, "words would close the question and answer nothing"
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf is not None and 'value="withdraw"' in page and 'value="keep"' in page
    assert officer.post(f"/issues/{number}", data={"csrf": csrf[1], "answer": "내림"}).status_code == 409
    assert states(site).count(PlatformState.withdrawn) == 0
    answered = officer.post(f"/issues/{number}/withdrawal", data={"csrf": csrf[1], "do": button})
    assert answered.status_code == 303
    assert states(site).count(PlatformState.withdrawn) == withdrawn and len(states(site)) == 20
    after = officer.get(f"/issues/{number}").text
    assert 'value="withdraw"' not in after and all(f"q-{one:02d}" in after for one in range(16))
    assert officer.post(f"/issues/{number}/withdrawal", data={"csrf": csrf[1], "do": "withdraw"}).status_code == 409
    assert len(face.packages) == 4


def test_only_an_administrator_answers(site: Site, question: tuple[CkanFace, int]) -> None:
    _face, number = question
    stranger = site.client()
    assert 'value="withdraw"' not in stranger.get(f"/issues/{number}").text
    assert stranger.post(f"/issues/{number}/withdrawal", data={"do": "withdraw"}).status_code in (303, 401, 403)
    officer = site.officer()
    assert officer.post(f"/issues/{number}/withdrawal", data={"do": "withdraw", "csrf": "no"}).status_code == 403
    csrf = re.search(r'name="csrf" value="([^"]+)"', officer.get("/account").text)
    assert csrf is not None
    assert officer.post(f"/issues/{number}/withdrawal", data={"do": "all", "csrf": csrf[1]}).status_code == 422
    assert states(site).count(PlatformState.withdrawn) == 0

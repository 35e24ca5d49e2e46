"""A run that stopped at its ceiling: page, REST and command show the whole list, and each takes the answer."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlmodel import col, select

from api.cli import main
from config.settings import get_settings
from harvesters.runner import run_source
from harvesters.sources import save_source, source_from
from registry import accounts
from registry.database import session_of, writing_session
from registry.models import AuditLine, Issue, Platform, Record
from registry.records import SYSTEM
from registry.vocab import PlatformState, RunState
from tests.harvesters.conftest import package
from tests.harvesters.hostile_server import CkanFace, HostileServer
from tests.site import Site

Command = Callable[..., tuple[Any, Any, str]]


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


def run_of(site: Site, number: int) -> int:
    with session_of(site.installation.database) as session:
        return session.get_one(Issue, number).run_id or 0


def answers_in_the_trail(site: Site, number: int) -> list[str]:
    with session_of(site.installation.database) as session:
        query = select(AuditLine.actor).where(AuditLine.action == "answer", AuditLine.subject == f"issue:{number}")
        return list(session.exec(query))


def bearer(site: Site, role: str) -> dict[str, str]:
    """The headers of a program whose token belongs to an account of this role."""
    with writing_session(site.installation.database) as session:
        account = session.exec(select(accounts.Account).where(accounts.Account.login == f"ceiling-{role}")).first()
        if account is None:
            account, _once = accounts.create_account(session, f"ceiling-{role}", role, SYSTEM)
            account.must_change = False
        return {"authorization": f"Bearer {accounts.create_token(session, account.id or 0, 'test')}"}


def ask_again(site: Site, face: CkanFace) -> int:
    """Another run finds one entry more gone and asks anew; its number."""
    face.packages.pop("q-16")
    report = run_source(
        site.installation.database,
        site.installation.settings.model_copy(update={"allow_private_addresses": True, "host_delay": 0.0}),
        "ceiling",
        actor=SYSTEM,
    )
    assert report.state is RunState.question
    return report.run_id or 0


def test_a_program_reads_and_answers_it_once(site: Site, question: tuple[CkanFace, int]) -> None:
    _face, number = question
    run, client = run_of(site, number), site.client()
    path = f"/api/v1/runs/{run}/question"
    asked = client.get(path).json()
    assert (asked["run"], asked["issue"], asked["source"], asked["answer"]) == (run, number, "ceiling", "")
    assert {one["remote_id"] for one in asked["records"]} == {f"q-{one:02d}" for one in range(16)}
    assert all(one["name"] and one["platform"] and one["state"] == "listed" for one in asked["records"])
    assert client.post(path, json={"answer": "withdraw"}).status_code == 401
    assert client.post(path, json={"answer": "withdraw"}, headers=bearer(site, "reviewer")).status_code == 403
    token = bearer(site, "administrator")
    assert client.post(path, json={"answer": "all"}, headers=token).status_code == 422
    assert states(site).count(PlatformState.withdrawn) == 0
    first = client.post(path, json={"answer": "withdraw"}, headers=token)
    assert first.status_code == 200 and first.json()["answer"] == "withdraw" and first.json()["answered_at"]
    assert {one["state"] for one in first.json()["records"]} == {"withdrawn"}
    assert states(site).count(PlatformState.withdrawn) == 16
    assert client.post(path, json={"answer": "withdraw"}, headers=token).json() == first.json()
    assert answers_in_the_trail(site, number) == ["token:ceiling-administrator/test"]
    other = client.post(path, json={"answer": "keep"}, headers=token)
    assert other.status_code == 409 and "withdraw" in other.json()["cause"]["en"]
    assert client.get("/api/v1/runs/999999/question").status_code == 404


def test_an_answer_to_a_list_that_nobody_looked_at_is_refused(site: Site, question: tuple[CkanFace, int]) -> None:
    face, number = question
    old, token = run_of(site, number), bearer(site, "administrator")
    new = ask_again(site, face)
    assert new != old
    client, officer = site.client(), site.officer()
    stale = client.post(f"/api/v1/runs/{old}/question", json={"answer": "withdraw"}, headers=token)
    assert stale.status_code == 409 and str(new) in stale.json()["cause"]["ko"]
    assert client.get(f"/api/v1/runs/{old}/question").status_code == 409
    csrf = re.search(r'name="csrf" value="([^"]+)"', officer.get(f"/issues/{number}").text)
    assert csrf is not None
    seen = {"csrf": csrf[1], "do": "withdraw", "run": str(old)}
    assert officer.post(f"/issues/{number}/withdrawal", data=seen).status_code == 409
    assert states(site).count(PlatformState.withdrawn) == 0
    fresh = client.post(f"/api/v1/runs/{new}/question", json={"answer": "withdraw"}, headers=token)
    assert fresh.status_code == 200 and len(fresh.json()["records"]) == 17
    assert states(site).count(PlatformState.withdrawn) == 17


@pytest.fixture
def command(site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """The command line on the site's home: what it ends with, prints, and says on the side."""
    monkeypatch.setenv("METAPLATFORM_HOME", str(site.installation.settings.home))
    get_settings.cache_clear()

    def run(*words: str) -> tuple[Any, Any, str]:
        monkeypatch.setattr(sys, "argv", ["metaplatform", "sources", *words, "--json"])
        with pytest.raises(SystemExit) as stop:
            main()
        said = capsys.readouterr()
        return stop.value.code, json.loads(said.out) if said.out else None, said.err

    yield run
    get_settings.cache_clear()


def test_the_command_line_lists_shows_and_answers_it(
    site: Site, question: tuple[CkanFace, int], command: Command
) -> None:
    _face, number = question
    run = str(run_of(site, number))
    code, found, _said = command("questions", "ceiling")
    assert code == 1 and [one["run"] for one in found] == [int(run)] and len(found[0]["records"]) == 16
    assert command("answer", run)[0] == 1
    wrong = command("answer", run, "all")
    assert wrong[0] == 2 and "keep" in wrong[2]
    assert command("answer", "999999", "keep")[0] == 2
    code, kept, _said = command("answer", run, "keep")
    assert code == 0 and kept["answer"] == "keep" and states(site).count(PlatformState.withdrawn) == 0
    assert answers_in_the_trail(site, number) == ["person:cli"]
    assert command("questions", "ceiling")[:2] == (0, [])

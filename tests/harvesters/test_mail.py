"""Digests to a source's owner through the outbox and a real SMTP server on loopback."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from sqlmodel import col, select

from config.settings import Settings
from harvesters import outgoing_mail
from harvesters.outgoing_mail import MOST_ATTEMPTS, due_at, send_mail
from harvesters.runner import run_source
from harvesters.schedule import Worker
from registry.database import session_of, writing_session
from registry.models import MailEntry
from registry.models.base import now
from registry.records import SYSTEM
from registry.vocab import RunState
from tests.components.processes import free_ports
from tests.harvesters.conftest import Bench
from tests.harvesters.hostile_server import self_signed


class Post:
    """What arrived, and what the server answers to recipients and to messages; each answer is given once."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.answers: list[str] = []
        self.recipients_refused: dict[str, str] = {}
        self.sessions = 0

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.recipients_refused:
            return self.recipients_refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        message = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Post, str]]:
    """A mail server on loopback and its address."""
    handler = Post()
    controller = Controller(handler, hostname="127.0.0.1", port=free_ports(1)[0])
    controller.start()
    yield handler, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def with_mail(bench: Bench, url: str) -> Settings:
    return bench.settings.model_copy(update={"smtp_url": url, "mail_from": "us@example.kr"})


def put(bench: Bench, recipient: str = "owner@example.kr", subject: str = "소식", body: str = "본문") -> None:
    with writing_session(bench.database) as session:
        session.add(MailEntry(recipient=recipient, subject=subject, body=body))


def outbox(bench: Bench) -> list[MailEntry]:
    with session_of(bench.database) as session:
        return list(session.exec(select(MailEntry).order_by(col(MailEntry.id))))


def later(monkeypatch: pytest.MonkeyPatch, passed: timedelta) -> None:
    monkeypatch.setattr(outgoing_mail, "now", lambda: now() + passed)


def test_the_owner_is_told_what_a_run_found_by_the_worker(bench: Bench, post: tuple[Post, str]) -> None:
    handler, url = post
    settings = with_mail(bench, url)
    face = bench.ckan(4)
    bench.source(mail_to="owner@example.kr", title="종로 데이터", expect={"missing_runs": 1, "grace_days": 0})
    run_source(bench.database, settings, "s", actor=SYSTEM)
    assert outbox(bench) == [], "a run that found nothing to see sends nothing"
    gone = face.packages.pop("id-0003")
    broken = face.packages["id-0002"] | {"title": "", "name": ""}
    face.packages["id-0002"] = broken
    assert run_source(bench.database, settings, "s", actor=SYSTEM).state is RunState.complete
    worker = Worker(bench.database, settings)
    worker.tick()
    worker.tick()
    worker._pool.shutdown()
    (mail,) = handler.arrived
    assert (mail["To"], mail["From"]) == ("owner@example.kr", "us@example.kr")
    assert mail["Subject"] == "[메타플랫폼] 종로 데이터 수집 결과" and mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.kr>") and mail["Date"]
    text = mail.get_content()
    assert gone["title"] in text and "withdrawn: 1" in text and "rejected: 1" in text
    (entry,) = outbox(bench)
    assert entry.sent_at is not None and (entry.attempts, entry.error) == (1, "")


def test_a_question_reaches_the_owner_with_its_list(bench: Bench, post: tuple[Post, str]) -> None:
    handler, url = post
    face = bench.ckan(20)
    bench.source(mail_to="owner@example.kr", expect={"missing_runs": 1, "grace_days": 0})
    run_source(bench.database, with_mail(bench, url), "s", actor=SYSTEM)
    for number in range(15):
        del face.packages[f"id-{number:04d}"]
    run_source(bench.database, with_mail(bench, url), "s", actor=SYSTEM)
    assert send_mail(bench.database, with_mail(bench, url)) == 1
    assert "question" in handler.arrived[0].get_content()


def test_a_refusal_for_now_is_asked_again_later(
    bench: Bench, post: tuple[Post, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, url = post
    settings = with_mail(bench, url)
    handler.answers = ["451 try again later", "452 no space"]
    put(bench)
    assert send_mail(bench.database, settings) == 0
    (entry,) = outbox(bench)
    assert entry.attempts == 1 and "451" in entry.error and entry.sent_at is None
    # The clock ticks every few seconds; the server is left alone until its time has come.
    assert send_mail(bench.database, settings) == 0 and handler.sessions == 1
    later(monkeypatch, timedelta(minutes=5, seconds=5))
    assert send_mail(bench.database, settings) == 0 and handler.sessions == 2
    later(monkeypatch, timedelta(minutes=14))
    assert send_mail(bench.database, settings) == 0 and handler.sessions == 2
    later(monkeypatch, timedelta(minutes=16))
    assert send_mail(bench.database, settings) == 1 and len(handler.arrived) == 1
    later(monkeypatch, timedelta(days=3))
    assert send_mail(bench.database, settings) == 0 and len(handler.arrived) == 1
    assert bench.issues() == []


def test_a_server_that_is_away_is_given_up_after_a_night_and_the_operator_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = with_mail(bench, "smtp://127.0.0.1:9")
    put(bench)
    (entry,) = outbox(bench)
    for attempt in range(MOST_ATTEMPTS):
        assert bench.issues() == []
        later(monkeypatch, due_at(entry.created_at, attempt) - now() + timedelta(seconds=1))
        assert send_mail(bench.database, settings) == 0
        assert outbox(bench)[0].attempts == attempt + 1
    assert due_at(entry.created_at, MOST_ATTEMPTS - 1) - entry.created_at > timedelta(hours=10)
    (issue,) = bench.issues("mail_undelivered")
    assert issue.concerns == "operator" and issue.value == "owner@example.kr"


def test_an_address_that_is_refused_for_good_is_not_asked_again(
    bench: Bench, post: tuple[Post, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, url = post
    settings = with_mail(bench, url)
    handler.recipients_refused = {"gone@example.kr": "550 no such user", "full@example.kr": "452 mailbox full"}
    for recipient in ("gone@example.kr", "full@example.kr", "owner@example.kr"):
        put(bench, recipient)
    put(bench, "two@lines.kr\nBcc: others@example.kr")
    put(bench, subject="두\n줄")
    assert send_mail(bench.database, settings) == 2
    assert [mail["Subject"] for mail in handler.arrived] == ["소식", "두 줄"]
    assert {issue.value for issue in bench.issues("mail_undelivered")} == {
        "gone@example.kr",
        "two@lines.kr\nBcc: others@example.kr",
    }
    handler.recipients_refused = {}
    later(monkeypatch, timedelta(days=1))
    assert send_mail(bench.database, settings) == 1
    assert [mail["To"] for mail in handler.arrived][-1] == "full@example.kr"


def test_nothing_is_written_or_sent_without_configuration(bench: Bench, post: tuple[Post, str]) -> None:
    handler, url = post
    face = bench.ckan(2)
    bench.source(mail_to="owner@example.kr")
    bench.source("t")
    face.packages.clear()
    run_source(bench.database, bench.settings, "s", actor=SYSTEM)
    run_source(bench.database, with_mail(bench, url), "t", actor=SYSTEM)
    assert outbox(bench) == [], "no server, or no owner's address: no mail"
    put(bench)
    worker = Worker(bench.database, bench.settings)
    worker.tick()
    worker._pool.shutdown()
    assert send_mail(bench.database, bench.settings) == 0
    assert handler.sessions == 0 and outbox(bench)[0].attempts == 0


def test_a_mail_sent_twice_after_a_kill_is_the_same_mail(
    bench: Bench, post: tuple[Post, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, url = post
    put(bench)
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(outgoing_mail, "writing_session", lambda _database: os._exit(9))
        send_mail(bench.database, with_mail(bench, url))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert send_mail(bench.database, with_mail(bench, url)) == 1
    first, second = handler.arrived
    assert first["Message-ID"] == second["Message-ID"] and first["Date"] == second["Date"]


def test_a_password_is_given_and_a_wrong_one_is_a_matter_for_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = Post()

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        right = (data.login, data.password) == (b"us@example.kr", b"key:@")
        return AuthResult(success=right, handled=False)

    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_ports(1)[0],
        authenticator=check,
        auth_require_tls=False,
    )
    controller.start()
    try:
        put(bench)
        wrong = with_mail(bench, f"smtp://us%40example.kr:no@127.0.0.1:{controller.port}")
        assert send_mail(bench.database, wrong) == 0 and "535" in outbox(bench)[0].error
        assert outbox(bench)[0].attempts == 1
        later(monkeypatch, timedelta(minutes=6))
        right = with_mail(bench, f"smtp://us%40example.kr:key%3A%40@127.0.0.1:{controller.port}")
        assert send_mail(bench.database, right) == 1 and len(handler.arrived) == 1
    finally:
        controller.stop()


def test_on_its_way_through_a_network_a_mail_needs_a_certificate_that_holds(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = Post()
    controller = Controller(handler, hostname="127.0.0.1", port=free_ports(1)[0], tls_context=self_signed(tmp_path))
    controller.start()
    try:
        settings = with_mail(bench, f"smtp://127.0.0.1:{controller.port}")
        monkeypatch.setattr(outgoing_mail, "_on_this_machine", lambda _host: False)
        put(bench)
        assert send_mail(bench.database, settings) == 0
        assert "self-signed" in outbox(bench)[0].error and handler.arrived == []
    finally:
        controller.stop()


def test_when_a_mail_is_tried() -> None:
    written = datetime(2026, 1, 1)
    minutes = [(due_at(written, attempts) - written) / timedelta(minutes=1) for attempts in range(MOST_ATTEMPTS)]
    assert minutes == [0, 5, 15, 35, 75, 155, 315, 635]

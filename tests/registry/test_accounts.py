"""Accounts, sessions, tokens and permissions."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry import accounts
from registry.accounts import (
    account_of_token,
    change_password,
    create_account,
    create_token,
    first_administrator,
    revoke_token,
    same_secret,
    session_of_key,
    sign_in,
    sign_out,
)
from registry.database import writing_session
from registry.errors import Conflict, InvalidValue, NotAllowed
from registry.governments import Places
from registry.models import Account, ApiToken, AuditLine, SignIn
from registry.models.base import now
from registry.permissions import ACTIONS, ROLES, may, require
from registry.records import SYSTEM
from tests.registry.factories import platform, put

NEW = "긴 문장으로 지은 비밀번호"


@pytest.fixture
def session(database: Engine):
    with writing_session(database) as opened:
        yield opened


def test_the_first_administrator_gets_a_password_once(session):
    password = first_administrator(session)
    assert password and len(password) >= 16
    assert first_administrator(session) is None
    account = session.exec(select(Account)).one()
    assert (account.login, account.role, account.must_change) == ("admin", "administrator", True)
    assert password not in account.password_hash


def test_the_products_passwords_are_dear_to_guess(session, product_hasher, monkeypatch):
    monkeypatch.setattr(accounts, "_hasher", product_hasher)
    password = first_administrator(session)
    written = session.exec(select(Account)).one().password_hash
    assert written.startswith("$argon2id$v=19$m=65536,t=3,")
    assert sign_in(session, "admin", password).account.login == "admin"


def test_signing_in_and_out(session):
    password = first_administrator(session)
    opened = sign_in(session, "admin", password)
    found = session_of_key(session, opened.key)
    assert found is not None and found.account.login == "admin"
    assert same_secret(found.csrf, opened.csrf)
    kept = session.exec(select(SignIn)).one()
    assert opened.key not in (kept.key_hash, kept.csrf)
    assert session_of_key(session, opened.key + "x") is None
    sign_out(session, opened.key)
    assert session_of_key(session, opened.key) is None


def test_a_session_runs_out(session, monkeypatch):
    password = first_administrator(session)
    opened = sign_in(session, "admin", password, hours=1)
    monkeypatch.setattr(accounts, "now", lambda: now() + timedelta(minutes=59))
    assert session_of_key(session, opened.key)
    monkeypatch.setattr(accounts, "now", lambda: now() + timedelta(minutes=61))
    assert session_of_key(session, opened.key) is None


def test_wrong_passwords_lock_the_account_for_a_while(session, monkeypatch):
    password = first_administrator(session)
    messages = set()
    for _ in range(accounts.ATTEMPTS):
        with pytest.raises(NotAllowed) as refused:
            sign_in(session, "admin", "falsch")
        messages.add(refused.value.cause_en)
    with pytest.raises(NotAllowed) as refused:
        sign_in(session, "admin", password)
    messages.add(refused.value.cause_en)
    with pytest.raises(NotAllowed) as refused:
        sign_in(session, "nobody", "x")
    messages.add(refused.value.cause_en)
    assert len(messages) == 1, "an answer must not tell whether a login exists or is locked"
    assert session.exec(select(AuditLine).where(AuditLine.action == "lock_account")).one()
    monkeypatch.setattr(accounts, "now", lambda: now() + accounts.LOCKED_FOR + timedelta(seconds=1))
    assert sign_in(session, "admin", password).account.failed_attempts == 0


def test_changing_the_password_ends_all_sessions(session):
    password = first_administrator(session)
    opened = sign_in(session, "admin", password)
    for bad in ("short", password, "x" * 201):
        with pytest.raises(InvalidValue) as refused:
            change_password(session, opened.account.id, password, bad)
        assert bad not in str(refused.value)
    with pytest.raises(NotAllowed):
        change_password(session, opened.account.id, "falsch", NEW)
    change_password(session, opened.account.id, password, NEW)
    assert session_of_key(session, opened.key) is None
    assert not sign_in(session, "admin", NEW).account.must_change


def test_tokens(session):
    first_administrator(session)
    account = session.exec(select(Account)).one()
    token = create_token(session, account.id, "집계 프로그램")
    found, row = account_of_token(session, token)
    assert (found.login, row.name) == ("admin", "집계 프로그램")
    assert token not in session.exec(select(ApiToken)).one().token_hash
    assert account_of_token(session, "mp_falsch") is None
    assert account_of_token(session, "") is None
    revoke_token(session, row.id, SYSTEM)
    assert account_of_token(session, token) is None


def test_a_login_is_taken_once(session):
    create_account(session, "kim", "officer", SYSTEM)
    with pytest.raises(Conflict):
        create_account(session, "kim", "officer", SYSTEM)
    with pytest.raises(InvalidValue):
        create_account(session, " ", "officer", SYSTEM)


@pytest.mark.parametrize(
    ("role", "can", "cannot"),
    [
        ("administrator", set(ACTIONS), set()),
        ("reviewer", {"merge", "withdraw", "edit", "read_audit"}, {"manage_sources", "manage_accounts"}),
        ("officer", {"edit", "answer_issue", "report_usage"}, {"merge", "withdraw", "manage_sources", "read_audit"}),
        ("reader", {"read_work"}, set(ACTIONS) - {"read_work"}),
    ],
)
def test_roles(role, can, cannot):
    account = Account(login="x", password_hash="", role=role)
    assert all(may(account, action) for action in can)
    assert not any(may(account, action) for action in cannot)
    assert role in ROLES


def test_nobody_may_do_anything_and_an_unknown_role_neither():
    assert not any(may(None, action) for action in ACTIONS)
    assert not any(may(Account(login="x", password_hash="", role="king"), action) for action in ACTIONS)


def test_an_officers_reach_is_her_government_and_those_below(session):
    places = Places.load(session)
    seoul, busan = places.resolve("서울"), places.resolve("부산")
    own = platform(session, put(session, "가", "서울").platform_id)
    below = platform(session, put(session, "나", "종로구").platform_id)
    other = platform(session, put(session, "다", "부산").platform_id)
    officer = Account(login="x", password_hash="", role="officer", government_id=seoul.id)
    assert may(officer, "edit", own, places)
    assert may(officer, "edit", below, places)
    assert not may(officer, "edit", other, places)
    assert not may(Account(login="y", password_hash="", role="officer"), "edit", own, places)
    require(officer, "edit", own, places)
    with pytest.raises(NotAllowed):
        require(Account(login="z", password_hash="", role="officer", government_id=busan.id), "edit", own, places)


def test_a_one_time_password_must_be_changed_first():
    account = Account(login="x", password_hash="", role="administrator", must_change=True)
    with pytest.raises(NotAllowed):
        require(account, "manage_sources")

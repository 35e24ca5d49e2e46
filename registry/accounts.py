"""People who sign in, their sessions and the tokens of their programs; secrets are kept only as hashes."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256

from pwdlib import PasswordHash
from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from registry.audit import audit
from registry.errors import Conflict, InvalidValue, NotAllowed, NotFound
from registry.models import Account, ApiToken, SignIn
from registry.models.base import now
from registry.records import SYSTEM, Actor
from registry.vocab import ActorKind

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)
TOKEN_PREFIX = "mp_"


@dataclass(frozen=True)
class OpenSession:
    """A signed-in session: whose it is and the token that its forms carry."""

    account: Account
    csrf: str


@dataclass(frozen=True)
class Key:
    """A session just opened: `key` goes into the cookie and is told only here."""

    key: str
    account: Account
    csrf: str


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobody() -> str:
    # Checked when the login is unknown, so that the answer takes as long as for a known one.
    return _hasher().hash(secrets.token_urlsafe(16))


def first_administrator(session: Session, login: str = "admin") -> str | None:
    """Make the first account and return its one-time password; None when there is an account already."""
    if session.exec(select(func.count()).select_from(Account)).one():
        return None
    password = secrets.token_urlsafe(15)
    account = Account(login=login, password_hash=_hasher().hash(password), role="administrator", must_change=True)
    session.add(account)
    session.flush()
    audit(session, SYSTEM, "create_account", f"account:{login}", {"role": account.role})
    return password


def create_account(
    session: Session, login: str, role: str, actor: Actor, government_id: int | None = None
) -> tuple[Account, str]:
    """Make an account and its one-time password; Conflict when the login is taken."""
    login = login.strip()
    if not login or len(login) > 100:
        raise InvalidValue(
            "login", login, "아이디는 1~100자입니다.", "A login has 1 to 100 characters.", "고쳐 쓰세요.", "Change it."
        )
    if _by_login(session, login) is not None:
        raise Conflict("이미 있는 아이디입니다.", "This login is taken.", "다른 아이디를 쓰세요.", "Choose another.")
    password = secrets.token_urlsafe(15)
    account = Account(
        login=login, password_hash=_hasher().hash(password), role=role, government_id=government_id, must_change=True
    )
    session.add(account)
    session.flush()
    audit(session, actor, "create_account", f"account:{login}", {"role": role})
    return account, password


def sign_in(session: Session, login: str, password: str, hours: int = 12) -> Key:
    """Open a session; NotAllowed for a wrong password or a locked account (in the same words for both).

    The caller commits also after NotAllowed: the failed attempt is what locks the account.
    """
    account = _by_login(session, login.strip()[:100])
    fits = _hasher().verify(password[:LONGEST_PASSWORD], account.password_hash if account else _nobody())
    at = now()
    if account is None:
        raise _refused()
    if account.locked_until is not None and account.locked_until > at:
        raise _refused()
    actor = Actor(ActorKind.person, account.login)
    if not fits:
        account.failed_attempts += 1
        if account.failed_attempts >= ATTEMPTS:
            account.locked_until, account.failed_attempts = at + LOCKED_FOR, 0
            audit(session, actor, "lock_account", f"account:{account.login}")
        session.add(account)
        session.flush()
        raise _refused()
    account.failed_attempts, account.locked_until = 0, None
    session.add(account)
    key, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    session.exec(delete(SignIn).where(col(SignIn.expires_at) < at))
    session.add(
        SignIn(key_hash=_hash(key), account_id=account.id or 0, csrf=csrf, expires_at=at + timedelta(hours=hours))
    )
    session.flush()
    audit(session, actor, "sign_in", f"account:{account.login}")
    return Key(key, account, csrf)


def session_of_key(session: Session, key: str) -> OpenSession | None:
    """The session behind a cookie's key; None when there is none or it has run out."""
    row = session.get(SignIn, _hash(key))
    if row is None or row.expires_at <= now():
        return None
    account = session.get(Account, row.account_id)
    return OpenSession(account, row.csrf) if account is not None else None


def sign_out(session: Session, key: str) -> None:
    """End one session."""
    row = session.get(SignIn, _hash(key))
    if row is not None:
        session.delete(row)
        session.flush()


def change_password(session: Session, account_id: int, old: str, new: str) -> None:
    """Set a new password and end every other session of the account; NotAllowed, InvalidValue."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound("account", account_id)
    if not _hasher().verify(old[:LONGEST_PASSWORD], account.password_hash):
        raise _refused()
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD or new == old or new == account.login:
        # The value is never part of the error: errors are logged and shown.
        raise InvalidValue(
            "password",
            "",
            f"비밀번호는 {SHORTEST_PASSWORD}~{LONGEST_PASSWORD}자이고 전과 달라야 합니다.",
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters and differs from the old one.",
            "긴 문장처럼 지으면 외우기 쉽습니다.",
            "A sentence is long and easy to remember.",
        )
    account.password_hash, account.must_change = _hasher().hash(new), False
    session.add(account)
    session.exec(delete(SignIn).where(col(SignIn.account_id) == account_id))
    session.flush()
    audit(session, Actor(ActorKind.person, account.login), "change_password", f"account:{account.login}")


def create_token(session: Session, account_id: int, name: str) -> str:
    """A token for a program, shown this once; it may do what its account may do."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound("account", account_id)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    session.add(ApiToken(name=name.strip()[:100] or "token", token_hash=_hash(token), account_id=account_id))
    session.flush()
    audit(session, Actor(ActorKind.person, account.login), "create_token", f"account:{account.login}", {"name": name})
    return token


def account_of_token(session: Session, token: str) -> tuple[Account, ApiToken] | None:
    """Whose token this is; None for an unknown or revoked one."""
    if not token.startswith(TOKEN_PREFIX):
        return None
    row = session.exec(select(ApiToken).where(ApiToken.token_hash == _hash(token))).first()
    if row is None or row.revoked_at is not None:
        return None
    account = session.get(Account, row.account_id)
    return (account, row) if account is not None else None


def token_used(session: Session, token_id: int) -> None:
    """Note when a token was last used."""
    row = session.get(ApiToken, token_id)
    if row is not None:
        row.last_used_at = now()
        session.add(row)
        session.flush()


def revoke_token(session: Session, token_id: int, actor: Actor) -> None:
    """Make a token worthless; NotFound."""
    row = session.get(ApiToken, token_id)
    if row is None:
        raise NotFound("token", token_id)
    if row.revoked_at is None:
        row.revoked_at = now()
        session.add(row)
        session.flush()
        audit(session, actor, "revoke_token", f"token:{token_id}", {"name": row.name})


def same_secret(one: str, other: str) -> bool:
    """Compare two secrets in a time that tells nothing of them."""
    return bool(one) and hmac.compare_digest(one.encode(), other.encode())


def _by_login(session: Session, login: str) -> Account | None:
    return session.exec(select(Account).where(Account.login == login)).first()


def _hash(secret: str) -> str:
    # Our keys are random and long: a plain hash cannot be searched backwards, and is found by an index.
    return sha256(secret.encode()).hexdigest()


def _refused() -> NotAllowed:
    return NotAllowed(
        "아이디나 비밀번호가 맞지 않거나 잠긴 계정입니다.",
        "Login or password is wrong, or the account is locked.",
        f"{int(LOCKED_FOR.total_seconds() // 60)}분 뒤에 다시 시도하거나 관리자에게 물어보세요.",
        "Try again in a quarter of an hour, or ask an administrator.",
    )

"""Sends what waits in the mail outbox; a server that refuses for now is asked again later, and later still."""

import socket
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import ip_address
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy import Engine
from sqlmodel import col, select

from config.settings import Settings
from registry.database import session_of, writing_session
from registry.issues import raise_issue
from registry.models import MailEntry
from registry.models.base import now
from registry.vocab import Severity

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=5)
"""The pause doubles with each attempt, so that the last of eight is ten hours after the first: a server's bad night."""


def send_mail(database: Engine, settings: Settings, limit: int = 20) -> int:
    """Send what waits and is due; how many were sent. Without a server configured nothing is looked at.

    A mail that is refused for good, or eight times, becomes an issue for the operator. It may arrive twice when this
    process is killed right after sending; its Message-ID is then the same.
    """
    if not settings.smtp_url:
        return 0
    present = now()
    with session_of(database) as session:
        waiting = session.exec(
            select(MailEntry)
            .where(col(MailEntry.sent_at).is_(None), MailEntry.attempts < MOST_ATTEMPTS)
            .order_by(col(MailEntry.id))
        ).all()
    due = [one for one in waiting if present >= due_at(one.created_at, one.attempts)]
    return sum(_try(database, settings, one) for one in due[:limit])


def due_at(created_at: datetime, attempts: int) -> datetime:
    """When a mail is tried next: at once, then 5, 15, 35 … minutes after it was written."""
    return created_at + FIRST_PAUSE * ((1 << attempts) - 1)


def _try(database: Engine, settings: Settings, entry: MailEntry) -> bool:
    problem, final = "", False
    try:
        message = _message(settings, entry)
    except ValueError as error:
        # An address or a heading that no mail can have.
        problem, final = str(error), True
    else:
        try:
            _send(settings, message)
        except (OSError, SMTPException, ValueError) as error:
            problem, final = _said(error), _is_final(error)
    with writing_session(database) as session:
        row = session.get_one(MailEntry, entry.id)
        row.attempts = MOST_ATTEMPTS if final else row.attempts + 1
        row.error, row.sent_at = problem, None if problem else now()
        session.add(row)
        if problem and row.attempts >= MOST_ATTEMPTS:
            raise_issue(
                session,
                "mail_undelivered",
                Severity.warning,
                f"메일을 보내지 못했습니다: {row.subject}",
                f"A mail could not be sent: {problem}",
                "원천 파일의 mail_to 주소와 METAPLATFORM_SMTP_URL 설정을 확인하세요.",
                "Check the address (mail_to in the source file) and METAPLATFORM_SMTP_URL.",
                field="mail_to",
                value=row.recipient,
                concerns="operator",
                remote_id=row.recipient,
            )
    return not problem


def _is_final(error: Exception) -> bool:
    """Whether trying again is of no use: the address or the message itself was refused (RFC 5321, codes of 500 on).

    A wrong password is the operator's to mend, and then the mail shall go out.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return error.smtp_code in (501, 521, 550, 551, 552, 553, 554, 556)
    return False


def _said(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(f"{who}: {code} {_text(said)}" for who, (code, said) in error.recipients.items())
    return str(error) or repr(error)


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _message(settings: Settings, entry: MailEntry) -> EmailMessage:
    sender = settings.mail_from or settings.contact
    message = EmailMessage()
    message["From"], message["To"] = sender, entry.recipient
    message["Subject"] = " ".join(entry.subject.split())
    message["Date"] = format_datetime(entry.created_at)
    message["Message-ID"] = f"<outbox-{entry.id}-{entry.created_at:%Y%m%d%H%M%S}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(entry.body)
    return message


def _send(settings: Settings, message: EmailMessage) -> None:
    parts = urlsplit(settings.smtp_url)
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        with SMTP_SSL(host, parts.port or 0, timeout=20, context=context) as server:
            _deliver(server, parts, message)
        return
    with SMTP(host, parts.port or 0, timeout=20) as server:
        server.ehlo()
        # On its way through a network a mail, and the password before it, is not for everybody to read.
        if server.has_extn("starttls") and not _on_this_machine(host):
            server.starttls(context=context)
        _deliver(server, parts, message)


def _deliver(server: SMTP, parts: SplitResult, message: EmailMessage) -> None:
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    server.send_message(message)


def _on_this_machine(host: str) -> bool:
    try:
        return all(ip_address(answer[4][0]).is_loopback for answer in socket.getaddrinfo(host, None))
    except OSError:
        return False

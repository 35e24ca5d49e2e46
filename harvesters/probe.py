"""Looks at one address: is it there, is it still what it was, and how does it answer."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from harvesters.homepages import organisation
from harvesters.hrefs import host_of
from harvesters.http import PoliteClient, Response
from harvesters.page import Page, read_page
from harvesters.quality_signs import quality_signs
from harvesters.signs import Signs, is_login, read_signs
from registry.errors import (
    AddressRefused,
    BodyTooLarge,
    CertificateInvalid,
    HarvestError,
    SourceRefused,
    SourceUnreachable,
)
from registry.urls import app_package

# What a page's signs mean as an outcome; a notice of repairs is like a 503: it says nothing of life or death.
_OUTCOMES = {
    "soft_404": "soft_404",
    "closed": "soft_404",
    "default": "soft_404",
    "empty": "soft_404",
    "repair": "busy",
    "parked": "parked",
    "taken_over": "taken_over",
}
_CERTIFICATE = (
    ("expired", ("expired",)),
    ("not_yet_valid", ("not yet valid",)),
    ("self_signed", ("self-signed", "self signed")),
    ("wrong_host", ("hostname mismatch", "doesn't match", "not valid for")),
    ("unknown_issuer", ("unable to get local issuer", "unable to get issuer")),
)
CERTIFICATE_WARNS_DAYS = 21


@dataclass(frozen=True)
class Look:
    """What one look at one address showed; `outcome` is one of registry.liveness.OUTCOMES."""

    url: str
    outcome: str
    status: int | None = None
    final_url: str = ""
    title: str = ""
    response_ms: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def look_at(client: PoliteClient, url: str) -> Look:
    """Ask for the address once and judge what comes. Only a used-up budget raises; every other failure is a look."""
    try:
        answer = client.get(url, check=False, wait=False, conditional=False)
    except CertificateInvalid as problem:
        return Look(
            url,
            "tls",
            facts={"certificate": {"problem": certificate_problem(problem.cause_en)}, "said": problem.cause_en},
        )
    except SourceRefused as problem:
        return _refused(client, url, problem)
    except BodyTooLarge as problem:
        # Somebody answers, with more than we care to read.
        return Look(url, "ok", facts={"said": problem.cause_en})
    except AddressRefused as problem:
        return Look(url, "unreachable", facts={"said": problem.cause_en, "address_refused": True})
    except SourceUnreachable as problem:
        return Look(url, "timeout" if _is_slow(problem.cause_en) else "unreachable", facts={"said": problem.cause_en})
    except HarvestError as problem:
        if problem.code in ("budget_spent", "stopped"):
            raise
        return Look(url, "unreachable", facts={"said": problem.cause_en, "code": problem.code})
    return judge_answer(url, answer)


def _refused(client: PoliteClient, url: str, problem: SourceRefused) -> Look:
    """robots.txt forbids us, or could not be read; why it could not says whether anybody is there at all."""
    unread = client.robots(url).unread
    if not unread:
        return Look(url, "refused", facts={"robots": False, "said": problem.cause_en})
    facts = {"said": f"robots.txt: {unread}"}
    if not unread.startswith("status "):
        return Look(url, "timeout" if _is_slow(unread) else "unreachable", facts=facts)
    return Look(url, "busy" if unread in ("status 429", "status 503") else "server_error", facts=facts)


def _is_slow(said: str) -> bool:
    return "in time" in said or "deadline" in said


def judge_answer(url: str, answer: Response) -> Look:
    """The look that an answer gives."""
    page = read_page(answer.text, answer.final_url) if answer.is_html or not answer.content else Page(answer.final_url)
    signs = read_signs(page, asked=url) if answer.is_html or not answer.content else Signs()
    facts = _facts(url, answer, signs)
    outcome = _outcome(url, answer, signs)
    if answer.is_html and outcome in ("ok", "redirected") and not app_package(url):
        facts["page"] = quality_signs(answer.text)
    return Look(url, outcome, answer.status, answer.final_url, page.title[:500], round(answer.seconds * 1000, 1), facts)


def certificate_problem(message: str) -> str:
    """Why a certificate is not trusted, in one word; 'invalid' where the library gives another reason."""
    plain = message.lower()
    return next((word for word, signs in _CERTIFICATE if any(sign in plain for sign in signs)), "invalid")


def _outcome(url: str, answer: Response, signs: Signs) -> str:
    # Whoever lives there now answers with whatever status: the content comes first.
    if signs.kind in ("taken_over", "parked"):
        return _OUTCOMES[signs.kind]
    if answer.status in (404, 410):
        return "gone"
    if answer.status in (429, 503):
        return "busy"
    if answer.status in (401, 407) or answer.login or is_login(answer.final_url):
        return "login"
    if answer.status in (403, 451):
        return "refused"
    if answer.status >= 500:
        return "server_error"
    if answer.status >= 400:
        return "gone" if answer.status == 400 and app_package(url) else "refused"
    if signs.kind != "ok":
        return _OUTCOMES[signs.kind]
    return "redirected" if organisation(host_of(answer.final_url)) != organisation(host_of(url)) else "ok"


def _facts(url: str, answer: Response, signs: Signs) -> dict[str, Any]:
    facts: dict[str, Any] = {"sign": signs.kind, "robots": True}
    if signs.words:
        facts["words"] = list(signs.words)
    if answer.history:
        facts["redirects"] = list(answer.history)[:5]
    changed = answer.headers.get("last-modified", "")
    if changed:
        facts["last_modified"] = _day(changed)
    if answer.final_url.startswith("http://"):
        facts["plain_http"] = True
    if answer.certificate:
        facts["certificate"] = _certificate(answer.certificate)
    if app_package(url):
        facts["store"] = {"package": app_package(url), "listed": answer.status == 200 and signs.kind == "ok"}
    return facts


def _certificate(certificate: Any) -> dict[str, Any]:
    """Until when the certificate is good; `soon` when it ends within three weeks."""
    expires = certificate.get("notAfter", "")
    if not expires:
        return {}
    left = (ssl.cert_time_to_seconds(expires) - datetime.now(UTC).timestamp()) / 86_400
    issuer = {key: value for part in certificate.get("issuer", ()) for key, value in part}
    return {
        "expires": datetime.fromtimestamp(ssl.cert_time_to_seconds(expires), UTC).date().isoformat(),
        "days_left": int(left),
        "soon": left < CERTIFICATE_WARNS_DAYS,
        "issuer": issuer.get("organizationName", ""),
    }


def _day(header: str) -> str:
    try:
        return parsedate_to_datetime(header).date().isoformat()
    except ValueError:
        return ""

"""Who answers for a platform: by code, by name, by the source, by the host, by the place in its name, in this order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.bodies import present_body
from registry.errors import InvalidValue, NotFound, RecordRejected
from registry.governments import Places
from registry.models import Government
from registry.records import Question
from registry.urls import host
from registry.vocab import Level, parse_code

# Bodies that are no local government; only their names are kept.
NATIONAL = re.compile(
    r"(?:부|처|청|원|위원회|공사|공단|진흥원|정보원|재단|센터|연구원|은행|우체국)$|대한민국|중앙|국가"
)
PRIVATE = re.compile(r"^(?:㈜|\(주\)|주식회사)|(?:㈜|\(주\)|주식회사|컴퍼니|소프트)$")


@dataclass(frozen=True)
class Owner:
    """The owner as understood; `inferred` when the record itself did not say it."""

    id: int | None
    name: str
    level: Level
    inferred: bool = False
    question: Question | None = None


def find_owner(ours: Mapping[str, Any], url: str, source_owner: str, places: Places) -> Owner:
    """The owner of a record in our terms; RecordRejected when nothing tells who answers for it."""
    code, name = str(ours.get("owner_code") or "").strip(), str(ours.get("owner_name") or "").strip()
    level = parse_code(Level, "owner_level", str(ours["owner_level"])) if ours.get("owner_level") else None
    above = _by_code(source_owner, places)
    if code:
        return _stated(code, name, above, url, places, level)
    if level in (Level.national, Level.private):
        return Owner(None, present_body(name), level)
    if name:
        choices = places.choices(name, hint_parent=above.id if above else None)
        if choices:
            return _chosen(choices, name, above, url, places)
        if PRIVATE.search(name):
            return Owner(None, name, level or Level.private)
        if NATIONAL.search(name):
            return Owner(None, present_body(name), level or Level.national)
        raise _unknown(name)
    if above:
        return Owner(above.id, above.full_name, above.level)
    by_host = _by_host(url, places)
    if by_host:
        return Owner(by_host.id, by_host.full_name, by_host.level, inferred=True)
    mentions = places.find_in(str(ours.get("name") or ""))
    if mentions and len(mentions[0].choices) == 1:
        only = mentions[0].choices[0]
        return Owner(only.id, only.full_name, only.level, inferred=True)
    raise _unknown("")


def _stated(code: str, name: str, above: Government | None, url: str, places: Places, level: Level | None) -> Owner:
    choices = places.choices(code)
    if choices:
        return _chosen(choices, name or code, above, url, places, code)
    raise InvalidValue(
        "owner_code",
        code,
        "없는 행정표준코드입니다.",
        "No local government has this code.",
        "행정표준코드 10자리(또는 앞 5자리)를 확인하세요.",
        "Check the ten-digit code (or its first five digits).",
    )


def _chosen(
    choices: list[Government], stated: str, above: Government | None, url: str, places: Places, code: str = ""
) -> Owner:
    """One choice is the owner; of several the one the address belongs to, else a question names them."""
    if len(choices) == 1:
        return Owner(choices[0].id, choices[0].full_name, choices[0].level)
    by_host = _by_host(url, places)
    if by_host and by_host.id in {one.id for one in choices}:
        return Owner(by_host.id, by_host.full_name, by_host.level)
    if above and above.id in {one.id for one in choices}:
        return Owner(above.id, above.full_name, above.level)
    listed = tuple(f"{one.full_name}({one.code})" for one in choices)
    question = Question(
        "owner",
        f"'{stated}'은(는) 둘 이상의 지방자치단체를 뜻할 수 있습니다.",
        f"'{stated}' may mean more than one local government.",
        f"소유 기관을 고르세요: {', '.join(listed)}",
        f"Choose the owner: {', '.join(listed)}",
        listed,
    )
    # A government that was split stays the owner under its own name until a person says which part took over.
    former = places.former_of(code or stated)
    return Owner(
        former.id if former else None, former.full_name if former else stated, choices[0].level, question=question
    )


def _by_code(code: str, places: Places) -> Government | None:
    if not code:
        return None
    try:
        return places.present(places.by_code(code))
    except NotFound:
        return None


def _by_host(url: str, places: Places) -> Government | None:
    return places.by_host(host(url)) if url else None


def _unknown(name: str) -> RecordRejected:
    return RecordRejected(
        "owner",
        name,
        "어느 기관의 플랫폼인지 알 수 없습니다.",
        "Nothing tells who answers for this platform.",
        "시·도와 시·군·구를 함께 쓰거나 행정표준코드를 쓰세요. 국가기관이면 owner_level을 national로 쓰세요.",
        "Give province and city, or the code; for a national body set owner_level to national.",
    )

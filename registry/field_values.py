"""Read one field of a record: text, name, form, type words and area, in the words Korean lists use."""

import html
import re
import unicodedata
from typing import Any

from registry.errors import InvalidValue, NotFound, RecordRejected, UnknownCode
from registry.governments import NATION, ZONE_PREFIX, Places
from registry.vocab import PlatformType
from registry.vocabulary import load_vocabulary

LONGEST_NAME = 200

# How Korean lists word a status and an operating mode; exact words only, so that a new word becomes a question.
STATUSES = {
    "운영": "running",
    "운영중": "running",
    "운영 중": "running",
    "정상": "running",
    "서비스중": "running",
    "예정": "planned",
    "계획": "planned",
    "구축중": "planned",
    "중단": "suspended",
    "일시중단": "suspended",
    "종료": "closed",
    "폐쇄": "closed",
    "폐지": "closed",
    "서비스종료": "closed",
    "미상": "unknown",
}
TYPE_WORDS = {
    "정보제공형": "information",
    "정책제안형": "proposal",
    "정책 제안형": "proposal",
    "민간역량중개형": "brokerage",
    "민간주도형": "brokerage",
}
MODES = {
    "민관협업": "public_private",
    "중앙-지방 협업": "central_local",
    "중앙-지방협업": "central_local",
    "광역-기초 협업": "metropolitan_basic",
    "광역-기초협업": "metropolitan_basic",
    "단독": "alone",
    "단독 운영": "alone",
    "단독운영": "alone",
    "직영": "alone",
}


def clean(text: str) -> str:
    """Text without markup, entities, invisible characters and doubled spaces."""
    text = html.unescape(re.sub(r"<[^<>]{1,200}>", " ", text))
    text = unicodedata.normalize("NFC", text)
    text = "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cf", "Cc", "Cs"))
    return re.sub(r"[^\S\n]+", " ", text).strip()


def read_name(value: Any) -> str:
    """The name, cleaned; RecordRejected when it is missing, too long or no name."""
    name = re.sub(r"\s+", " ", clean(str(value or "")))
    if not re.search(r"\w", name):
        raise RecordRejected(
            "name",
            name,
            "이름이 없습니다.",
            "It has no name.",
            "플랫폼 이름을 채우세요.",
            "Fill in the platform's name.",
        )
    if len(name) > LONGEST_NAME:
        raise RecordRejected(
            "name",
            name,
            f"이름이 {LONGEST_NAME}자를 넘습니다({len(name)}자).",
            f"The name is longer than {LONGEST_NAME} characters ({len(name)}).",
            "이름만 쓰고 설명은 설명 칸에 쓰세요.",
            "Write only the name; the rest belongs into the description.",
        )
    return name


def read_form(text: str, type_: PlatformType | None) -> str:
    """A form's key (type/id) from an id, a key, the survey's option (A1.1) or its Korean wording; UnknownCode."""
    text = text.strip()
    if not text:
        return ""
    forms = load_vocabulary().forms.values()
    found = [one for one in forms if text in (one.id, one.key, one.code, one.ko, one.short_ko)]
    fitting = [one for one in found if type_ is None or one.type == type_.value] or found
    if not fitting:
        known = ", ".join(one.key for one in forms)
        raise UnknownCode(
            "form", text, "없는 형태입니다.", "There is no such form.", f"다음 중 하나: {known}", f"Use one of: {known}"
        )
    return fitting[0].key if len(fitting) == 1 else text


def read_area(text: str, places: Places) -> str:
    """One area as it is kept; InvalidValue when nothing of ours is meant or several things are."""
    if text in (NATION, "전국"):
        return NATION
    if text.startswith(ZONE_PREFIX):
        try:
            places.zone_members(text.removeprefix(ZONE_PREFIX))
        except NotFound:
            raise _no_area(text) from None
        return text
    try:
        return places.resolve(text).code
    except InvalidValue as problem:
        raise InvalidValue(
            "area", text, problem.cause_ko, problem.cause_en, problem.remedy_ko, problem.remedy_en
        ) from None


def _no_area(text: str) -> InvalidValue:
    return InvalidValue(
        "area",
        text,
        "없는 생활권입니다.",
        "There is no such living zone.",
        "metaplatform zones list 로 이름을 확인하세요.",
        "List them: metaplatform zones list",
    )

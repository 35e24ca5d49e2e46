"""Read a record's fields in our own terms: the source's column names and values translated by its lookups.

A source's `lookups` are data in its file:

- `columns`: {their column: our field}; a column that is no field of ours and not named here is a leftover.
- `ignore`: columns that are known and mean nothing to us.
- any field of ours: {their value: our value}; null drops the value.
"""

from collections.abc import Mapping
from typing import Any

from registry.place_names import compact

# The columns of config/catalogue/platforms.csv, in its order, and so the fields of any record in our own terms.
CATALOGUE_COLUMNS = (
    *["id", "name", "name_en", "owner_code", "owner_name", "owner_level", "type", "secondary_types", "form"],
    *["functions", "beneficiaries", "url", "channels", "aliases", "former_names", "parent", "area", "department"],
    *["operator", "partners", "operating_mode", "legal_basis", "status", "status_since", "launched", "closed"],
    *["successor", "engine", "shared_operation", "figures", "observed", "description", "source", "as_of"],
)

OUR_FIELDS = frozenset(CATALOGUE_COLUMNS)

# How Korean sheets head these columns; compared without spaces.
KOREAN_COLUMNS = {
    "name": "이름 명칭 플랫폼명 플랫폼 서비스명 누리집명 사이트명 홈페이지명 시스템명 앱이름 앱명 공공앱명 제목",
    "name_en": "영문명 영문이름",
    "owner_name": "기관 기관명 소유기관 운영기관 제공기관 지자체 지자체명 자치단체 자치단체명 지방자치단체 시군구 시군구명",
    "owner_code": "기관코드 행정코드 행정표준코드 자치단체코드 지자체코드 시군구코드",
    "url": "주소 누리집주소 홈페이지주소 사이트주소 url 링크 접속주소 누리집 홈페이지",
    "description": "설명 내용 소개 개요 서비스내용 서비스설명 주요기능 주요내용",
    "department": "부서 담당부서 관리부서 소관부서 운영부서",
    "type": "유형 플랫폼유형",
    "form": "형태 플랫폼형태",
    "functions": "기능 업무기능",
    "beneficiaries": "대상 이용대상 서비스대상",
    "status": "상태 운영상태 운영여부 운영현황",
    "launched": "시작일 개시일 오픈일 개설일 구축일 서비스시작일 운영시작일 출시일",
    "closed": "종료일 폐쇄일 폐지일 서비스종료일",
    "aliases": "별칭 다른이름 약칭",
    "former_names": "옛이름 이전명칭 구명칭",
    "operator": "운영사 운영주체 위탁기관 수탁기관 위탁운영",
    "partners": "협력기관 참여기관",
    "operating_mode": "운영방식 운영형태",
    "legal_basis": "근거 법적근거 근거법령 조례 근거조례",
    "area": "서비스지역 제공지역 이용지역",
    "engine": "솔루션 제품",
    "as_of": "기준일 데이터기준일자 기준일자 작성일",
}
BY_HEADING = {heading: field for field, headings in KOREAN_COLUMNS.items() for heading in headings.split()}


def in_our_terms(fields: Mapping[str, Any], lookups: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record's fields under our names, and what is left over (columns nobody has explained yet)."""
    columns, ignore = lookups.get("columns", {}), set(lookups.get("ignore", ()))
    ours: dict[str, Any] = {}
    left: dict[str, Any] = {}
    for column, value in fields.items():
        field = columns.get(column, column)
        if field not in OUR_FIELDS and field != "owner":
            field = BY_HEADING.get(compact(str(field)), "")
        if not field:
            if column not in ignore and value not in (None, "", [], {}):
                left[column] = value
            continue
        field = "owner_name" if field == "owner" else field
        value = _translated(value, lookups.get(field) or {})
        if value not in (None, "", [], {}) and (field not in ours or column == field):
            ours[field] = value
    return ours, left


def _translated(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [one for one in (_translated(one, values) for one in value) if one not in (None, "")]
    key = value.strip() if isinstance(value, str) else str(value)
    return values.get(key, value)


def several(value: Any) -> list[str]:
    """The parts of a field of several values: a list, or text with ';' (or line breaks) between."""
    parts = value if isinstance(value, (list, tuple)) else str(value or "").replace("\n", ";").split(";")
    return [text for part in parts if (text := str(part).strip())]

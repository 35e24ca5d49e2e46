"""The nine quality indicators of KRILA 2022-01 p. 224 (system, information, service) as measured facts of a platform.

An indicator is only ever what a probe saw or a source stated, with its date and how it was measured; what nobody has
measured says so and is never taken for bad.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from registry.liveness import ANSWERING
from registry.models import Probe, UsageFigure
from registry.models.base import now
from registry.vocabulary import load_vocabulary

# How many of the newest looks a response time is the median of.
LOOKS = 5
# An address that answers within this is quick. It is the bar of a good time to first byte in Google's web-vitals 5.2
# (TTFBThresholds, 800 and 1800 ms), taken as a yardstick: neither the report nor a Korean rule names a figure.
QUICK_MS = 800.0
CONTENT = ("items", "datasets", "facilities", "courses", "programmes", "products", "posts")


@dataclass(frozen=True)
class Indicator:
    """One indicator. `value_*` is '' where it was not measured; `good` is None where a fact is neither good nor bad."""

    key: str
    dimension: str
    ko: str
    en: str
    value_ko: str = ""
    value_en: str = ""
    good: bool | None = None
    measured: str = ""
    how_ko: str = ""
    how_en: str = ""

    @property
    def is_measured(self) -> bool:
        """Whether anybody has measured it."""
        return bool(self.value_ko)


@dataclass(frozen=True)
class Share:
    """An indicator over several platforms: how many were measured, how many of those are good."""

    key: str
    ko: str
    en: str
    measured: int
    good: int
    platforms: int


# Key, dimension and both names, in the order in which they are shown.
INDICATORS: tuple[tuple[str, str, str, str], ...] = (
    ("response_time", "system", "응답 시간", "Response time"),
    ("https", "system", "암호화 접속과 인증서", "HTTPS and certificate"),
    ("login", "system", "로그인·간편인증", "Sign-in"),
    ("mobile", "system", "모바일 화면", "Mobile layout"),
    ("accessibility", "information", "접근성(첫 화면)", "Accessibility (first page)"),
    ("content", "information", "콘텐츠 수", "Amount of content"),
    ("open_api", "information", "오픈 API", "Open API"),
    ("last_update", "service", "마지막 갱신", "Last update"),
    ("languages", "service", "다국어", "Other languages"),
)


def quality_of(session: Session, platform_id: str) -> list[Indicator]:
    """All nine indicators of one platform, measured or not."""
    return quality_of_all(session, [platform_id])[platform_id]


def quality_of_all(
    session: Session, platform_ids: Sequence[str], looks: int | None = None
) -> dict[str, list[Indicator]]:
    """The same of several platforms, read at once; `looks` reads only so many of each one's newest probes."""
    probes: dict[str, list[Probe]] = {one: [] for one in platform_ids}
    looked = select(Probe).where(col(Probe.platform_id).in_(list(platform_ids))).order_by(col(Probe.at).desc())
    if looks is not None:
        age = func.row_number().over(partition_by=col(Probe.platform_id), order_by=col(Probe.at).desc())
        ranked = (
            select(col(Probe.id), age.label("age")).where(col(Probe.platform_id).in_(list(platform_ids))).subquery()
        )
        looked = looked.join(ranked, ranked.c.id == col(Probe.id)).where(ranked.c.age <= looks)
    for row in session.execute(looked).scalars():
        probes[row.platform_id].append(row)
    figures: dict[str, dict[str, UsageFigure]] = {one: {} for one in platform_ids}
    stated = (
        select(UsageFigure)
        .where(
            col(UsageFigure.platform_id).in_(list(platform_ids)),
            col(UsageFigure.key).in_([*CONTENT, "last_update", "api"]),
            col(UsageFigure.ended_at).is_(None),
        )
        .order_by(col(UsageFigure.as_of), col(UsageFigure.id))
    )
    for figure in session.execute(stated).scalars():
        figures[figure.platform_id][figure.key] = figure
    return {one: _indicators(probes[one], figures[one]) for one in platform_ids}


def shares(of_all: Iterable[Sequence[Indicator]]) -> list[Share]:
    """Indicator by indicator over several platforms; only those that can be good or not and that somebody measured."""
    rows = [{one.key: one for one in indicators} for indicators in of_all]
    found = []
    for key, _dimension, ko, en in INDICATORS:
        judged = [row[key] for row in rows if row[key].good is not None]
        if judged:
            found.append(Share(key, ko, en, len(judged), sum(bool(one.good) for one in judged), len(rows)))
    return found


def _indicators(probes: Sequence[Probe], figures: Mapping[str, UsageFigure]) -> list[Indicator]:
    answering = [one for one in probes if one.outcome in ANSWERING]
    shown = next((one for one in answering if one.facts.get("page")), None)
    page: dict[str, Any] = shown.facts["page"] if shown is not None else {}
    seen = _day(shown.at) if shown is not None else ""
    found = {
        "response_time": _response_time(answering),
        "https": _https(probes),
        **(_of_page(page, seen) if page else {}),
        **_stated(figures),
    }
    if "last_update" not in found and answering and answering[0].facts.get("last_modified"):
        day = str(answering[0].facts["last_modified"])
        how = ("첫 화면이 밝힌 Last-Modified", "Last-Modified of the first page")
        found["last_update"] = {"value": (day, day), "measured": _day(answering[0].at), "how": how}
    return [_indicator(one, found.get(one[0]) or {}) for one in INDICATORS]


def _indicator(row: tuple[str, str, str, str], facts: Mapping[str, Any]) -> Indicator:
    key, dimension, ko, en = row
    value_ko, value_en = facts.get("value", ("", ""))
    how_ko, how_en = facts.get("how", ("", ""))
    good, measured = facts.get("good"), facts.get("measured", "")
    return Indicator(key, dimension, ko, en, value_ko, value_en, good, measured, how_ko, how_en)


def _response_time(answering: Sequence[Probe]) -> dict[str, Any]:
    timed = [one for one in answering if one.response_ms is not None][:LOOKS]
    if not timed:
        return {}
    middle = median(one.response_ms or 0.0 for one in timed)
    return {
        "value": (f"{middle / 1000:.2f}초", f"{middle / 1000:.2f} s"),
        "good": middle <= QUICK_MS,
        "measured": _day(timed[0].at),
        "how": (f"최근 {len(timed)}번 점검의 가운데 값", f"median of the newest {len(timed)} probes"),
    }


def _https(probes: Sequence[Probe]) -> dict[str, Any]:
    told = next((one for one in probes if one.facts.get("plain_http") or one.facts.get("certificate")), None)
    if told is None:
        return {}
    certificate = told.facts.get("certificate") or {}
    problem, expires = certificate.get("problem", ""), certificate.get("expires", "")
    if told.facts.get("plain_http"):
        value, good = ("암호화하지 않음", "not encrypted"), False
    elif problem:
        value, good = (f"인증서를 믿을 수 없음({problem})", f"certificate not trusted ({problem})"), False
    else:
        good = bool(expires) and expires >= now().date().isoformat()
        value = (f"HTTPS, 인증서 {expires}까지", f"HTTPS, certificate until {expires}")
    return {"value": value, "good": good, "measured": _day(told.at), "how": ("접속 점검", "probe of the address")}


def _of_page(page: Mapping[str, Any], seen: str) -> dict[str, dict[str, Any]]:
    images, bare = int(page.get("images", 0)), int(page.get("images_without_alt", 0))
    language, others = page.get("language", ""), list(page.get("languages", ()))
    marked = ("언어 표시 있음", "language marked") if language else ("언어 표시 없음", "language not marked")
    signs = {
        "simple": ("간편인증 안내 있음", "simple sign-in offered"),
        "form": ("로그인 안내 있음", "sign-in offered"),
        "": ("첫 화면에 로그인 안내 없음", "no sign-in on the first page"),
    }
    viewport = bool(page.get("viewport"))
    facts: dict[str, tuple[tuple[str, str], bool | None]] = {
        "login": (signs[page.get("login", "")], None),
        "mobile": (
            ("모바일 화면 설정 있음", "laid out for phones") if viewport else ("없음", "not laid out for phones"),
            viewport,
        ),
        "accessibility": (
            (
                f"그림 {images}개 가운데 대체 글 없는 것 {bare}개, {marked[0]}",
                f"{bare} of {images} images without alternative text, {marked[1]}",
            ),
            bare == 0 and bool(language),
        ),
        "open_api": (
            ("첫 화면에 오픈 API 안내 있음", "open API named on the first page")
            if page.get("open_api")
            else ("첫 화면에 오픈 API 안내 없음", "no open API named on the first page"),
            None,
        ),
        "languages": (
            (", ".join(others), ", ".join(others)) if others else ("다른 언어 안내 없음", "no other language offered"),
            bool(others),
        ),
    }
    how = (
        "첫 화면을 읽어 셈(사람의 점검을 대신하지 않음)",
        "counted on the first page; no replacement for a person's check",
    )
    return {key: {"value": value, "good": good, "measured": seen, "how": how} for key, (value, good) in facts.items()}


def _stated(figures: Mapping[str, UsageFigure]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    words = load_vocabulary().figures
    how = ("출처가 밝힌 값", "as a source stated it")
    content = next((figures[key] for key in CONTENT if key in figures and figures[key].value is not None), None)
    if content is not None:
        number = f"{content.value or 0:,.0f}"
        name = words[content.key]
        value = (f"{name.ko} {number}", f"{name.en} {number}")
        found["content"] = {"value": value, "measured": content.as_of or _day(content.last_seen), "how": how}
    for key, figure_key in (("last_update", "last_update"), ("open_api", "api")):
        figure = figures.get(figure_key)
        text = (figure.quote or (f"{figure.value:g}" if figure.value is not None else "")) if figure else ""
        if figure is not None and text:
            found[key] = {"value": (text, text), "measured": figure.as_of or _day(figure.last_seen), "how": how}
    return found


def _day(at: datetime) -> str:
    return at.date().isoformat()

"""What the bundled catalogue knows of governments: their home-page hosts, the names they go by, who lies near whom."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session, SQLModel, create_engine

from config.settings import CONFIG
from harvesters.hrefs import host_of, is_front, same_page
from registry.geography import load_geography
from registry.governments import Places
from registry.models import Government
from registry.place_names import basic_forms, metropolitan_forms, stem
from registry.vocab import Level

# Endings under which an organisation registers its name as the third label (x.go.kr, x.seoul.kr); others have two.
_THREE_LABELS = re.compile(
    r"\.(?:go|or|co|ne|re|pe|ac|seoul|busan|daegu|incheon|gwangju|daejeon|ulsan|gyeonggi|gangwon|chungbuk|chungnam"
    r"|jeonbuk|jeonnam|gyeongbuk|gyeongnam|jeju)\.kr$"
)
# Host labels that spell a government's name only by accident, or that many share.
_COMMON_LABELS = frozenset(
    {"donggu", "seogu", "namgu", "bukgu", "junggu", "happy", "state", "gangseo", "city", "yesan"}
)


@lru_cache
def bundled_places() -> Places:
    """The governments of the bundled catalogue. Read once per process, about half a second."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    load_geography(engine)
    with Session(engine) as session:
        places = Places.load(session)
    engine.dispose()
    return places


@lru_cache
def bundled_addresses() -> dict[str, str]:
    """Addresses whose owner the bundled catalogue knows → the owner's code, as stated there.

    A site of its own is entered by its host too, unless two owners share the host.
    """
    found: dict[str, str] = {}
    disputed: set[str] = set()
    with (CONFIG / "catalogue" / "platforms.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if not row["owner_code"] or not row["url"].startswith("http"):
                continue
            keys = [same_page(row["url"]), *([host_of(row["url"])] if is_front(row["url"]) else [])]
            for key in keys:
                if found.setdefault(key, row["owner_code"]) != row["owner_code"]:
                    disputed.add(key)
    return {key: code for key, code in found.items() if key not in disputed}


def organisation(host: str) -> str:
    """The domain one organisation holds: 'tour.jangsu.go.kr' → 'jangsu.go.kr', 'lib.nowon.kr' → 'nowon.kr'."""
    labels = host.split(".")
    if labels[-1].isdigit() or ":" in host:
        return host
    return ".".join(labels[-3:] if _THREE_LABELS.search(host) else labels[-2:])


@dataclass(frozen=True)
class Named:
    """A government that a text or host names, and the piece that named it."""

    government: Government
    words: str


class Neighbourhood:
    """The governments a page's owner is likely to write about: itself, those above, below and beside it."""

    def __init__(self, places: Places, own: Government, known: Mapping[str, str] | None = None) -> None:
        self.places, self.own = places, own
        self._known = bundled_addresses() if known is None else known
        own_id = own.id or 0
        above = [places.by_id(number) for number in places.ancestors(own_id)]
        below = [places.by_id(number) for number in places.children(own_id)]
        beside = [places.by_id(number) for parent in above[:1] for number in places.children(parent.id or 0)]
        near = [places.by_id(number) for number in sorted(places.neighbours(own_id))]
        ordered = {row.id: row for row in [own, *above, *below, *beside, *near]}
        self.related = list(ordered.values())
        self._rank = {number: rank for rank, number in enumerate(ordered)}
        self._domains = _domains(places)
        self._forms = sorted(
            ((form, row) for row in self.related for form in _forms(row) if len(form) >= 2),
            key=lambda pair: (-len(pair[0]), self._rank[pair[1].id]),
        )
        self._labels = sorted(
            ((label, row) for row in self.related for label in _labels(row)),
            key=lambda pair: (-len(pair[0]), self._rank[pair[1].id]),
        )

    def of_host(self, host: str) -> Government | None:
        """Whose home page's domain a host stands on."""
        return self._domains.get(organisation(host)) or self.places.by_host(host)

    def known_owner(self, url: str) -> Government | None:
        """The owner of an address that the catalogue already holds, as of today."""
        code = self._known.get(same_page(url)) or self._known.get(host_of(url))
        return self.places.present(self.places.by_code(code)) if code else None

    def named_in(self, text: str) -> Named | None:
        """The government a name speaks of. The page's owner knows who '중구' is, so relatives come first."""
        best: Named | None = None
        for mention in self.places.find_in(text):
            near = sorted((row for row in mention.choices if row.id in self._rank), key=lambda row: self._rank[row.id])
            row = near[0] if near else mention.choices[0] if len(mention.choices) == 1 else None
            # '서울 중구 …': the later, smaller place is the one that is meant.
            if row is not None and (best is None or row.parent_id == best.government.id):
                best = Named(row, mention.text)
        return best or self._begins_with(text)

    def spelled_in(self, host: str) -> Named | None:
        """A relative whose romanised name a host carries: 'jangsumall.co.kr', 'bikeseoul.com'."""
        pieces = host.split(".")
        labels = [*pieces[:-2], pieces[-2]] if pieces[-1] == "kr" else pieces[:-1]
        for label, row in self._labels:
            if any(
                piece.startswith(label) or piece.endswith(label) or (len(label) >= 5 and label in piece)
                for piece in labels
            ):
                return Named(row, label)
        return None

    def is_own(self, government: Government) -> bool:
        """Whether this is the page's owner, or a former shape of it."""
        return government.id == self.own.id or self.places.present(government) == self.own

    def _begins_with(self, text: str) -> Named | None:
        """A relative whose short name begins the text: 장수몰, e홍성장터, 김천노다지장터."""
        plain = re.sub(r"^[^가-힣]+", "", re.sub(r"\s+", "", text))
        for form, row in self._forms:
            if plain.startswith(form) and len(plain) > len(form):
                return Named(row, form)
        return None


@lru_cache(maxsize=8)
def _domains(places: Places) -> dict[str, Government]:
    """Organisation domains of home pages. A host below a domain that is shared (…or.kr) is only its own."""
    found: dict[str, Government] = {}
    for row in places.all(former=True):
        present = places.present(row)
        hosts = {host_of(row.homepage), row.homepage_host.removeprefix("www.")} - {""}
        for host in hosts:
            if present is not None:
                found.setdefault(organisation(host), present)
    for row in places.all():
        if row.homepage_host:
            found[organisation(row.homepage_host.removeprefix("www."))] = row
    return found


def _forms(government: Government) -> list[str]:
    forms = metropolitan_forms if government.level is Level.metropolitan else basic_forms
    return forms(government.name)


def _labels(government: Government) -> list[str]:
    """Romanised names of four letters and more: of the home page's domain and of the English name."""
    domain = organisation(government.homepage_host).split(".")[0] if government.homepage_host else ""
    english = re.sub(r"[^a-z]", "", re.sub(r"-(?:si|gun|gu|do)$", "", government.name_en.lower()))
    if not stem(government.name):
        english = ""
    labels = {label for label in (domain, english) if len(label) >= 4 and label not in _COMMON_LABELS}
    return sorted(labels, key=len, reverse=True)

"""CKAN: the site itself as a platform, and those of its packages and resources that describe or are a service."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from harvesters.base import Harvester, HarvestTask, Option
from harvesters.ckan_session import CkanSite
from harvesters.withdrawals import Fate
from registry.errors import HarvestError, SourceChanged, SourceRefused
from registry.records import HarvestedRecord

SERVICE_TYPES = frozenset({"showcase", "application", "app", "service", "platform", "webservice", "public_service"})
SERVICE_FORMATS = frozenset(
    {"app", "application", "web", "website", "webservice", "web service", "service", "앱", "모바일앱", "웹", "웹사이트"}
    | {"웹서비스", "누리집", "android", "ios"}
)
SERVICE_KEYS = frozenset({"platform_type", "service_url", "플랫폼유형", "플랫폼 유형", "서비스주소", "서비스 주소"})
SERVICE_TAGS = frozenset(
    {"service", "app", "application", "platform", "서비스", "앱", "플랫폼", "공공앱", "공공서비스"}
)
SERVICE_NAME = re.compile(r"(플랫폼|포털|앱|누리집|홈페이지|시스템|서비스|창구|장터|몰|광장|톡|pay|페이)\s*$", re.I)
GOVERNMENT_NAME = re.compile(r"(특별시|광역시|특별자치시|특별자치도|[가-힣]{1,4}(도|시|군|구)|[시도군구]청)$")


class CkanHarvester(Harvester):
    """Reads a CKAN of any version through its action API.

    Paging goes by id, never by offset: `sort=id asc` with `id:{LAST TO *]` reads every package that existed all the
    while, whatever is created or deleted meanwhile, and each page is checked to lie behind the one before. Where a
    server does not understand that, offsets are used and the listing counts as whole only if nothing moved.
    """

    name: ClassVar[str] = "ckan"
    title: ClassVar[str] = "CKAN"
    title_ko: ClassVar[str] = "CKAN 공공데이터 포털"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "take",
            str,
            "Which packages are taken: those that are a service, or all.",
            "서비스인 것만 읽을지, 모두 읽을지",
            default="services",
            choices=("services", "all"),
        ),
        Option("site", bool, "Register the CKAN itself as a platform.", "포털 자체도 등록", default=True),
        Option("fq", str, "A Solr filter, such as groups:welfare.", "Solr 조건", default=""),
        Option("rows", int, "Packages asked for per page (a CKAN gives 1000 at most).", "한 쪽의 건수", default=1000),
        Option(
            "organizations",
            str,
            "What a CKAN organisation is: the owner, its department, or by its name.",
            "CKAN의 기관을 소유 기관으로 볼지 부서로 볼지",
            default="auto",
            choices=("auto", "owner", "department"),
        ),
        Option(
            "incremental", bool, "Ask for changes only, with a whole listing now and then.", "변경분만", default=False
        ),
    )

    @classmethod
    def requests_per_run(cls, options: Mapping[str, Any], budget: int) -> int:
        """A status and a page per thousand packages; the size of a portal is known only after the first run."""
        return min(budget, 30)

    def harvest(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        """The site, then its services in the order of their ids."""
        ckan = CkanSite(task.client, task.source.url)
        status = ckan.call("status_show")
        if task.option("site"):
            yield _site_record(task, status, ckan.address)
        for package in _Pages(ckan, task).packages():
            # All packages of a page share its bytes, which are kept once.
            yield from records_of(package, task, ckan.body)

    @staticmethod
    def fate(task: HarvestTask, remote_id: str) -> Fate:
        """What became of a package: 403 is a draft, private or deleted one, 404 a purged or renamed one."""
        try:
            package = CkanSite(task.client, task.source.url).call("package_show", id=remote_id)
        except SourceRefused as problem:
            return Fate.hidden if problem.status == 403 else Fate.unknown
        except SourceChanged as problem:
            return Fate.gone if problem.status == 404 else Fate.unknown
        except HarvestError:
            return Fate.unknown
        listed = package.get("state", "active") == "active" and not package.get("private")
        return Fate.there if listed and any(True for _ in records_of(package, task)) else Fate.gone


class _Pages:
    """The package listing of one CKAN, page by page, with proof that nothing was passed over."""

    def __init__(self, ckan: CkanSite, task: HarvestTask) -> None:
        self._ckan, self._task, self._listing = ckan, task, task.listing
        self._last = ""

    def packages(self) -> Iterator[dict[str, Any]]:
        self._listing.keyset = True
        while True:
            count, page = self._ask(after=self._last)
            ids = [_listed_id(one) for one in page]
            if not self._follows([str(one["id"]) for one in page if one.get("id")]):
                yield from self._by_offset()
                return
            before = self._listing.read
            if not self._listing.page(ids):
                return
            yield from self._noted(page)
            if not page:
                # A page that says more is to come and gives nothing is no end.
                self._listing.state(before + count)
                self._listing.end()
                break
            self._last = max((str(one["id"]) for one in page if one.get("id")), default=self._last)
            if len(page) >= count:
                self._listing.state(before + count)
                self._listing.end()
                break
        self._check_empty()

    def _follows(self, ids: list[str]) -> bool:
        """Whether a page really is the next one by id: ascending, and all of it behind the last."""
        return all(one > before for before, one in zip([self._last, *ids], ids, strict=False))

    def _by_offset(self) -> Iterator[dict[str, Any]]:
        """For a server that cannot page by id: offsets, following what was given rather than what was asked."""
        self._listing.restart()
        start, done = 0, self._last
        while True:
            count, page = self._ask(start=start)
            self._listing.state(count)
            if not page:
                self._listing.end()
                return
            if not self._listing.page([_listed_id(one) for one in page]):
                return
            yield from self._noted([one for one in page if not done or str(one.get("id") or "") > done])
            start += len(page)
            if start >= count:
                self._listing.end()
                return

    def _ask(self, after: str = "", start: int = 0) -> tuple[int, list[dict[str, Any]]]:
        filters = [f"({self._task.option('fq')})"] if self._task.option("fq") else []
        if self._task.since:
            filters.append(f"metadata_modified:[{self._task.since} TO *]")
        if after:
            bound = after if re.fullmatch(r"[\w-]+", after) else '"' + after.replace('"', '\\"') + '"'
            filters.append(f"id:{{{bound} TO *]")
        asked: dict[str, Any] = {"q": "*:*", "sort": "id asc", "rows": self._task.option("rows")}
        if filters:
            asked["fq"] = " AND ".join(filters)
        if start:
            asked["start"] = start
        result = self._ckan.call("package_search", **asked)
        self._task.progress("CKAN", self._listing.read, self._listing.stated)
        return int(result["count"]), list(result["results"])

    def _noted(self, page: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for package in page:
            stamp = str(package.get("metadata_modified") or "")
            if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", stamp):
                self._listing.mark = max(self._listing.mark, stamp)
            yield package

    def _check_empty(self) -> None:
        """An incremental listing without a single change may be a broken index: ask once without the filter."""
        if self._task.since and self._listing.read == 0:
            result = self._ckan.call("package_search", q="*:*", rows=0)
            if int(result["count"]) == 0:
                self._listing.incomplete(
                    "index_empty",
                    "변경이 없는 것이 아니라 원천의 색인이 비어 있습니다.",
                    "The source's index is empty.",
                )


def records_of(package: Mapping[str, Any], task: HarvestTask, raw: bytes | None = None) -> Iterator[HarvestedRecord]:
    """The package if it is a service, else those of its resources that are."""
    extras = {str(one["key"]): one.get("value") for one in package.get("extras") or [] if one.get("key")}
    services = [one for one in package.get("resources") or [] if _format(one) in SERVICE_FORMATS and one.get("url")]
    page = f"{task.source.url.rstrip('/')}/dataset/{package.get('name') or package.get('id')}"
    common = _owner_fields(package, task)
    if task.option("take") == "all" or is_service(package, extras):
        fields: dict[str, Any] = {
            "name": package.get("title") or package.get("name"),
            "description": package.get("notes") or "",
            "url": extras.get("service_url") or package.get("url") or next((one["url"] for one in services), ""),
            **common,
            **extras,
        }
        fields["channels"] = [*_listed(extras.get("channels")), *(str(one["url"]) for one in services)]
        yield HarvestedRecord(str(package.get("id") or ""), page, _said(fields), raw)
        return
    for resource in services:
        fields = {
            "name": resource.get("name") or package.get("title"),
            "description": resource.get("description") or package.get("notes") or "",
            "url": resource["url"],
            **common,
        }
        yield HarvestedRecord(str(resource["id"]), f"{page}/resource/{resource['id']}", _said(fields), raw)


def is_service(package: Mapping[str, Any], extras: Mapping[str, Any]) -> bool:
    """Whether a package describes a service rather than data: by its type, extras, tags, or name and address."""
    tags = {str(one.get("name", "")).lower() for one in [*(package.get("tags") or []), *(package.get("groups") or [])]}
    named = SERVICE_NAME.search(str(package.get("title") or "")) is not None and bool(package.get("url"))
    return (
        str(package.get("type") or "").lower() in SERVICE_TYPES
        or bool(SERVICE_KEYS & extras.keys())
        or bool(SERVICE_TAGS & tags)
        or named
    )


def _site_record(task: HarvestTask, status: Mapping[str, Any], address: str) -> HarvestedRecord:
    fields = {
        "name": status.get("site_title") or task.source.title,
        "description": status.get("site_description") or "",
        "url": address,
        "owner_code": task.source.owner_code,
        "form": "raw_open_data",
        "engine": "CKAN",
    }
    return HarvestedRecord("site", address, _said(fields))


def _listed_id(package: Mapping[str, Any]) -> str:
    """A package's id; one that has lost it still counts as an entry of the list."""
    return str(package.get("id") or f"name:{package.get('name')}")


def _owner_fields(package: Mapping[str, Any], task: HarvestTask) -> dict[str, Any]:
    organization = str((package.get("organization") or {}).get("title") or "").strip()
    kind = task.option("organizations")
    if kind == "auto":
        kind = "owner" if GOVERNMENT_NAME.search(organization) else "department"
    if organization and kind == "owner":
        return {"owner_name": organization}
    return {"owner_code": task.source.owner_code, "department": organization}


def _format(resource: Mapping[str, Any]) -> str:
    return str(resource.get("format") or "").strip().lower()


def _listed(value: Any) -> list[str]:
    return (
        [str(one) for one in value] if isinstance(value, list) else [one for one in str(value or "").split(";") if one]
    )


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}

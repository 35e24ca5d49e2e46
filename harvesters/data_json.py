"""Harvests data.json catalogues: POD 1.1 (Project Open Data) and DCAT-US 3.0, services first."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from harvesters.base import Harvester, HarvestTask, Option, Problem
from registry.errors import SourceChanged
from registry.records import HarvestedRecord


class DataJsonHarvester(Harvester):
    """Reads one data.json. Platforms are its services; datasets are taken where a source asks for them."""

    name: ClassVar[str] = "data_json"
    title: ClassVar[str] = "data.json (POD 1.1, DCAT-US 3.0)"
    title_ko: ClassVar[str] = "data.json 목록(POD 1.1, DCAT-US 3.0)"
    options: ClassVar[tuple[Option, ...]] = (
        Option("take", str, "What to take: services, datasets or both", "받을 것: services, datasets, both", "services", choices=("services", "datasets", "both")),
    )  # fmt: skip

    @classmethod
    def requests_per_run(cls, options: object, budget: int) -> int:
        """robots.txt and the file."""
        return min(budget, 2)

    def harvest(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        """Every entry of the file; one that has no identifier or title is told to the source, the others go on."""
        answer = task.client.get(task.source.url)
        catalogue = answer.json()
        entries = list(read_catalogue(catalogue, task.option("take"), answer.final_url))
        records: list[HarvestedRecord] = []
        for entry in entries:
            identifier = str(entry.get("identifier") or entry.get("@id") or "").strip()
            fields = fields_of(entry)
            if not identifier:
                task.listing.problem(_nameless(answer.final_url, entry))
                identifier = (
                    f"node:{fields.get('url') or fields.get('name') or json.dumps(entry, sort_keys=True)[:100]}"
                )
            body = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
            records.append(HarvestedRecord(identifier[:500], answer.final_url, fields, body, answer.encoding))
        task.listing.page([record.remote_id for record in records])
        task.listing.end()
        yield from records


def read_catalogue(catalogue: Any, take: str, url: str) -> Iterator[dict[str, Any]]:
    """The wanted entries of a parsed catalogue (1.0 lists included). Raises SourceChanged if it is none."""
    if isinstance(catalogue, list):
        catalogue = {"dataset": catalogue}
    lists = ("dataset", "service", "record", "catalog", "datasetSeries")
    if not isinstance(catalogue, dict) or not any(isinstance(catalogue.get(key), list) for key in lists):
        raise SourceChanged(
            url,
            "data.json 목록이 아닙니다(dataset도 service도 없습니다).",
            "This is no data.json catalogue (neither dataset nor service).",
            "원천의 주소를 확인하세요.",
            "Check the source's address.",
        )
    keys = {
        "services": ("service",),
        "datasets": ("dataset", "datasetSeries"),
        "both": ("service", "dataset", "datasetSeries"),
    }[take]
    for key in keys:
        for entry in catalogue.get(key) or []:
            if isinstance(entry, dict):
                yield entry
    for inner in catalogue.get("catalog") or []:
        if isinstance(inner, dict) and any(inner.get(key) for key in ("dataset", "service")):
            yield from read_catalogue(inner, take, url)


def fields_of(entry: dict[str, Any]) -> dict[str, Any]:
    """One entry in our own terms."""
    publisher = entry.get("publisher")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    distributions = [one for one in _list(entry.get("distribution")) if isinstance(one, dict)]
    addresses = [
        *_list(entry.get("landingPage")),
        *(one.get("accessURL") for one in distributions),
        *_list(entry.get("endpointURL")),
        *(one.get("downloadURL") for one in distributions),
    ]
    fields = {
        "name": _words(entry.get("title")),
        "description": _words(entry.get("description")),
        "owner_name": _words(publisher.get("name") if isinstance(publisher, dict) else publisher),
        "url": next((str(_plain(one)) for one in addresses if str(_plain(one) or "").startswith("http")), ""),
        "launched": str(_plain(entry.get("issued")) or "")[:10],
        "keywords": [str(one) for one in _list(entry.get("keyword"))],
        "modified": str(_plain(entry.get("modified")) or "")[:32],
        "kind": str(entry.get("@type") or ""),
    }
    return {key: value for key, value in fields.items() if value not in ("", [])}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _plain(value: Any) -> Any:
    """A value that DCAT-US 3.0 may wrap: {'@id': …} or {'@value': …}."""
    return value.get("@id") or value.get("@value") if isinstance(value, dict) else value


def _words(value: Any) -> str:
    """Text; of a language map ({'ko': …, 'en': …}) the Korean, else the first."""
    if isinstance(value, dict):
        value = (
            value.get("ko") or value.get("@value") or next((one for one in value.values() if isinstance(one, str)), "")
        )
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    return " ".join(str(value or "").split())


def _nameless(url: str, entry: dict[str, Any]) -> Problem:
    return Problem(
        "id_missing",
        "identifier가 없는 항목이 있습니다.",
        "An entry has no identifier.",
        "항목마다 바뀌지 않는 identifier를 달아 주세요.",
        "Give each entry an identifier that does not change.",
        url=url,
        value=_words(entry.get("title"))[:300],
    )

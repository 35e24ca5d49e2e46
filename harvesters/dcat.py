"""Harvests linked-data catalogues: DCAT, DCAT-AP and CPSV-AP in every serialisation, page after page (Hydra)."""

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urljoin

from harvesters.base import Harvester, HarvestTask, Option, Problem
from harvesters.catalogue_records import KINDS, entries_of, next_page, stated_total
from harvesters.graphs import parse_graph
from registry.errors import SourceInvalid
from registry.records import HarvestedRecord

_ACCEPT = "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8, application/n-triples;q=0.7, application/trig;q=0.7, */*;q=0.1"


class DcatHarvester(Harvester):
    """Reads RDF. A platform is a service or a catalogue; datasets are taken only where a source asks for them."""

    name: ClassVar[str] = "dcat"
    title: ClassVar[str] = "DCAT / DCAT-AP / CPSV-AP (RDF)"
    title_ko: ClassVar[str] = "DCAT·CPSV-AP 연계 데이터 목록(RDF)"
    options: ClassVar[tuple[Option, ...]] = (
        Option("kinds", list, f"What to take: {', '.join(KINDS)}", f"받을 것: {', '.join(KINDS)}", ["service", "data_service", "catalog", "app"]),
        Option("pages", int, "Pages read at most", "읽을 쪽 수의 한도", 500),
    )  # fmt: skip

    def harvest(self, task: HarvestTask) -> Iterator[HarvestedRecord]:
        """The resources of the wanted kinds on every page of the catalogue, each once."""
        kinds = _kinds(task)
        url, seen, given = task.source.url, {task.source.url}, set[str]()
        for number in range(1, task.option("pages") + 1):
            answer = task.client.get(url, headers={"accept": _ACCEPT})
            graph, remarks = parse_graph(answer.content, answer.headers.get("content-type", ""), answer.final_url)
            for remark in remarks:
                task.listing.problem(_remark(answer.final_url, remark))
            entries = [
                _identified(task, entry, answer.final_url) for entry in entries_of(graph, kinds, answer.final_url)
            ]
            fresh = [entry for entry in entries if entry[0] not in given]
            given.update(entry[0] for entry in fresh)
            following = next_page(graph)
            if not task.listing.page([entry[0] for entry in fresh]) and fresh:
                return
            for identifier, address, fields in fresh:
                yield HarvestedRecord(identifier, address, fields, answer.content, answer.encoding)
            task.progress(f"{number}쪽", task.listing.read, stated_total(graph))
            if not following:
                task.listing.end()
                return
            url = urljoin(answer.final_url, following)
            if url in seen:
                task.listing.incomplete(
                    "page_repeated",
                    f"{url} 이(가) 다시 나왔습니다. 쪽 넘김이 제자리를 돕니다.",
                    f"{url} came again: the paging runs in a circle.",
                )
                return
            seen.add(url)
        task.listing.incomplete("too_many_pages", "쪽 수의 한도에 닿았습니다.", "The limit of pages was reached.")


def _kinds(task: HarvestTask) -> tuple[str, ...]:
    for kind in task.option("kinds"):
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise SourceInvalid(
                "options.kinds",
                kind,
                "알 수 없는 종류입니다.",
                "This kind is not known.",
                f"쓸 수 있는 것: {known}",
                f"Use: {known}",
            )
    return tuple(task.option("kinds"))


def _identified(
    task: HarvestTask, entry: tuple[str, str, dict[str, object]], page: str
) -> tuple[str, str, dict[str, object]]:
    """A nameless node is known by its address or its name, and the source is told."""
    identifier, address, fields = entry
    if identifier:
        return identifier[:500], address, fields
    known_by = str(fields.get("url") or fields.get("name") or "")
    task.listing.problem(
        Problem(
            "id_missing",
            "식별자가 없는 항목이 있어 주소나 이름으로 알아봅니다.",
            "An entry has no identifier; it is known by its address or name.",
            "항목에 주소(URI)나 dct:identifier를 달아 주세요.",
            "Give the entry a URI or dct:identifier.",
            url=page,
            value=known_by[:300],
        )
    )
    return f"node:{known_by}"[:500], address, fields


def _remark(url: str, remark: str) -> Problem:
    """What was mended or left out so that the document could be read."""
    if not remark.startswith("http"):
        return Problem(
            "rdf_mended", f"문서를 고쳐서 읽었습니다: {remark}", f"The document was mended to be read: {remark}",
            "원천에 알려 주세요.", "Tell the source.", url=url,
        )  # fmt: skip
    return Problem(
        "context_not_read",
        f"JSON-LD 문맥 {remark} 은(는) 네트워크에서 가져오지 않습니다. DCAT 낱말로 읽었습니다.",
        f"The JSON-LD context {remark} is not fetched from the network; the document was read with DCAT's terms.",
        "문맥을 문서 안에 적거나 Turtle로 내주세요.",
        "Write the context into the document, or publish Turtle.",
        url=url,
    )

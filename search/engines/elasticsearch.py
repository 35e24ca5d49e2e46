"""Search on an Elasticsearch 9 cluster: the same plans and the same answers as the embedded engine.

The cluster only holds and matches what we computed: text arrives as tokens, versions are the registry's, and no
script or plugin is needed. Indices carry a time in their name and stand behind an alias, which moves in one step.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from config.settings import Settings
from registry.errors import EngineUnavailable
from search.engine import Candidate, Candidates, Clause, EngineHealth, IndexEntry, Plan
from search.engines import elastic_bulk, elastic_index, elastic_query
from search.engines.elastic_errors import SERVER_MAJOR, translated, wrong_version
from search.engines.elastic_lifecycle import Indices

Answer = TypeVar("Answer")

REQUEST_SECONDS = 30.0
PAGE = 5000
CONNECTIONS = 32
KEEP_ALIVE = "2m"
# What another process wrote may go unnoticed so long by what is kept of the vocabulary; hits are always fresh.
GENERATION_SECONDS = 1.0
NEVER = (float("-inf"), "")


class ElasticsearchEngine:
    """One alias on one cluster. Safe to use from several threads."""

    name = "elasticsearch"

    def __init__(self, client: Elasticsearch, where: str, alias: str, shards: int = 1, replicas: int = 0) -> None:
        self.client, self.where, self.alias = client, where, alias
        self.shards = shards
        self.indices = Indices(client, alias, shards, replicas)
        self._version_checked = False
        self._generation = NEVER

    @classmethod
    def from_settings(cls, settings: Settings) -> "ElasticsearchEngine":
        """The engine of these settings; connects with the first request. Several URLs are separated by commas."""
        urls = [url.strip() for url in settings.elasticsearch_url.split(",") if url.strip()]
        client = Elasticsearch(
            urls,
            api_key=settings.elasticsearch_api_key or None,
            request_timeout=REQUEST_SECONDS,
            max_retries=3,
            retry_on_timeout=True,
            connections_per_node=CONNECTIONS,
            ca_certs=settings.elasticsearch_ca or DEFAULT,
        )
        shards, replicas = settings.elasticsearch_shards, settings.elasticsearch_replicas
        return cls(client, ", ".join(urls), settings.elasticsearch_index, shards, replicas)

    def search(self, plan: Plan) -> Candidates:
        """The best candidates of a plan; none while there is no index."""
        body = elastic_query.search_body(plan, self.shards)
        # With several shards their word statistics are summed first: scores do not depend on where a document lies.
        kind = "query_then_fetch" if self.shards == 1 else "dfs_query_then_fetch"

        def ask() -> Candidates:
            answer = self.client.search(
                index=self.alias, body=body, search_type=kind, allow_partial_search_results=False
            )
            return elastic_query.candidates(answer.body, plan)

        return self._read(ask, Candidates(0, ()))

    def evidence(self, clauses: Sequence[Clause]) -> list[int]:
        """For each clause, how many documents it matches."""
        if not clauses:
            return []
        body = elastic_query.count_body(clauses)

        def ask() -> list[int]:
            answer = self.client.search(index=self.alias, body=body, allow_partial_search_results=False)
            return elastic_query.counts(answer.body, len(clauses))

        return self._read(ask, [0] * len(clauses))

    def vocabulary(self, field: str) -> Mapping[str, int]:
        """Every token of a field with the number of documents that hold it."""

        def ask() -> dict[str, int]:
            return dict(self._token_counts(f"vocabulary.{field}"))

        return self._read(ask, {})

    def get(self, ids: Sequence[str]) -> list[Candidate]:
        """The stored facts of these ids, in their order."""
        if not ids:
            return []

        def ask() -> list[Candidate]:
            answer = self.client.mget(index=self.alias, ids=list(ids), source_includes=["stored"])
            found = [doc for doc in answer["docs"] if doc.get("found")]
            return [Candidate(doc["_id"], 0.0, doc["_source"].get("stored", {})) for doc in found]

        return self._read(ask, [])

    def write(self, upserts: Sequence[IndexEntry], deletions: Sequence[tuple[str, int]]) -> None:
        """Store and remove; both are found, or gone, when this returns."""
        operations = [elastic_index.upsert(entry) for entry in upserts]
        operations += [elastic_bulk.Operation(key, version) for key, version in deletions]
        if not operations:
            return
        with translated(self.where):
            self._check_version()
            if not self.client.indices.exists_alias(name=self.alias):
                self.indices.swap(self.indices.create())
            try:
                elastic_bulk.write(self.client, self.alias, operations, alias=True)
            finally:
                self._generation = NEVER
                self.client.indices.refresh(index=self.alias)

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        """Fill a new index beside the standing one, then move the alias in one step."""
        with translated(self.where):
            self._check_version()
            self.indices.sweep()
            name = self.indices.create(building=True)
            try:
                operations = (elastic_index.upsert(entry) for entry in entries)
                count = elastic_bulk.write(self.client, name, operations, alias=False)
                self.indices.open(name)
                self.indices.swap(name)
                self._generation = NEVER
            except BaseException:
                self.client.indices.delete(index=name, ignore_unavailable=True)
                raise
        return count

    def versions(self) -> Iterator[tuple[str, int]]:
        """(id, version) of everything stored, of one moment."""
        with translated(self.where):
            try:
                moment = self.client.open_point_in_time(index=self.alias, keep_alive=KEEP_ALIVE)["id"]
            except NotFoundError:
                return
            try:
                yield from self._versions_of(moment)
            finally:
                self.client.close_point_in_time(id=moment)

    def generation(self) -> str:
        """The standing index and the last change that its searchers see; asked of the cluster once a second."""
        asked, known = self._generation
        if time.monotonic() - asked < GENERATION_SECONDS:
            return known
        known = self._read(self._ask_generation, "")
        self._generation = (time.monotonic(), known)
        return known

    def generation_at_hand(self) -> str | None:
        """What the cluster said within the last second."""
        asked, known = self._generation
        return known if time.monotonic() - asked < GENERATION_SECONDS else None

    def format(self) -> str:
        """The format of the standing index."""

        def ask() -> str:
            answer = self.client.indices.get_mapping(index=self.alias)
            return elastic_index.format_of(next(iter(answer.body.values()))["mappings"])

        return self._read(ask, "")

    def count(self) -> int:
        """How many documents are stored."""
        return self._read(lambda: int(self.client.count(index=self.alias)["count"]), 0)

    def health(self) -> EngineHealth:
        """How the cluster and the standing index are; never raises."""
        try:
            with translated(self.where):
                facts = self._facts()
        except EngineUnavailable as problem:
            return EngineHealth(False, problem.cause_ko, problem.cause_en, {"url": self.where})
        number, status = facts["version"], facts["status"]
        ko = f"Elasticsearch {number}, 노드 {facts['nodes']}개, 상태 {status}, 문서 {facts['documents']}건"
        en = f"Elasticsearch {number}, {facts['nodes']} node(s), status {status}, {facts['documents']} documents"
        if not facts["index"]:
            ko, en = f"{ko}; 색인이 아직 없습니다.", f"{en}; no index yet."
        return EngineHealth(status != "red", ko, en, facts)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _ask_generation(self) -> str:
        seen = "indices.*.uuid,indices.*.shards.*.seq_no.max_seq_no,indices.*.primaries.refresh.external_total"
        answer = self.client.indices.stats(index=self.alias, metric="refresh", level="shards", filter_path=seen)
        return repr(answer.body.get("indices", {}))

    def _facts(self) -> dict[str, Any]:
        number = self._right_version()
        cluster = self.client.cluster.health()
        facts: dict[str, Any] = {
            "url": self.where,
            "version": number,
            "nodes": cluster["number_of_nodes"],
            "status": cluster["status"],
            "alias": self.alias,
            "index": "",
            "documents": 0,
        }
        standing = self.indices.standing()
        if standing:
            own = self.client.cluster.health(index=standing)
            settings = self.client.indices.get_settings(index=standing[0])[standing[0]]["settings"]["index"]
            facts |= {
                "index": ", ".join(standing),
                "status": own["status"],
                "documents": self.count(),
                "format": self.format(),
                "shards": int(settings["number_of_shards"]),
                "replicas": int(settings["number_of_replicas"]),
                "unassigned_shards": own["unassigned_shards"],
            }
        return facts

    def _read(self, ask: Callable[[], Answer], when_none: Answer) -> Answer:
        """Ask, and ask once more when the index was swapped away in between; `when_none` while there is no index."""
        with translated(self.where):
            self._check_version()
            try:
                return ask()
            except NotFoundError:
                pass
            except ApiError as problem:
                if not _index_went(problem):
                    raise
            try:
                return ask()
            except NotFoundError:
                return when_none

    def _check_version(self) -> None:
        if not self._version_checked:
            self._right_version()
            self._version_checked = True

    def _right_version(self) -> str:
        number = self._server_version()
        if int(number.split(".")[0]) != SERVER_MAJOR:
            raise wrong_version(self.where, number)
        return number

    def _server_version(self) -> str:
        try:
            return str(self.client.info()["version"]["number"])
        except BadRequestError as problem:
            # A server of an older major version does not know the client's media type, and says nothing more.
            if "media_type" in str(problem):
                raise wrong_version(self.where, f"< {SERVER_MAJOR}") from problem
            raise

    def _token_counts(self, field: str) -> Iterator[tuple[str, int]]:
        after: dict[str, Any] = {}
        while True:
            composite = {"size": PAGE, "sources": [{"token": {"terms": {"field": field}}}], **after}
            answer = self.client.search(index=self.alias, size=0, aggregations={"tokens": {"composite": composite}})
            tokens = answer["aggregations"]["tokens"]
            yield from ((bucket["key"]["token"], bucket["doc_count"]) for bucket in tokens["buckets"])
            if "after_key" not in tokens:
                return
            after = {"after": tokens["after_key"]}

    def _versions_of(self, moment: str) -> Iterator[tuple[str, int]]:
        after: dict[str, Any] = {}
        while True:
            answer = self.client.search(
                pit={"id": moment, "keep_alive": KEEP_ALIVE},
                size=PAGE,
                source=False,
                version=True,
                sort=[{"_shard_doc": "asc"}],
                track_total_hits=False,
                **after,
            )
            hits = answer["hits"]["hits"]
            yield from ((hit["_id"], hit["_version"]) for hit in hits)
            if len(hits) < PAGE:
                return
            after = {"search_after": hits[-1]["sort"]}


def _index_went(problem: ApiError) -> bool:
    """Whether a search failed since its index was dropped after a swap, while it ran."""
    return "index_not_found" in str(problem.body) or "no such index" in str(problem.body)

"""A plan in Elasticsearch's words, and its answer in ours."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, assert_never

from search.engine import (
    AtLeast,
    Best,
    Boosted,
    Candidate,
    Candidates,
    Clause,
    Codes,
    Constant,
    Everything,
    Phrase,
    Plan,
    Term,
)

Json = dict[str, Any]

# The name under which facets without a filter of their own are counted; no code field is called so.
REST = "others"


def clause_query(clause: Clause, boost: float = 1.0) -> Json:
    """The query of a clause, its score multiplied by `boost`."""
    match clause:
        case Term(field, text):
            return {"term": {f"text.{field}": {"value": text, "boost": boost}}}
        case Phrase(field, (token,)):
            return clause_query(Term(field, token), boost)
        case Phrase(field, tokens):
            return {"match_phrase": {f"text.{field}": {"query": " ".join(tokens), "boost": boost}}}
        case Codes(field, values):
            return {"constant_score": {"filter": codes_filter(field, values), "boost": boost}}
        case Boosted(inner, factor):
            return clause_query(inner, boost * factor)
        case Constant(inner, score):
            return {"constant_score": {"filter": clause_query(inner), "boost": boost * score}}
        case Best(clauses, tie):
            queries = [clause_query(inner) for inner in clauses]
            return {"dis_max": {"queries": queries, "tie_breaker": tie, "boost": boost}}
        case AtLeast(clauses, minimum):
            queries = [clause_query(inner) for inner in clauses]
            return {"bool": {"should": queries, "minimum_should_match": minimum, "boost": boost}}
        case Everything():
            return {"match_all": {"boost": boost}}
    assert_never(clause)


def codes_filter(field: str, values: Iterable[str]) -> Json:
    """Any of these values stands in a code field."""
    return {"terms": {f"codes.{field}": list(values)}}


def search_body(plan: Plan, shards: int) -> Json:
    """The request of a plan.

    Filters on counted facets wait until after the counting (post_filter), and each facet is counted under the
    filters of all the others, so that choosing a second value of one facet keeps showing what it would add.
    """
    late = {name: values for name, values in plan.filters.items() if name in plan.facets}
    early = {name: values for name, values in plan.filters.items() if name not in plan.facets}
    body: Json = {
        "query": _scored(plan, early),
        "from": plan.offset,
        "size": plan.limit,
        "track_total_hits": plan.count,
        "track_scores": True,
        "sort": _order(plan.sort),
    }
    if late:
        body["post_filter"] = {"bool": {"filter": [codes_filter(*item) for item in late.items()]}}
    if plan.facets:
        body["aggregations"] = _facets(plan, late, shards)
    return body


def _scored(plan: Plan, filters: Mapping[str, tuple[str, ...]]) -> Json:
    parts: Json = {"must": [clause_query(plan.must)]}
    if plan.prior:
        # Beside a must clause, should clauses are never required: they only add.
        parts["should"] = [clause_query(clause) for clause in plan.prior]
    if filters:
        parts["filter"] = [codes_filter(*item) for item in filters.items()]
    query: Json = {"bool": parts}
    if not plan.weight_by:
        return query
    factor = {"field": f"numbers.{plan.weight_by}", "modifier": "ln2p", "missing": 0}
    # The server knows the natural logarithm of 2 + n; the weight makes it one of base 2.
    function = {"field_value_factor": factor, "weight": 1 / math.log(2)}
    return {"function_score": {"query": query, "functions": [function], "boost_mode": "multiply"}}


def _order(sort: str) -> list[Json]:
    first = {f"numbers.{sort}": {"order": "desc", "missing": "_last"}} if sort else {"_score": {"order": "desc"}}
    return [first, {"id": {"order": "asc"}}]


def _facets(plan: Plan, late: Mapping[str, tuple[str, ...]], shards: int) -> Json:
    """Facets without a filter of their own are counted together, each of the others by itself."""
    # With several shards each one hands in its best values; enough of them make the sums exact for our code lists.
    per_shard = plan.facet_size if shards == 1 else max(plan.facet_size * 10, 2000)

    def counted(names: Iterable[str]) -> Json:
        order = [{"_count": "desc"}, {"_key": "asc"}]
        more = {"size": plan.facet_size, "shard_size": per_shard, "order": order}
        return {name: {"terms": {"field": f"codes.{name}", **more}} for name in names}

    def under(filters: Iterable[tuple[str, tuple[str, ...]]], names: Iterable[str]) -> Json:
        wanted = [codes_filter(*item) for item in filters]
        return {"filter": {"bool": {"filter": wanted}}, "aggregations": counted(names)}

    if not late:
        return counted(plan.facets)
    own = {name: under([item for item in late.items() if item[0] != name], [name]) for name in late}
    free = [name for name in plan.facets if name not in late]
    return {**own, REST: under(late.items(), free)} if free else own


def candidates(answer: Mapping[str, Any], plan: Plan) -> Candidates:
    """The answer to a search in our words."""
    hits = answer["hits"]
    found = tuple(Candidate(hit["_id"], hit["_score"] or 0.0, hit["_source"].get("stored", {})) for hit in hits["hits"])
    counted = answer.get("aggregations", {})
    late = set(plan.filters) & set(plan.facets)
    facets = {}
    for name in plan.facets:
        values = counted if not late else counted[name] if name in late else counted[REST]
        facets[name] = tuple((bucket["key"], bucket["doc_count"]) for bucket in values[name]["buckets"])
    return Candidates(hits["total"]["value"] if plan.count else 0, found, facets)


def count_body(clauses: Sequence[Clause]) -> Json:
    """A request that only counts what each clause matches."""
    filters = {str(number): clause_query(clause) for number, clause in enumerate(clauses)}
    return {"size": 0, "track_total_hits": False, "aggregations": {"clauses": {"filters": {"filters": filters}}}}


def counts(answer: Mapping[str, Any], number: int) -> list[int]:
    """The counts of so many clauses."""
    buckets = answer["aggregations"]["clauses"]["buckets"]
    return [int(buckets[str(place)]["doc_count"]) for place in range(number)]

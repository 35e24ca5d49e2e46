"""Two engines, one answer: the judged queries asked of both, on the bundled catalogue."""

from pathlib import Path

import pytest

from search.evaluate import Scored, evaluate, read_judged, summary
from search.finder import Finder
from search.indexer import Indexer
from tests.search.engine_support import analyser, cluster_engine, embedded_engine

JUDGED = Path(__file__).parent / "judged/queries.csv"

pytestmark = [pytest.mark.elasticsearch, pytest.mark.slow]


def test_the_first_ten_and_their_quality_agree(bundled_database, elasticsearch_url, tmp_path, monkeypatch):
    monkeypatch.setattr("search.indexer.Analyser", lambda *_: analyser())
    judged = read_judged(JUDGED)
    assert len(judged) >= 300
    answers: list[list[Scored]] = []
    with embedded_engine(tmp_path) as left, cluster_engine([elasticsearch_url], elasticsearch_shards=2) as right:
        for engine in (left, right):
            assert Indexer(bundled_database, engine).rebuild() > 1000
            answers.append(evaluate(Finder(bundled_database, engine), judged))
        assert dict(left.vocabulary("name")) == dict(right.vocabulary("name"))
    pairs = list(zip(*answers, strict=True))
    shares = [_shared([hit.id for hit in one.hits], [hit.id for hit in two.hits]) for one, two in pairs]
    differing = [one.judged.query for (one, two), share in zip(pairs, shares, strict=True) if share < 1]
    assert sum(shares) / len(shares) >= 0.95, differing
    figures = [summary(scored) for scored in answers]
    assert abs(figures[0]["ndcg_at_10"] - figures[1]["ndcg_at_10"]) <= 0.01


def _shared(one: list[str], two: list[str]) -> float:
    """The share of the first ten that both have; 1 when both have none."""
    return len(set(one) & set(two)) / max(len(one), len(two)) if one or two else 1.0

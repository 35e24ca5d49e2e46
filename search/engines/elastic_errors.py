"""What the client's exceptions mean to us: not reachable, not let in, or not the server we speak to."""

from collections.abc import Iterator
from contextlib import contextmanager

from elastic_transport import TransportError
from elasticsearch import ApiError, UnsupportedProductError

from registry.errors import EngineUnavailable

# The client and its server are of one major version; README.md says so.
SERVER_MAJOR = 9


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise EngineUnavailable, with cause and remedy, for whatever the client raises about `where` (its address)."""
    try:
        yield
    except UnsupportedProductError as problem:
        raise not_elasticsearch(where) from problem
    except TransportError as problem:
        raise unreachable(where, problem) from problem
    except ApiError as problem:
        raise refused(where, problem) from problem


def unreachable(where: str, problem: TransportError) -> EngineUnavailable:
    """No connection, no answer in time, or a certificate we do not trust."""
    reason = f"{type(problem).__name__}: {problem.message}"[:300]
    return EngineUnavailable(
        f"Elasticsearch({where})에 연결할 수 없습니다: {reason}",
        f"Elasticsearch ({where}) cannot be reached: {reason}",
        "서버가 켜져 있는지, 주소와 CA 인증서(METAPLATFORM_ELASTICSEARCH_URL, _CA)가 맞는지 확인하세요.",
        "Check that the server runs, and METAPLATFORM_ELASTICSEARCH_URL and _CA.",
    )


def not_elasticsearch(where: str) -> EngineUnavailable:
    """Something answers there, but it is not the product that the client was made for."""
    return EngineUnavailable(
        f"{where} 은(는) Elasticsearch가 아닙니다.",
        f"{where} is not an Elasticsearch.",
        f"Elasticsearch {SERVER_MAJOR}의 주소를 설정하세요.",
        f"Set the address of an Elasticsearch {SERVER_MAJOR}.",
    )


def refused(where: str, problem: ApiError) -> EngineUnavailable:
    """The server answered with an error: not let in, too busy, or shards that are away."""
    status, reason = problem.meta.status, f"{problem.message} {_root_cause(problem)}".strip()[:300]
    if status in (401, 403):
        return EngineUnavailable(
            f"Elasticsearch({where})가 API 키를 받아들이지 않습니다({status}).",
            f"Elasticsearch ({where}) does not accept the API key ({status}).",
            "METAPLATFORM_ELASTICSEARCH_API_KEY 에 이 색인을 읽고 쓸 수 있는 키를 넣으세요.",
            "Put a key that may read and write this index into METAPLATFORM_ELASTICSEARCH_API_KEY.",
        )
    return EngineUnavailable(
        f"Elasticsearch({where})가 오류로 답했습니다({status}): {reason}",
        f"Elasticsearch ({where}) answered with an error ({status}): {reason}",
        f"클러스터 상태와 버전({SERVER_MAJOR}.x)을 'metaplatform doctor'로 확인하세요.",
        f"Look at the cluster's health and version ({SERVER_MAJOR}.x) with 'metaplatform doctor'.",
    )


def wrong_version(where: str, number: str) -> EngineUnavailable:
    """A server of another major version: some requests would work and others not, so none are made."""
    return EngineUnavailable(
        f"Elasticsearch({where})의 버전이 {number}입니다. {SERVER_MAJOR}.x 만 쓸 수 있습니다.",
        f"Elasticsearch ({where}) is version {number}; only {SERVER_MAJOR}.x will do.",
        f"서버를 {SERVER_MAJOR}.x 로 올리세요.",
        f"Move the server to {SERVER_MAJOR}.x.",
    )


def _root_cause(problem: ApiError) -> str:
    """The innermost reason that the server gives, since the outermost is mostly 'all shards failed'."""
    error = problem.body.get("error", {}) if isinstance(problem.body, dict) else {}
    causes = error.get("root_cause", []) if isinstance(error, dict) else []
    return str(causes[0].get("reason", "")) if causes else ""

"""Fixtures that give a test a real component, or skip with the sentence that says how to have it."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.components.elasticsearch import server as elasticsearch_server
from tests.components.tls_front import Front

if TYPE_CHECKING:
    from tests.components.ckan.server import Ckan


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The URL of an Elasticsearch 9: the one of METAPLATFORM_TEST_ELASTICSEARCH, else one node of our own."""
    given = os.environ.get("METAPLATFORM_TEST_ELASTICSEARCH", "")
    if given:
        yield given
        return
    reason = elasticsearch_server.why_not()
    if reason:
        pytest.skip(reason)
    with elasticsearch_server.Cluster() as cluster:
        yield cluster.url


@pytest.fixture
def elasticsearch_front(elasticsearch_url: str) -> Iterator[Front]:
    """A plain relay before that Elasticsearch, to be cut off and restored."""
    with Front(elasticsearch_url) as front:
        yield front


@pytest.fixture(scope="session")
def ckan() -> Iterator["Ckan"]:
    """A CKAN with empty data of its own."""
    from tests.components.ckan import server

    reason = server.why_not()
    if reason:
        pytest.skip(reason)
    with server.Ckan() as running:
        yield running

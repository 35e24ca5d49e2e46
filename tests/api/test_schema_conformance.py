"""Whatever the OpenAPI document allows is answered as it says: no 500, no answer outside the document.

Schemathesis makes the questions; its own pytest plugin does not run under this pytest, so each operation's strategy
is driven by hypothesis here.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.site import Site

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def ask_everything(site: Site, number: int) -> None:
    """Put `number` questions to every operation."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", site.app)
    labels = []
    for found in schema.get_all_operations():
        operation = found.ok()
        labels.append(operation.label)

        @settings(
            max_examples=number,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        ask()
    assert len(labels) >= 20


def test_a_few_questions_to_every_operation(site: Site) -> None:
    ask_everything(site, 2)


@pytest.mark.slow
def test_many_questions_to_every_operation(site: Site) -> None:
    ask_everything(site, 40)

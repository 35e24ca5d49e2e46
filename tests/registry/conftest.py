"""Which of the registry's tests on PostgreSQL run by default; its databases stand in tests/conftest.py."""

from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BY_DEFAULT = 3


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a module's tests that run on both databases, all but the first three are slow on PostgreSQL.

    A database of its own for each costs more than the test. What is written for PostgreSQL alone always runs.
    """
    seen: Counter[Path] = Counter()
    for item in items:
        if HERE in item.path.parents and "any_database" in getattr(item, "fixturenames", ()):
            if item.get_closest_marker("postgres") is None:
                continue
            seen[item.path] += 1
            if seen[item.path] > BY_DEFAULT and item.path.stem != "test_concurrency":
                item.add_marker(pytest.mark.slow)

"""Where every component must be there, a skipped test is a failed one (METAPLATFORM_NO_SKIPS=1, as in .ci/run)."""

import os

import pytest

ALLOWED = ("../shared",)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip into a failure, unless it is about reference data that only some machines have."""
    report = yield
    if os.environ.get("METAPLATFORM_NO_SKIPS") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(word in reason for word in ALLOWED):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped where nothing may be: {reason}"
    return report

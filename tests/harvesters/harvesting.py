"""Runs one harvester against a server on loopback, without a registry."""

from typing import Any

from harvesters.base import Harvester, HarvestTask, Listing, SourceFacts
from harvesters.http import Manners, PoliteClient
from registry.records import HarvestedRecord

LOOPBACK = ("127.0.0.0/8", "::1/128")
QUICK = Manners(
    contact="test@example.org",
    allowed_networks=LOOPBACK,
    host_delay=0.0,
    retry_pause=0.01,
    step_timeout=5.0,
    deadline=10.0,
)


def harvest(
    harvester: type[Harvester],
    url: str,
    *,
    owner: str = "",
    options: dict[str, Any] | None = None,
    lookups: dict[str, Any] | None = None,
    since: str = "",
    public_api: str = "a test's own server",
    title: str = "시험 원천",
) -> tuple[list[HarvestedRecord], Listing]:
    """The records and what was said of the listing; whatever the harvester raises comes through."""
    facts = SourceFacts("test", title, url, owner, harvester.read_options(options or {}), lookups or {}, public_api)
    listing = Listing()
    with PoliteClient(QUICK, public_api=public_api) as client:
        return list(harvester().harvest(HarvestTask(facts, client, since, listing))), listing

"""The indices behind an alias: made, opened, swapped in one step, and swept up when a build was killed."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from search.engines.elastic_index import index_mappings, index_settings

# A new index waits so long for its replicas before it takes over; without them it takes over all the same.
REPLICA_SECONDS = 60
# Pieces of a build that was killed are swept by a later one, but not while another build may still be at it.
ABANDONED = timedelta(days=1)
NAME = r"-\d{8}-\d{6}-[0-9a-f]{4}"


@dataclass(frozen=True)
class Indices:
    """The indices of one alias; every name begins with the alias and says when it was made."""

    client: Elasticsearch
    alias: str
    shards: int
    replicas: int

    def standing(self) -> list[str]:
        """The names of what the alias stands for; none before the first write."""
        try:
            return sorted(self.client.indices.get_alias(name=self.alias).body)
        except NotFoundError:
            return []

    def create(self, building: bool = False) -> str:
        """Make an empty index with a new name; one that is `building` is filled before anybody reads it."""
        now = datetime.now(UTC)
        name = f"{self.alias}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        settings = index_settings(self.shards, self.replicas)
        if building:
            # Nobody reads it yet: copies and searchers would only cost time.
            settings |= {"number_of_replicas": 0, "refresh_interval": "-1"}
        self.client.indices.create(
            index=name, settings=settings, mappings=index_mappings(now.isoformat(timespec="seconds"))
        )
        return name

    def open(self, name: str) -> None:
        """Make a filled index ready to be read: its copies placed and everything in it searchable."""
        settings = index_settings(self.shards, self.replicas)
        changed = {key: settings[key] for key in ("number_of_replicas", "refresh_interval")}
        self.client.indices.put_settings(index=name, settings=changed)
        self.client.indices.refresh(index=name)
        # Not an error when copies find no node: the index is complete, and health() says what is missing.
        if self.client.cluster.health()["number_of_data_nodes"] > self.replicas:
            patient = self.client.options(request_timeout=REPLICA_SECONDS + 10)
            patient.cluster.health(index=name, wait_for_status="green", timeout=f"{REPLICA_SECONDS}s")

    def swap(self, name: str) -> None:
        """Move the alias to this index in one step, then drop those it stood for before."""
        before = self.standing()
        actions: list[dict[str, Any]] = [{"remove": {"index": old, "alias": self.alias}} for old in before]
        actions.append({"add": {"index": name, "alias": self.alias}})
        self.client.indices.update_aliases(actions=actions)
        for old in before:
            self.client.indices.delete(index=old, ignore_unavailable=True)

    def sweep(self) -> None:
        """Delete what builds that were killed have left behind."""
        # The pattern is exact and the index nameless: another installation's alias may begin with ours.
        ours = re.compile(re.escape(self.alias) + NAME)
        oldest = (datetime.now(UTC) - ABANDONED).timestamp() * 1000
        for name, about in self.client.indices.get(index=f"{self.alias}-*").body.items():
            made = int(about["settings"]["index"]["creation_date"])
            if ours.fullmatch(name) and not about["aliases"] and made < oldest:
                self.client.indices.delete(index=name, ignore_unavailable=True)

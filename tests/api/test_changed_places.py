"""A running server follows zones and governments that somebody else changes in its registry."""

import shutil

from starlette.testclient import TestClient

from api.app import create_app
from api.startup import open_installation
from config.settings import Settings
from registry.database import open_database
from registry.zones import save_zones
from search.indexer import Indexer


def test_a_zone_saved_by_another_process_can_be_searched_in(placed_template, tmp_path, monkeypatch):
    monkeypatch.setattr("search.prepared.LOOK_SECONDS", 0.0)
    shutil.copy(placed_template, tmp_path / "registry.sqlite")
    installation = open_installation(Settings(home=tmp_path), migrated=False)
    indexer = Indexer(installation.database, installation.engine)
    indexer.rebuild()
    other = open_database(installation.settings.sqlalchemy_url)
    zones = [{"id": "south", "name": "남부권", "members": ["수원시", "용인시"]}]
    with TestClient(create_app(installation=installation)) as client:
        assert client.get("/api/v1/search", params={"zone": "office-south"}).status_code == 404
        save_zones(other, "office", {"title": "남부", "kind": "operator", "made_from": "test", "zones": zones})
        assert client.get("/api/v1/search", params={"zone": "office-south"}).status_code == 200
        assert "남부권" in client.get("/zones/office-south").text
    other.dispose()
    indexer.close()
    installation.close()

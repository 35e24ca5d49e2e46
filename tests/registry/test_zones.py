"""Living zones from flows, published lists and an operator's file."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from config.settings import CONFIG
from registry.communities import communities, modularity
from registry.database import open_database, session_of
from registry.errors import InvalidValue
from registry.governments import Places
from registry.models import Zone, ZoneMember, ZoneSet
from registry.zones import derive_zones, import_zones, load_operator_sets, save_zones

FLOWS = CONFIG / "catalogue" / "flows.csv"


def ring(*cliques):
    """Cliques of strong edges, joined in a ring by weak ones."""
    graph = {}
    for clique in cliques:
        for one in clique:
            graph[one] = {other: 10.0 for other in clique if other != one}
    for left, right in zip(cliques, cliques[1:] + cliques[:1], strict=True):
        graph[left[0]][right[-1]] = graph[right[-1]][left[0]] = 1.0
    return graph


def test_cliques_are_found_as_communities():
    graph = ring(["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"])
    found = communities(graph, 1.0, seed=0)
    assert {frozenset(group) for group in found} == {frozenset("abc"), frozenset("def"), frozenset("ghi")}
    assert modularity(graph, found, 1.0) > modularity(graph, [set(graph)], 1.0)


def test_resolution_makes_zones_smaller(database):
    sizes = [len(derive_zones(database, FLOWS, resolution)["zones"]) for resolution in (0.5, 3.0, 8.0)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


@pytest.fixture(scope="module")
def derived(placed_template):
    """Zones of the flows at resolution 3, derived once for those who only look at them."""
    engine = open_database(f"sqlite:///{placed_template}")
    yield derive_zones(engine, FLOWS, 3.0, seed=5)
    engine.dispose()


def test_the_same_flows_and_seed_give_the_same_zones(database, derived):
    assert derived == derive_zones(database, FLOWS, 3.0, seed=5)
    assert derived["resolution"] == 3.0
    assert "8 largest destinations" in derived["made_from"]


def test_every_government_of_the_flows_is_in_exactly_one_zone(derived):
    members = [member for zone in derived["zones"] for member in zone["members"]]
    assert len(members) == len(set(members)) == 159


def test_a_zone_with_a_metropolitan_city_contains_its_districts(database, derived):
    save_zones(database, "mine", derived)
    with session_of(database) as session:
        places = Places.load(session)
    busan, haeundae = places.resolve("부산광역시"), places.resolve("부산 해운대구")
    zone = places.zones_of(busan.id, "mine")
    assert zone
    assert places.zones_of(haeundae.id, "mine") == zone
    # 광주 was merged into a province: its districts stay, the province does not come along.
    gwangsan, merged = places.resolve("광주 광산구"), places.resolve("전남광주통합특별시")
    assert places.zones_of(gwangsan.id, "mine")
    assert not places.zones_of(merged.id, "mine")


def test_saving_again_replaces_and_another_kind_is_refused(database, derived):
    save_zones(database, "mine", derived)
    anew = derive_zones(database, FLOWS, 8.0)
    save_zones(database, "mine", anew)
    with session_of(database) as session:
        kept = session.exec(select(Zone).where(Zone.set_id == "mine")).all()
        assert len(kept) == len(anew["zones"])
    with pytest.raises(InvalidValue, match="already has this name"):
        save_zones(database, "capital_region", derived)


def test_flows_with_a_bad_number_or_an_unknown_place_name_the_value(database, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("origin_code,dest_code,trips\n1100000000,4111000000,many\n", encoding="utf-8")
    with pytest.raises(InvalidValue, match="line 2"):
        derive_zones(database, bad)
    bad.write_text("origin_code,dest_code\n", encoding="utf-8")
    with pytest.raises(InvalidValue, match="trips"):
        derive_zones(database, bad)


def test_a_published_list_is_imported_with_its_source(database, tmp_path):
    path = tmp_path / "zones.csv"
    path.write_text("zone_id,zone_name,gov_code\neast,동부권,여수시\neast,동부권,순천시\n", encoding="utf-8")
    assert import_zones(database, path, "official_2027", "도 생활권 계획", "전라남도 공고") == 1
    with session_of(database) as session:
        stored = session.get(ZoneSet, "official_2027")
        assert stored is not None
        assert (stored.kind, stored.made_from) == ("official", "전라남도 공고")
        assert len(session.exec(select(ZoneMember).where(col(ZoneMember.zone_id) == "official_2027-east")).all()) == 2


def test_an_operator_file_makes_a_set_and_its_removal_takes_it_away(database, tmp_path: Path):
    file = tmp_path / "river.yml"
    file.write_text(
        "title: 강변 생활권\nmade_from: 담당자 판단\nzones:\n  - {id: a, name: 강변, members: [수원시, 용인시]}\n",
        encoding="utf-8",
    )
    assert load_operator_sets(database, tmp_path) == {"river": 1}
    file.unlink()
    assert load_operator_sets(database, tmp_path) == {}
    with session_of(database) as session:
        assert session.get(ZoneSet, "river") is None


def test_an_operator_file_without_members_says_what_is_needed(database, tmp_path: Path):
    (tmp_path / "bad.yml").write_text("title: x\nmade_from: y\nzones: [{id: a, name: b}]\n", encoding="utf-8")
    with pytest.raises(InvalidValue, match="members"):
        load_operator_sets(database, tmp_path)

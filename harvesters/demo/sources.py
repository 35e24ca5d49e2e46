"""The demonstration's sources: one of every kind, on the demonstration's own server."""

from typing import Any

from sqlalchemy import Engine

from harvesters.sources import save_source, source_from
from registry.database import writing_session

# Two days are enough for the demonstration, so a service that is gone is withdrawn at once.
_EXPECT = {"missing_runs": 1, "grace_days": 0, "withdraw_max_share": 0.5}


def demo_sources(base_url: str) -> list[dict[str, Any]]:
    """What the files of these sources would say, with the id each would have as its name."""
    found = [
        _source("demo_jangsu_home", "장수군 누리집 (데모)", "website", f"{base_url}/jangsu/", "5274000000", titles=0),
        _source("demo_mapo_plaza", "마포구 열린데이터광장 (데모)", "seoul_plaza", f"{base_url}/plaza/", "1144000000", sitemap="/plaza/sitemap.xml"),
        _source("demo_suwon_ckan", "수원시 데이터포털 CKAN (데모)", "ckan", f"{base_url}/ckan", "4111000000"),
        _source("demo_gangwon_api", "강원특별자치도 오픈API (데모)", "open_api", f"{base_url}/api/platforms", "5100000000", id_fields=["svcId"], params={"type": "json"}),
        _source("demo_gyeongnam_sheet", "경상남도 플랫폼 현황 엑셀 (데모)", "sheet", f"{base_url}/gyeongnam/platforms.xlsx", "4800000000"),
        _source("demo_gyeongju_rdf", "경주시 서비스 목록 RDF (데모)", "dcat", f"{base_url}/rdf", "4713000000"),
        _source("demo_sejong_json", "세종시 data.json (데모)", "data_json", f"{base_url}/data.json", "3611000000"),
        _source("demo_probe", "주소 점검 (데모)", "probe", "", "", hosts=["127.0.0.1"], apps=False, again=True),
    ]  # fmt: skip
    by_id = {one["id"]: one for one in found}
    by_id["demo_gangwon_api"]["lookups"] = {
        "columns": {"svcNm": "name", "instNm": "owner_name", "deptNm": "department", "svcCn": "description", "hmpgUrl": "url"},
        "ignore": ["svcId"],
    }  # fmt: skip
    by_id["demo_gangwon_api"]["public_api"] = "시범 원천이 읽도록 공개한 오픈API"
    return found


def save_demo_sources(database: Engine, base_url: str) -> list[str]:
    """Save the sources, switched on; their ids, in the order in which they are best harvested."""
    sources = demo_sources(base_url)
    with writing_session(database) as session:
        for given in sources:
            entries = {key: value for key, value in given.items() if key != "id"}
            save_source(session, source_from(given["id"], entries, given["id"]))
    return [str(given["id"]) for given in sources]


def _source(source_id: str, title: str, harvester: str, url: str, owner: str, **options: Any) -> dict[str, Any]:
    return {
        "id": source_id,
        "title": title,
        "harvester": harvester,
        "url": url,
        "owner": owner,
        "schedule": "daily",
        "outside": False,
        "enabled": True,
        "options": options,
        "expect": {} if harvester == "probe" else dict(_EXPECT),
    }

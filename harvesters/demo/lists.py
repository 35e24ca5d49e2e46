"""The demonstration's machine-readable lists: a CKAN's action API, an open API, a sheet, an RDF catalogue, data.json."""

import json
import re
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from harvesters.demo.services import Service, services_on

PAGE = 3
HEADINGS = ("플랫폼명", "운영기관", "담당부서", "누리집주소", "내용", "개통일")


def ckan(day: int, action: str, asked: dict[str, Any], origin: str) -> tuple[int, dict[str, Any]]:
    """One call of a CKAN-shaped action API: status and envelope. Reading only; other actions are unknown to it."""
    packages = sorted((_package(one, origin) for one in services_on(day, "ckan")), key=lambda package: package["id"])
    if action == "status_show":
        result: Any = {
            "site_title": "수원 데모 데이터포털",
            "site_description": "시범으로 만든 CKAN 포털",
            "ckan_version": "2.11.0",
        }
    elif action == "package_search":
        after = re.search(r"id:\{\"?([\w-]+)\"? TO \*\]", str(asked.get("fq", "")))
        found = [package for package in packages if not after or package["id"] > after.group(1)]
        start, rows = int(asked.get("start", 0)), int(asked.get("rows", 10))
        result = {"count": len(found), "sort": "id asc", "results": found[start : start + rows]}
    elif action == "package_show":
        known = {key: package for package in packages for key in (package["id"], package["name"])}
        if asked.get("id") not in known:
            return 404, {"success": False, "error": {"__type": "Not Found Error", "message": "Not found"}}
        result = known[asked["id"]]
    elif action == "package_list":
        result = [package["name"] for package in packages]
    else:
        return 400, {
            "success": False,
            "error": {"__type": "Bad request", "message": f"Action name not known: {action}"},
        }
    return 200, {"success": True, "result": result}


def _package(service: Service, origin: str) -> dict[str, Any]:
    identity = sha256(service.slug.encode()).hexdigest()
    return {
        "id": f"{identity[:8]}-{identity[8:12]}-4{identity[13:16]}-8{identity[17:20]}-{identity[20:32]}",
        "name": service.slug,
        "title": service.name,
        "notes": service.about,
        "type": "dataset",
        "state": "active",
        "private": False,
        "url": f"{origin}/site/{service.slug}/",
        "organization": {"name": "dept", "title": service.department},
        "tags": [{"name": service.kind}],
        "extras": [{"key": "launched", "value": service.launched}] if service.launched else [],
        "resources": [],
        "metadata_modified": "2026-11-23T09:00:00",
    }


def open_api(day: int, asked: dict[str, str], origin: str) -> dict[str, Any]:
    """A page of three in the envelope of apis.data.go.kr; one single item comes as an object, as it does there."""
    rows = [_row(one, origin) for one in services_on(day, "api")]
    size = min(int(asked.get("numOfRows") or PAGE), PAGE)
    page = max(int(asked.get("pageNo") or 1), 1)
    found: list[dict[str, str]] = rows[(page - 1) * size : page * size]
    items: Any = {"item": found[0] if len(found) == 1 else found} if found else ""
    return {
        "response": {
            "header": {"resultCode": "00", "resultMsg": "NORMAL SERVICE."},
            "body": {"items": items, "numOfRows": size, "pageNo": page, "totalCount": len(rows)},
        }
    }


def _row(service: Service, origin: str) -> dict[str, str]:
    return {
        "svcId": service.slug,
        "svcNm": service.name,
        "instNm": service.owner,
        "deptNm": service.department,
        "svcCn": service.about,
        "hmpgUrl": f"{origin}/site/{service.slug}/",
    }


@lru_cache(maxsize=8)
def sheet(day: int, origin: str) -> bytes:
    """The list of a province as the workbook its office keeps: a title line, empty lines, then the table."""
    workbook = Workbook()
    page = workbook.active
    page.title = "플랫폼 현황"
    page.append(["경상남도 데모 플랫폼 현황"])
    page.append([])
    page.append(HEADINGS)
    for one in services_on(day, "sheet"):
        page.append([one.name, one.owner, one.department, f"{origin}/site/{one.slug}/", one.about, one.launched])
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def turtle(day: int, number: int, origin: str) -> str:
    """A page of two services of an RDF catalogue (CPSV-AP), with Hydra's link to the next page."""
    services = services_on(day, "rdf")
    here = services[(number - 1) * 2 : number * 2]
    following = f"; hydra:next <{origin}/rdf?page={number + 1}>" if number * 2 < len(services) else ""
    blocks = "\n".join(_turtle(one, origin) for one in here)
    return f"""@prefix cpsv: <http://purl.org/vocab/cpsv#> .
@prefix cv: <http://data.europa.eu/m8g/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<{origin}/rdf> a hydra:Collection ; hydra:totalItems {len(services)} .
<{origin}/rdf?page={number}> a hydra:PartialCollectionView {following} .
{blocks}
"""


def _turtle(service: Service, origin: str) -> str:
    issued = f'; dct:issued "{service.launched}"' if service.launched else ""
    channels = f"[ a cv:Channel ; foaf:page <{origin}/site/{service.slug}/> ]"
    if service.kind == "android":
        channels += f" , [ a cv:Channel ; foaf:page <https://play.google.com/store/apps/details?id=kr.demo.{service.slug.replace('-', '')}> ]"
    return f"""<{origin}/rdf/id/{service.slug}> a cpsv:PublicService ;
  dct:identifier "{service.slug}" ; dct:title "{service.name}"@ko ; dct:description "{service.about}"@ko {issued} ;
  cv:hasCompetentAuthority [ a cv:PublicOrganisation ; skos:prefLabel "{service.owner}"@ko ] ;
  cv:hasChannel {channels} ."""


def data_json(day: int, origin: str) -> str:
    """A DCAT-US 3.0 catalogue of services."""
    services = [
        {
            "@type": "DataService",
            "identifier": one.slug,
            "title": one.name,
            "description": one.about,
            "publisher": {"@type": "Organization", "name": one.owner},
            "landingPage": f"{origin}/site/{one.slug}/",
        }
        for one in services_on(day, "json")
    ]
    head = {"@type": "Catalog", "conformsTo": {"title": "DCAT-US 3.0"}, "title": "세종 데모 서비스 목록"}
    return json.dumps({**head, "service": services}, ensure_ascii=False)

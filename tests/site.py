"""A whole site for tests: the bundled catalogue, a sheet imported by a run, issues, an administrator and an index."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.app import create_app
from api.pages import PAGES
from api.startup import Installation, open_installation
from config.settings import Settings
from harvesters.sheet_import import import_file
from harvesters.sources import save_source, source_from
from registry import accounts
from registry.database import session_of, writing_session
from registry.merge import declare_different
from registry.models import HarvestRun, Issue, OverlapMember, Platform
from registry.records import Actor
from registry.vocab import ActorKind
from search.overlap.store import follow

SHEET = """name,owner,url,description,status
우리시 공유주차,수원시,https://parking.suwon.example.kr,빈 주차면을 이웃과 나눠 쓰는 서비스,운영중
은평 책배달,은평구,https://book.ep.example.kr,집으로 책을 보내 주는 도서관 서비스,이상한상태
,수원시,https://noname.example.kr,이름이 없는 줄,운영중
"""
PASSWORD = "봄여름가을겨울-다시-봄"


@dataclass
class Site:
    """A running application and what tests need to know of its content."""

    app: FastAPI
    installation: Installation
    ids: dict[str, str] = field(default_factory=dict)

    def client(self) -> TestClient:
        """A browser without JavaScript and without cookies."""
        return TestClient(self.app, follow_redirects=False)

    def officer(self) -> TestClient:
        """The same, signed in as the administrator."""
        client = self.client()
        answer = client.post("/login", data={"name": "admin", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    def pages(self, *, signed_in: bool) -> list[str]:
        """The address of every GET page of the application, from its own routers, in both languages."""
        found = []
        for router in PAGES:
            for route in router.routes:
                assert isinstance(route, APIRoute)
                path = route.path
                if "GET" in route.methods and not path.endswith(FILES):
                    found.append(self.fill(path))
        private = tuple(one for one in found if one.startswith(PRIVATE) or one.endswith(("/edit", "/dry-run")))
        chosen = private if signed_in else tuple(one for one in found if one not in private)
        return [prefix + path for prefix in ("", "/en") for path in chosen]

    def fill(self, path: str) -> str:
        """A route's path with the parts that stand for something filled from what this site holds."""
        for name, value in self.ids.items():
            path = path.replace("{" + name + "}", value)
        for prefix, query in QUERIES.items():
            if path == prefix:
                path += query.format(**self.ids)
        for start, number in (
            ("/runs/", "run"),
            ("/issues/", "issue"),
            ("/reports/", "report"),
            ("/precheck/", "precheck"),
        ):
            if path.startswith(start):
                path = path.replace("{number}", self.ids[number])
        assert "{" not in path, f"tests/site.py does not know what to put into {path}"
        return path


# What is not a page of its own: files, the part of a page that is fetched while one types, and an address that leads on.
FILES = (".json", ".geojson", ".csv", ".xlsx", "/precheck/preview", "/overlap")
PRIVATE = ("/merging/confirm", "/account", "/accounts", "/audit", "/register", "/sources/plan")
QUERIES = {
    "/search": "?q=%EB%B0%B0%EB%8B%AC",
    "/compare": "?left={platform_id}&right={other}",
    "/merging/confirm": "?left={platform_id}&right={other}&kind=same",
    "/sources/plan": "?which=example-home",
    "/register/done": "?id={identifier}",
}


@pytest.fixture(scope="session")
def site(bundled_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests that only look at it, or add to it without being in each other's way."""
    home = tmp_path_factory.mktemp("site")
    shutil.copy(bundled_template, home / "registry.sqlite")
    installation = open_installation(
        Settings(
            home=home,
            contact="registry@example.kr",
            # Every test asks from one address; tests/api/test_limiting.py looks at the limits themselves.
            sign_ins_per_minute=0,
            writes_per_minute=0,
            program_requests_per_minute=0,
        )
    )
    sheet = home / "sheet.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    import_file(
        installation.database,
        sheet,
        source_name="test-sheet",
        dry_run=False,
        actor=Actor(ActorKind.person, "tester"),
        settings=installation.settings,
    )
    with writing_session(installation.database) as session:
        first = accounts.first_administrator(session)
        assert first
        account = session.exec(select(accounts.Account)).one()
        outside = {
            "title": "수원시 누리집",
            "harvester": "website",
            "url": "https://www.example.kr/",
            "owner": "4111000000",
        }
        save_source(session, source_from("example-home", outside))
        accounts.change_password(session, account.id or 0, first, PASSWORD)
    installation.indexer().bring_up_to_date()
    made = Site(create_app(installation=installation), installation)
    client = made.client()
    follow(installation.database)
    asked = {"owner": "수원시", "purpose": "음식점에 배달을 주문하는 공공 앱", "functions": "food_delivery"}
    check = client.post("/precheck", data=asked)
    answer = client.post("/missing", data={"place": "수원시", "need": "공유 주차"})
    with session_of(installation.database) as session:
        delivery = session.exec(select(Platform).where(Platform.name == "배달특급")).one()
        run = session.exec(select(HarvestRun).order_by(col(HarvestRun.id).desc())).first()
        issue = session.exec(select(Issue).where(Issue.code != "not_here").order_by(col(Issue.id))).first()
        assert run is not None and issue is not None
        member = session.exec(select(OverlapMember).where(OverlapMember.platform_id == delivery.id)).first()
        assert member is not None
        other = session.exec(
            select(OverlapMember.platform_id).where(
                OverlapMember.group_id == member.group_id, OverlapMember.platform_id != delivery.id
            )
        ).first()
        assert other is not None
        sheet_ids = list(session.exec(select(Platform.id).where(col(Platform.url).contains("example.kr"))))
        made.ids = {
            "identifier": delivery.id,
            "platform_id": delivery.id,
            "platform": delivery.id,
            "other": other,
            "group_id": member.group_id,
            "precheck": check.headers["location"].rsplit("/", 1)[1],
            "code": "4111000000",
            "zone_id": next(iter(sorted(one for one in made.app.state.parts.places.zones))),
            "run": str(run.id),
            "issue": str(issue.id),
            "report": answer.headers["location"].rsplit("/", 1)[1],
            "source_id": run.source_id,
        }
    with writing_session(installation.database) as session:
        tester = Actor(ActorKind.person, "tester")
        decision = declare_different(session, sheet_ids[0], sheet_ids[1], tester, "서로 다른 일을 함")
        made.ids["decision_id"] = str(decision.id)
    yield made
    installation.close()

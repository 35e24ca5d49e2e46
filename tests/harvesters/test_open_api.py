"""Korean open APIs: every envelope, what a result code decides, paging that trusts only what it was given, keys."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from harvesters.envelopes import Envelope, open_envelope, raise_for_result
from harvesters.open_api import OpenApiHarvester
from harvesters.result_codes import seconds_until_tomorrow
from registry.errors import SourceBusy, SourceChanged, SourceRefused, SourceUnreachable
from tests.harvesters.harvesting import harvest

SHARED = Path(__file__).parents[3] / "shared" / "data" / "envelopes"
ROWS = [
    {"플랫폼명": f"플랫폼 {n}", "운영기관": "경상북도", "주소": f"https://p{n}.gb.go.kr/", "번호": str(n)}
    for n in range(1, 24)
]
GATEWAY = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{word}</returnAuthMsg>"
    "<returnReasonCode>{code}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
)


def opened(body: str | bytes, kind: str = "application/json") -> Envelope:
    return open_envelope(body.encode() if isinstance(body, str) else body, kind, "http://api/")


def standard(items: Any, total: int = 1, code: str = "00") -> str:
    return json.dumps(
        {
            "response": {
                "header": {"resultCode": code, "resultMsg": "M"},
                "body": {"items": items, "totalCount": total, "pageNo": 1},
            }
        }
    )


@pytest.mark.parametrize(
    ("body", "rows", "total"),
    [
        (standard({"item": [{"a": 1}, {"a": 2}]}, 2), 2, 2),
        (standard({"item": {"a": 1}}), 1, 1),
        (standard([{"a": 1}]), 1, 1),
        (standard("", 0), 0, 0),
        (standard(None, 0), 0, 0),
        (standard({"item": ""}, 0), 0, 0),
        ('{"header":{"resultCode":"0"},"body":{"items":{"item":{"a":1}},"totalCount":"1,200"}}', 1, 1200),
        ('{"page":1,"perPage":10,"totalCount":50,"matchCount":3,"currentCount":1,"data":[{"이름":"가"}]}', 1, 3),
        ('{"Svc":{"list_total_count":2,"RESULT":{"CODE":"INFO-000","MESSAGE":"정상"},"row":[{"A":1},{"A":2}]}}', 2, 2),
        ('{"Svc":[{"head":[{"list_total_count":1},{"RESULT":{"CODE":"INFO-000"}}]},{"row":[{"A":1}]}]}', 1, 1),
        ('{"RESULT":{"CODE":"INFO-200","MESSAGE":"해당하는 데이터가 없습니다."}}', 0, 0),
        ('{"total":2,"list":[{"a":1},{"a":2}]}', 2, 2),
        ('[{"a":1}]', 1, None),
        ("\ufeff" + standard({"item": {"a": 1}}), 1, 1),
        ("<response><header><resultCode>00</resultCode></header><body><items><item><n>가</n></item><item><n>나</n></item></items><totalCount>2</totalCount></body></response>", 2, 2),
        ("<?xml version='1.0' encoding='UTF-8'?><response><header><resultCode>00</resultCode></header><body><items/><totalCount>0</totalCount></body></response>", 0, 0),
        ("<Svc><list_total_count>1</list_total_count><RESULT><CODE>INFO-000</CODE></RESULT><row><A>1</A></row></Svc>", 1, 1),
        ("<Svc><head><list_total_count>1</list_total_count><RESULT><CODE>INFO-000</CODE></RESULT></head><row><A>1</A></row></Svc>", 1, 1),
        ('<results><currentCount>1</currentCount><data><item><col name="이름">가</col><col name="주소">b</col></item></data><matchCount>1</matchCount></results>', 1, 1),
    ],
)  # fmt: skip
def test_every_envelope_is_opened(body: str, rows: int, total: int | None) -> None:
    envelope = opened(body)
    assert (len(envelope.rows), envelope.total) == (rows, total)
    assert envelope.fine
    raise_for_result(envelope, "http://api/")


def test_values_come_as_they_are() -> None:
    assert opened(
        '<results><data><item><col name="이름">가</col><col name="주소">b</col></item></data></results>'
    ).rows == ({"이름": "가", "주소": "b"},)


def test_cp949_xml_is_read() -> None:
    body = "<?xml version='1.0' encoding='EUC-KR'?><Svc><list_total_count>1</list_total_count><RESULT><CODE>INFO-000</CODE></RESULT><row><N>똠방</N></row></Svc>"
    assert opened(body.encode("cp949"), "text/xml").rows == ({"N": "똠방"},)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (GATEWAY.format(code=22, word="LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"), SourceBusy),
        (GATEWAY.format(code=30, word="SERVICE_KEY_IS_NOT_REGISTERED_ERROR"), SourceRefused),
        (GATEWAY.format(code=31, word="DEADLINE_HAS_EXPIRED_ERROR"), SourceRefused),
        (GATEWAY.format(code=32, word="UNREGISTERED_IP_ERROR"), SourceRefused),
        (GATEWAY.format(code=20, word="SERVICE_ACCESS_DENIED_ERROR"), SourceRefused),
        (GATEWAY.format(code=12, word="NO_OPENAPI_SERVICE_ERROR"), SourceChanged),
        (GATEWAY.format(code="04", word="HTTP_ERROR"), SourceUnreachable),
        (GATEWAY.format(code=99, word="UNKNOWN_ERROR"), SourceUnreachable),
        (GATEWAY.format(code="", word=""), SourceUnreachable),
        ('{"OpenAPI_ServiceResponse":{"cmmMsgHeader":{"returnAuthMsg":"X","returnReasonCode":"30"}}}', SourceRefused),
        ("Unexpected errors", SourceUnreachable),
        ("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", SourceRefused),
        (standard("", 0, "22"), SourceBusy),
        (standard("", 0, "99"), SourceUnreachable),
        ('{"code":-401,"msg":"유효하지 않은 인증키 입니다."}', SourceRefused),
        ('{"RESULT":{"CODE":"INFO-100","MESSAGE":"인증키가 유효하지 않습니다."}}', SourceRefused),
        ('{"RESULT":{"CODE":"ERROR-336","MESSAGE":"1000건"}}', SourceChanged),
        ('{"RESULT":{"CODE":"ERROR-337","MESSAGE":"일일 호출 초과"}}', SourceBusy),
        ('{"RESULT":{"CODE":"ERROR-500","MESSAGE":"서버 오류"}}', SourceUnreachable),
    ],
)  # fmt: skip
def test_the_result_code_decides(body: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        raise_for_result(opened(body), "http://api/")


@pytest.mark.parametrize(
    "body",
    ["<!DOCTYPE html><html><body>점검 중</body></html>", "{", "", "<a><b></a>", '"text"', "{}", '{"a": {"b": 1}}', "<rss><channel/></rss>"],
)  # fmt: skip
def test_what_is_no_envelope_is_a_changed_source(body: str) -> None:
    with pytest.raises(SourceChanged):
        opened(body)


def test_no_entity_is_resolved() -> None:
    body = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Svc><list_total_count>1</list_total_count><RESULT><CODE>INFO-000</CODE></RESULT><row><A>&x;</A></row></Svc>'
    try:
        rows = opened(body).rows
    except SourceChanged:
        return
    assert "root:" not in str(rows)


def test_the_quota_is_new_after_midnight_in_korea() -> None:
    evening = datetime.fromisoformat("2026-11-23T23:00:00+09:00")
    assert seconds_until_tomorrow(evening) == 70 * 60


class Portal:
    """A small open API: odcloud's shape, with the faults a test asks for."""

    def __init__(self, rows: list[dict[str, str]] = ROWS, cap: int = 1000, count: int | None = None) -> None:
        self.rows, self.cap, self.count = rows, cap, count
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: Request) -> Response:
        asked = request.args.to_dict()
        self.asked.append(asked)
        size = min(int(asked["perPage"]), self.cap)
        page = int(asked["page"])
        rows = self.rows[(page - 1) * size : page * size]
        total = len(self.rows) if self.count is None else self.count
        body = {
            "page": page,
            "perPage": size,
            "currentCount": len(rows),
            "matchCount": total,
            "totalCount": total,
            "data": rows,
        }
        return Response(json.dumps(body, ensure_ascii=False), content_type="application/json")


ODCLOUD = {"page_param": "page", "size_param": "perPage", "size": 10, "id_fields": ["번호"]}


def test_pages_until_the_stated_count(httpserver: HTTPServer) -> None:
    portal = Portal()
    httpserver.expect_request("/list").respond_with_handler(portal)
    records, listing = harvest(
        OpenApiHarvester, httpserver.url_for("/list"), options={**ODCLOUD, "params": {"cond[상태::EQ]": "운영"}}
    )
    assert [record.remote_id for record in records] == [str(n) for n in range(1, 24)]
    assert [asked["page"] for asked in portal.asked] == ["1", "2", "3"]
    assert portal.asked[0]["cond[상태::EQ]"] == "운영"
    assert listing.doubts() == []
    assert records[0].fields["플랫폼명"] == "플랫폼 1"


def test_a_source_that_caps_its_pages_is_read_whole(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/list").respond_with_handler(Portal(cap=5))
    records, listing = harvest(OpenApiHarvester, httpserver.url_for("/list"), options=ODCLOUD)
    assert len(records) == 23
    assert listing.doubts() == []


def test_a_count_that_the_pages_do_not_reach_is_doubtful(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/list").respond_with_handler(Portal(count=30))
    records, listing = harvest(OpenApiHarvester, httpserver.url_for("/list"), options=ODCLOUD)
    assert len(records) == 23
    assert [code for code, _, _ in listing.doubts()] == ["count_differs"]


def test_paging_that_is_ignored_is_noticed(httpserver: HTTPServer) -> None:
    body = json.dumps({"totalCount": 23, "currentCount": 10, "data": ROWS[:10]})
    httpserver.expect_request("/list").respond_with_data(body, content_type="application/json")
    records, listing = harvest(OpenApiHarvester, httpserver.url_for("/list"), options=ODCLOUD)
    assert len(records) == 10
    assert "page_repeated" in [code for code, _, _ in listing.doubts()]


def test_an_empty_list_is_said_to_be_empty(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/list").respond_with_handler(Portal(rows=[]))
    records, listing = harvest(OpenApiHarvester, httpserver.url_for("/list"), options=ODCLOUD)
    assert (records, listing.distinct, listing.stated, listing.doubts()) == ([], 0, 0, [])


def test_without_a_count_the_last_page_is_the_short_one(httpserver: HTTPServer) -> None:
    pages = {"1": ROWS[:5], "2": ROWS[5:10], "3": ROWS[10:12]}

    def answer(request: Request) -> Response:
        return Response(json.dumps(pages[request.args["pageNo"]]), content_type="application/json")

    httpserver.expect_request("/list").respond_with_handler(answer)
    records, listing = harvest(
        OpenApiHarvester, httpserver.url_for("/list"), options={"size": 100, "id_fields": ["번호"]}
    )
    assert len(records) == 12
    assert listing.doubts() == []


def test_a_later_page_that_fails_keeps_what_was_read(httpserver: HTTPServer) -> None:
    portal = Portal()

    def answer(request: Request) -> Response:
        if request.args["page"] == "2":
            return Response(GATEWAY.format(code=22, word="LIMITED"), content_type="text/xml")
        return portal(request)

    httpserver.expect_request("/list").respond_with_handler(answer)
    from harvesters.base import HarvestTask, Listing, SourceFacts
    from harvesters.http import PoliteClient
    from tests.harvesters.harvesting import QUICK

    facts = SourceFacts("t", "t", httpserver.url_for("/list"), "", OpenApiHarvester.read_options(ODCLOUD), {}, "test")
    listing = Listing()
    with PoliteClient(QUICK, public_api="test") as client:
        stream = OpenApiHarvester().harvest(HarvestTask(facts, client, "", listing))
        read = [next(stream) for _ in range(10)]
        with pytest.raises(SourceBusy) as busy:
            next(stream)
    assert len(read) == 10
    assert 0 < busy.value.retry_after <= 24 * 3600 + 600
    assert not listing.ended


def test_the_gateway_s_error_with_403_and_the_plain_one_with_500(httpserver: HTTPServer) -> None:
    body = '{"OpenAPI_ServiceResponse":{"cmmMsgHeader":{"returnAuthMsg":"SERVICE_KEY_IS_NOT_REGISTERED_ERROR","returnReasonCode":"30"}}}'
    httpserver.expect_request("/key").respond_with_data(body, 403, content_type="application/json")
    with pytest.raises(SourceRefused, match="SERVICE_KEY"):
        harvest(OpenApiHarvester, httpserver.url_for("/key"))
    httpserver.expect_request("/ill").respond_with_data("Unexpected errors", 500, content_type="text/plain")
    with pytest.raises(SourceUnreachable, match="Unexpected"):
        harvest(OpenApiHarvester, httpserver.url_for("/ill"))
    # The service itself was ill: it was tried once more, not hammered.
    assert [request.path for request, _ in httpserver.log].count("/ill") == 2
    httpserver.expect_request("/login").respond_with_data("<html>로그인</html>", 401, content_type="text/html")
    with pytest.raises(SourceRefused):
        harvest(OpenApiHarvester, httpserver.url_for("/login"))


def test_a_key_goes_out_once_encoded_and_never_comes_back(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "a+b/c=="
    monkeypatch.setenv("TEST_OPEN_KEY", "a%2Bb%2Fc%3D%3D")
    portal = Portal(rows=ROWS[:3])
    httpserver.expect_request("/list").respond_with_handler(portal)
    records, _ = harvest(OpenApiHarvester, httpserver.url_for("/list"), options={**ODCLOUD, "key_env": "TEST_OPEN_KEY"})
    assert portal.asked[0]["serviceKey"] == key
    assert "serviceKey=%2A%2A%2A" in records[0].url or "***" in records[0].url
    httpserver.expect_request("/ill").respond_with_data(
        GATEWAY.format(code=30, word="NOT_REGISTERED"), content_type="text/xml"
    )
    with pytest.raises(SourceRefused) as refused:
        harvest(OpenApiHarvester, httpserver.url_for("/ill"), options={"key_env": "TEST_OPEN_KEY"})
    facts = json.dumps(refused.value.facts()) + str(refused.value)
    assert "a%2Bb" not in facts
    assert key not in facts


def test_a_missing_key_asks_a_person(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_OPEN_KEY", raising=False)
    with pytest.raises(SourceRefused, match="TEST_OPEN_KEY"):
        harvest(OpenApiHarvester, httpserver.url_for("/list"), options={"key_env": "TEST_OPEN_KEY"})
    assert httpserver.log == []


def test_keys_and_ranges_in_the_path(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_OPEN_KEY", "seoul/key")
    seen: list[str] = []

    def answer(request: Request) -> Response:
        seen.append(request.environ["REQUEST_URI"])
        start, end = map(int, request.path.strip("/").split("/")[-2:])
        body = {
            "Svc": {
                "list_total_count": 23,
                "RESULT": {"CODE": "INFO-000", "MESSAGE": "정상"},
                "row": ROWS[start - 1 : end],
            }
        }
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request(__import__("re").compile("/.*/json/Svc/.*")).respond_with_handler(answer)
    records, listing = harvest(
        OpenApiHarvester,
        httpserver.url_for("/") + "{key}/json/Svc/{start}/{end}/",
        options={"key_env": "TEST_OPEN_KEY", "size": 10, "id_fields": ["번호"]},
    )
    assert len(records) == 23
    assert seen[0] == "/seoul%2Fkey/json/Svc/1/10/"
    assert "?" not in seen[1]
    assert listing.doubts() == []


def test_only_rows_that_are_platforms(httpserver: HTTPServer) -> None:
    rows = [
        {"번호": "1", "주소": "https://a.kr", "유형": "시군구"},
        {"번호": "2", "주소": " ", "유형": "시군구"},
        {"번호": "3", "주소": "https://c.kr", "유형": "공공기관"},
    ]
    httpserver.expect_request("/list").respond_with_handler(Portal(rows=rows))
    records, listing = harvest(
        OpenApiHarvester,
        httpserver.url_for("/list"),
        options={**ODCLOUD, "needs": ["주소"], "only": {"유형": ["시군구"]}},
    )
    assert [record.remote_id for record in records] == ["1"]
    assert listing.doubts() == []


def test_a_row_without_its_identifier_is_told_and_the_others_go_on(httpserver: HTTPServer) -> None:
    rows = [{"번호": "1", "이름": "가"}, {"번호": "", "이름": "나"}]
    httpserver.expect_request("/list").respond_with_handler(Portal(rows=rows))
    records, listing = harvest(OpenApiHarvester, httpserver.url_for("/list"), options=ODCLOUD)
    assert records[0].remote_id == "1"
    assert records[1].remote_id.startswith("row:")
    assert [problem.code for problem in listing.problems] == ["id_missing"]


def test_changes_since(httpserver: HTTPServer) -> None:
    rows = [{"번호": "1", "수정일시": "20261101"}, {"번호": "2", "수정일시": "20261103"}]
    portal = Portal(rows=rows)
    httpserver.expect_request("/list").respond_with_handler(portal)
    _, listing = harvest(
        OpenApiHarvester,
        httpserver.url_for("/list"),
        since="20261031",
        options={**ODCLOUD, "since_param": "cond[수정일시::GTE]", "modified_field": "수정일시"},
    )
    assert portal.asked[0]["cond[수정일시::GTE]"] == "20261031"
    assert (listing.scope, listing.mark) == ("since", "20261103")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded envelopes are not beside the repository (../shared/data)")
def test_the_recorded_envelopes_from_loopback(httpserver: HTTPServer) -> None:
    import csv

    outcomes: dict[str, str] = {}
    with (SHARED / "INDEX.csv").open(encoding="utf-8") as index:
        for row in csv.DictReader(index):
            body = (SHARED / row["file"]).read_bytes()
            httpserver.expect_request(f"/{row['file']}").respond_with_data(
                body, int(row["http_status"]), content_type=row["content_type"]
            )
            try:
                records, _ = harvest(
                    OpenApiHarvester,
                    httpserver.url_for(f"/{row['file']}"),
                    options={"page_param": "", "size_param": ""},
                )
                outcomes[row["file"]] = f"{len(records)} rows"
            except (SourceBusy, SourceRefused, SourceChanged, SourceUnreachable) as error:
                outcomes[row["file"]] = error.code
    assert outcomes == {
        "datagokr_gateway_error_12.xml": "source_changed",
        "datagokr_gateway_error_22.xml": "source_busy",
        "datagokr_gateway_error_30.xml": "source_refused",
        "datagokr_gateway_error_30.json": "source_refused",
        "datagokr_plain_unexpected_errors.txt": "source_unreachable",
        "datagokr_std_many.json": "6 rows",
        "datagokr_std_one.json": "1 rows",
        "datagokr_std_many.xml": "6 rows",
        "odcloud_page1.json": "10 rows",
        "odcloud_page2.json": "10 rows",
        "seoul_ok.json": "5 rows",
        "seoul_nodata.json": "0 rows",
        "seoul_error_336.json": "source_changed",
        "seoul_error.xml": "source_changed",
        "gg_ok.json": "5 rows",
    }


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded envelopes are not beside the repository (../shared/data)")
def test_two_recorded_pages_of_odcloud_are_short_of_their_count(httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        number = request.args["page"]
        file = SHARED / f"odcloud_page{number}.json"
        body = (
            file.read_bytes()
            if file.is_file()
            else b'{"currentCount":0,"data":[],"matchCount":22,"totalCount":22,"page":3,"perPage":10}'
        )
        return Response(body, content_type="application/json")

    httpserver.expect_request("/list").respond_with_handler(answer)
    records, listing = harvest(
        OpenApiHarvester, httpserver.url_for("/list"), options={**ODCLOUD, "id_fields": ["플랫폼명"]}
    )
    assert len(records) == 20
    assert [code for code, _, _ in listing.doubts()] == ["count_differs"]

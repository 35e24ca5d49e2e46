"""Every figure on a platform's page says who stated it and where that has it from; addresses there are links."""

import re

import pytest
from sqlmodel import col, select

from api.rendering import cited
from registry.database import session_of, writing_session
from registry.models import Platform, UsageFigure
from registry.vocab import Liveness
from tests.site import Site


@pytest.mark.parametrize(
    ("note", "pieces"),
    [
        ("", []),
        ("KRILA 2022-01, 제4장", [("KRILA 2022-01, 제4장", "")]),
        (
            "KRILA 2022-01; https://a.kr/x?y=1; http://b.kr (위키)",
            [
                ("KRILA 2022-01; ", ""),
                *[("a.kr/x?y=1", "https://a.kr/x?y=1"), ("; ", ""), ("b.kr", "http://b.kr"), (" (위키)", "")],
            ],
        ),
        ("(https://a.kr/).", [("(", ""), ("a.kr", "https://a.kr/"), (").", "")]),
        ("javascript:alert(1) <b>", [("javascript:alert(1) <b>", "")]),
    ],
)
def test_a_note_in_pieces(note: str, pieces: list[tuple[str, str]]) -> None:
    assert cited(note) == pieces


def test_an_address_that_somebody_else_holds_is_no_link() -> None:
    note = "https://www.gone.kr/old; https://paper.kr/1"
    links = [target for _, target in cited(note, "http://gone.kr/") if target]
    assert links == ["https://paper.kr/1"]


@pytest.mark.parametrize("language", ["", "/en"])
def test_each_figure_leads_to_its_origin_which_is_said_once(site: Site, language: str) -> None:
    page = site.client().get(f"{language}/platforms/{site.ids['platform']}").text
    with session_of(site.installation.database) as session:
        rows = session.exec(
            select(UsageFigure).where(
                UsageFigure.platform_id == site.ids["platform"], col(UsageFigure.ended_at).is_(None)
            )
        ).all()
        assert rows and all(one.note for one in rows)
    table, _, after = page.partition('id="figures"')[2].partition("</table>")
    notes = re.findall(r'<li id="source-(\d+)">(.*?)</li>', after.partition("</ol>")[0], re.S)
    assert len(notes) == len({(one.source_id, one.note) for one in rows})
    lines = re.findall(r'<tr><th scope="row">.*?</tr>', table, re.S)
    assert len(lines) == len(rows)
    for line in lines:
        pointed = re.search(r'href="#source-(\d+)"', line)
        assert pointed is not None and pointed[1] in dict(notes)
    for row in rows:
        for _, target in cited(row.note):
            link = f'<a href="{target.replace("&", "&amp;")}" rel="external noopener nofollow">'
            assert not target or any(link in text for _, text in notes)


def test_a_figure_in_words_is_shown_and_given(site: Site) -> None:
    with session_of(site.installation.database) as session:
        query = select(UsageFigure).where(UsageFigure.key == "api", col(UsageFigure.value).is_(None))
        row = session.exec(query).first()
        assert row is not None
        identifier, words = row.platform_id, row.quote
    given = site.client().get(f"/api/v1/platforms/{identifier}")
    assert given.status_code == 200, given.text
    figure = next(one for one in given.json()["figures"] if one["key"] == "api")
    assert (figure["value"], figure["quote"]) == (None, words)
    assert f'<td class="num" data-column="Value">{words}</td>' in site.client().get(f"/en/platforms/{identifier}").text


def test_the_page_of_a_taken_over_platform_links_nothing_there(site: Site) -> None:
    with writing_session(site.installation.database) as session:
        query = select(Platform).where(Platform.liveness == Liveness.taken_over, col(Platform.url) != "")
        one = session.exec(query).first()
        assert one is not None
        identifier, host = one.id, one.url.split("/")[2]
        figure = UsageFigure(
            platform_id=one.id, key="members", value=1.0, rank="bundled", source_id="bundle", actor="t"
        )
        figure.note = figure_note = f"{one.url}; https://paper.example.kr/1"
        session.add(figure)
    pages = [site.client().get(f"/platforms/{identifier}{path}").text for path in ("", "/history")]
    with writing_session(site.installation.database) as session:
        session.delete(session.exec(select(UsageFigure).where(UsageFigure.note == figure_note)).one())
    for page in pages:
        assert not re.search(rf'href="https?://(www\.)?{re.escape(host)}', page)
    assert 'href="https://paper.example.kr/1"' in pages[0]

"""Costs told by who pays and what for add up; a total that was stated as such is not overwritten by its parts."""

import pytest
from sqlmodel import Session, select

from registry.database import writing_session
from registry.models import Platform, UsageFigure
from search.overlap.figures import Figures, figures_of_all


@pytest.fixture
def told(changing):
    """Tell costs of one platform that nobody told any of; (key, value, date, payer, purpose) each."""

    def tell(*rows: tuple[str, float, str, str, str]) -> Figures:
        with writing_session(changing) as session:
            with_figures = select(UsageFigure.platform_id)
            query = select(Platform).where(Platform.id.not_in(with_figures)).order_by(Platform.id)
            one = session.exec(query).first()
            source = session.exec(select(UsageFigure)).first().source_id
            for key, value, as_of, payer, purpose in rows:
                session.add(
                    UsageFigure(
                        platform_id=one.id,
                        key=key,
                        value=value,
                        as_of=as_of,
                        payer=payer,
                        purpose=purpose,
                        source_id=source,
                        rank="owner",
                        actor="person:test",
                    )
                )
            id_ = one.id
        with Session(changing) as session:
            return figures_of_all(session, [id_])[id_]

    return tell


def test_parts_add_up_to_the_yearly_cost(told):
    found = told(
        ("upkeep_cost_krw", 30.0, "2025", "local", "staff"),
        ("upkeep_cost_krw", 20.0, "2025", "local", "servers"),
        ("upkeep_cost_krw", 50.0, "2025", "province", ""),
    )
    assert found.yearly_cost.value == 100.0
    assert found.by_payer == {"local": 50.0, "province": 50.0}


def test_a_stated_total_stands_beside_its_parts(told):
    found = told(
        ("upkeep_cost_krw", 120.0, "2025", "", ""),
        ("upkeep_cost_krw", 70.0, "2025", "local", ""),
    )
    assert found.yearly_cost.value == 120.0 and found.by_payer == {"local": 70.0}


def test_parts_of_a_newer_year_replace_an_older_total_and_older_parts(told):
    found = told(
        ("upkeep_cost_krw", 120.0, "2023", "", ""),
        ("upkeep_cost_krw", 60.0, "2023", "national", ""),
        ("upkeep_cost_krw", 80.0, "2025", "local", ""),
    )
    assert (found.yearly_cost.value, found.yearly_cost.as_of) == (80.0, "2025")
    assert found.by_payer == {"local": 80.0}

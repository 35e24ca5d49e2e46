"""Survey files in the questionnaire's layout give the report's tables again, beside the published figures."""

import csv
import io

import pytest
from sqlalchemy import Engine

from registry.database import session_of
from registry.errors import InvalidValue
from registry.survey_tables import read_survey, survey_tables


def test_answers_that_match_the_report_give_the_reports_counts(bundled_database: Engine) -> None:
    """A made file with the published number of each answer of T 3-53 and T 3-4 comes out as published."""
    with session_of(bundled_database) as session:
        printed = {table.number: table for table in survey_tables(session)}
        users = [line.option for line in printed["3-53"].lines for _ in range(int(line.published or 0)) if line.option]
        bands = [2] * 53 + [5] * 36 + [20] * 4 + [40] * 3
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["gov_code", "A1-3", "S8-2"])
        for number, option in enumerate(users):
            total = bands[number] if number < len(bands) else ""
            writer.writerow([f"{number:010d}", "" if option == "0" else option, total])
        again = {table.number: table for table in survey_tables(session, read_survey(text.getvalue()))}
    for line in again["3-53"].lines:
        if line.label != "합계":
            assert line.count == line.published, line
            assert line.percent == line.published_percent
    assert [line.count for line in again["3-4"].lines[:4]] == [53, 36, 4, 3]
    assert all(line.count is None for line in again["3-54"].lines), "an item that was not asked is not zero"


def test_every_table_of_the_report_is_there_and_stands_as_printed(bundled_database: Engine) -> None:
    with session_of(bundled_database) as session:
        tables = survey_tables(session)
    assert [table.number for table in tables] == [f"3-{number}" for number in range(4, 62)]
    assert next(line.published for line in tables[0].lines) == 53


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("A1\n1\n", "gov_code"),
        ("gov_code,Z9\n1,1\n", "columns"),
        ("gov_code,A1-3\n1,9\n", "A1-3 (line 2)"),
        ("gov_code,S8-2\n1,many\n", "S8-2 (line 2)"),
        ("gov_code,A1-3\n1,1\n1,2\n", "gov_code (line 3)"),
    ],
)
def test_a_bad_file_is_refused_whole_and_names_the_place(text: str, field: str) -> None:
    with pytest.raises(InvalidValue) as error:
        read_survey(text)
    assert error.value.field == field and error.value.remedy("ko")

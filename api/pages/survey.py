"""The tables of the survey of 2022 as published, and made again from an uploaded file."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from api.deps import SessionDep, find_viewer, same_origin
from api.language import language_of
from api.posted import PostedFile
from api.rendering import render
from api.tables import csv_answer
from registry.errors import InvalidValue
from registry.survey_tables import SurveyTable, read_survey, survey_tables

router = APIRouter(dependencies=[Depends(find_viewer)])

MOST_UPLOAD = 2_000_000


@router.get("/survey")
def survey_page(request: Request, session: SessionDep) -> Response:
    """The report's tables as published, and a place to give a survey file for the same tables made again."""
    return _survey(request, survey_tables(session), 0, "")


@router.get("/survey.csv")
def survey_csv(session: SessionDep) -> Response:
    """The published tables."""
    return _survey_csv(survey_tables(session))


@router.post("/survey", dependencies=[Depends(same_origin)])
def survey_upload(request: Request, session: SessionDep, form: PostedFile) -> Response:
    """The same tables made from an uploaded survey file, beside the published ones. Nothing is stored."""
    language = language_of(request)
    upload = form.get("file")
    problem, survey = "", None
    try:
        raw = upload.file.read(MOST_UPLOAD + 1) if isinstance(upload, UploadFile) else b""
        if len(raw) > MOST_UPLOAD:
            raise InvalidValue(
                "file",
                upload.filename if isinstance(upload, UploadFile) else "",
                "파일이 너무 큽니다.",
                "The file is too large.",
                "2 MB 이하의 CSV를 올리세요.",
                "Upload a CSV of at most 2 MB.",
            )
        survey = read_survey(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        problem = language("UTF-8 CSV가 아닙니다. UTF-8로 저장해 다시 올리세요.", "Not UTF-8: save the CSV in UTF-8.")
    except InvalidValue as error:
        where = f"{error.field}: " if error.field else ""
        problem = f"{where}{error.cause(language.code)} {error.remedy(language.code)}"
    tables = survey_tables(session, survey)
    if form.get("as") == "csv" and survey is not None:
        return _survey_csv(tables)
    return _survey(request, tables, survey.total if survey else 0, problem)


def _survey(request: Request, tables: list[SurveyTable], total: int, problem: str) -> Response:
    return render(
        request,
        "overlap/survey.html",
        title=language_of(request)("조사 표", "Survey tables"),
        status=422 if problem else 200,
        tables=tables,
        total=total,
        problem=problem,
    )


def _survey_csv(tables: list[SurveyTable]) -> Response:
    lines = [
        [
            table.number,
            table.title,
            line.group,
            line.option,
            line.label,
            line.published,
            line.published_percent,
            line.count,
            line.percent,
        ]
        for table in tables
        for line in table.lines
    ]
    header = ["table", "title", "group", "option", "label", "published_2022", "published_percent", "count", "percent"]
    return csv_answer("survey-tables.csv", header, lines)

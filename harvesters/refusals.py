"""What a run says of records that it cannot register: a line of its ledger, an issue, and the record's own state."""

from dataclasses import dataclass

from sqlmodel import Session

from harvesters.ledger import Line
from registry.errors import MetaplatformError, RecordRejected
from registry.issues import raise_error, raise_issue
from registry.models import Record
from registry.records import HarvestedRecord
from registry.vocab import RecordState, Severity


@dataclass(frozen=True)
class Refusals:
    """Refusals of one run of one source; `run_id` is None in a dry run."""

    source_id: str
    run_id: int | None

    def unfetchable(self, session: Session, row: Record, record: HarvestedRecord) -> Line:
        """The source lists it and does not give it: it keeps its platform and is never counted as missing."""
        row.state, row.problem = RecordState.unfetchable, record.problem[:2000]
        session.add(row)
        self._raise(
            session,
            "listed_unfetchable",
            "원천의 목록에는 있으나 내용을 읽지 못했습니다. 등록된 내용은 그대로 둡니다.",
            "It is listed by the source but could not be read; what is registered stays.",
            record,
        )
        return Line("unfetchable", row.remote_id, name_in(record), row.platform_id or "", {"problem": record.problem})

    def reject(self, session: Session, row: Record | None, record: HarvestedRecord, problem: MetaplatformError) -> Line:
        """It was read and cannot be taken; the others of its batch are."""
        if row is not None:
            row.state, row.problem = RecordState.rejected, str(problem)[:2000]
            session.add(row)
        raise_error(
            session,
            problem,
            Severity.error,
            source_id=self.source_id,
            run_id=self.run_id,
            remote_id=record.remote_id,
            concerns="source",
            url=record.url,
        )
        detail = {**problem.facts(), **{key: record.fields[key] for key in ("row",) if key in record.fields}}
        return Line("rejected", record.remote_id, name_in(record), (row.platform_id or "") if row else "", detail)

    def repeated(self, session: Session, record: HarvestedRecord) -> Line:
        """Its id came before in the same listing."""
        self._raise(
            session,
            "duplicate_id",
            "한 목록에 같은 번호가 두 번 나왔습니다. 앞의 것을 썼습니다.",
            "The same identifier came twice in one listing; the first was taken.",
            record,
        )
        return Line("duplicate", record.remote_id, name_in(record))

    def _raise(self, session: Session, code: str, cause_ko: str, cause_en: str, record: HarvestedRecord) -> None:
        raise_issue(
            session,
            code,
            Severity.warning,
            cause_ko,
            f"{cause_en} {record.problem}".strip(),
            "원천의 운영자가 확인할 일입니다.",
            "This is for the operator of the source to look at.",
            url=record.url,
            value=name_in(record),
            concerns="source",
            source_id=self.source_id,
            run_id=self.run_id,
            remote_id=record.remote_id,
        )


def name_in(record: HarvestedRecord) -> str:
    """What a person knows the record by."""
    return str(record.fields.get("name") or record.remote_id)[:200]


def without_id(record: HarvestedRecord) -> RecordRejected:
    """Why a record that has no id, and whose address leads to no record known, is not taken (H17)."""
    return RecordRejected(
        "remote_id",
        record.fields.get("name", ""),
        "원천의 번호가 없고, 주소로도 이미 아는 기록을 찾지 못했습니다.",
        "It has no identifier, and its address matches no record that is known.",
        "원천에서 이 항목의 번호를 채우세요.",
        "Give this entry an identifier at the source.",
    )

"""What a database says when it cannot serve, as an error of ours: cause and remedy instead of a driver's words."""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from registry.errors import ComponentMissing, Conflict, InvalidValue, MetaplatformError, StorageFull

# SQLSTATE classes of PostgreSQL (appendix A of its manual): no connection, refused sign-in, out of resources,
# stopped by an operator, and two writers that got in each other's way.
UNREACHABLE, REFUSED, FULL = ("08", "57", "53"), ("28", "3D"), ("53100",)
IN_EACH_OTHERS_WAY = ("40001", "40P01", "55P03")


def explained(error: SQLAlchemyError) -> MetaplatformError | None:
    """The error of ours that says it; None where our own statement is at fault, which only a trace explains."""
    if not isinstance(error, DBAPIError):
        return None
    said = str(error.orig).strip().split("\n")[0]
    state = getattr(error.orig, "sqlstate", None) or ""
    if state:
        return _of_postgres(state, said)
    if type(error.orig).__module__.startswith("psycopg"):
        # Without a state there never was a connection; the server's words say whether it was found at all.
        return _refused(said) if "authentication failed" in said or "does not exist" in said else _unreachable(said)
    return _of_sqlite(said)


def wrong_address() -> InvalidValue:
    """For an address of a database that is not of a form we know; it may hold a password, so it is not repeated."""
    return InvalidValue(
        "METAPLATFORM_DATABASE_URL",
        "",
        "데이터베이스 주소의 꼴이 맞지 않습니다.",
        "This is not the form of a database address.",
        "postgresql://사용자:비밀번호@호스트:5432/이름 으로 쓰거나, 비워서 SQLite를 쓰세요.",
        "Write postgresql://user:password@host:5432/name, or leave it empty for SQLite.",
    )


def no_driver(module: str) -> ComponentMissing:
    """For a database whose driver is not installed."""
    return ComponentMissing(
        f"데이터베이스에 필요한 {module} 꾸러미가 없습니다.",
        f"The package {module}, which the database needs, is not installed.",
        "./metaplatform 으로 실행하거나 pip install 'metaplatform[postgres]' 하세요.",
        "Run it as ./metaplatform, or pip install 'metaplatform[postgres]'.",
    )


def _of_postgres(state: str, said: str) -> MetaplatformError | None:
    if state in FULL:
        return _full()
    if state in IN_EACH_OTHERS_WAY:
        return Conflict(
            "다른 작업이 같은 자료를 쓰고 있어 멈췄습니다.",
            "Another writer was at the same data.",
            "아무것도 쓰지 않았습니다. 다시 하세요.",
            "Nothing was written; do it again.",
        )
    if state[:2] in REFUSED:
        return _refused(said)
    return _unreachable(said) if state[:2] in UNREACHABLE else None


def _of_sqlite(said: str) -> MetaplatformError | None:
    if "disk is full" in said or "disk I/O error" in said:
        return _full()
    if "not a database" in said or "malformed" in said:
        return ComponentMissing(
            f"데이터베이스 파일이 깨졌거나 SQLite 파일이 아닙니다({said}).",
            f"The database file is damaged or no SQLite file ({said}).",
            "METAPLATFORM_HOME 의 registry.sqlite 를 백업에서 되살리거나, 치우고 새로 시작하세요.",
            "Restore registry.sqlite in METAPLATFORM_HOME from a backup, or move it away and start afresh.",
        )
    if "readonly" in said or "unable to open" in said:
        return ComponentMissing(
            f"데이터베이스 파일을 열거나 쓸 수 없습니다({said}).",
            f"The database file cannot be opened or written ({said}).",
            "METAPLATFORM_HOME 폴더와 그 안의 registry.sqlite 의 권한을 확인하세요.",
            "Check who may write METAPLATFORM_HOME and registry.sqlite in it.",
        )
    if "locked" in said:
        return ComponentMissing(
            "다른 프로그램이 데이터베이스를 오래 잡고 있습니다.",
            "Another program holds the database for long.",
            "그 일이 끝난 뒤 다시 하세요. 여럿이 함께 쓰려면 PostgreSQL을 쓰세요.",
            "Try again when it is done; use PostgreSQL where many write at once.",
        )
    return None


def _unreachable(said: str) -> ComponentMissing:
    return ComponentMissing(
        f"데이터베이스에 연결할 수 없습니다({said}).",
        f"The database cannot be reached ({said}).",
        "PostgreSQL이 켜져 있는지, METAPLATFORM_DATABASE_URL 의 호스트와 포트가 맞는지 확인하세요.",
        "Check that PostgreSQL runs, and host and port in METAPLATFORM_DATABASE_URL.",
    )


def _refused(said: str) -> ComponentMissing:
    return ComponentMissing(
        f"데이터베이스가 접속을 거절했습니다({said}).",
        f"The database refuses us ({said}).",
        "METAPLATFORM_DATABASE_URL 의 사용자, 비밀번호, 데이터베이스 이름을 확인하세요.",
        "Check user, password and database name in METAPLATFORM_DATABASE_URL.",
    )


def _full() -> StorageFull:
    return StorageFull(
        "데이터베이스가 있는 디스크가 가득 찼습니다.",
        "The disk that holds the database is full.",
        "공간을 확보한 뒤 다시 하세요. 반만 쓰인 것은 없습니다.",
        "Free some space and do it again; nothing was half-written.",
    )

"""Errors that are not ours (settings, files, the database) as errors of ours: one sentence with a remedy, no trace."""

import errno
import tomllib

from registry.errors import ComponentMissing, InvalidValue, MetaplatformError, StorageFull


def explained(error: Exception) -> MetaplatformError | None:
    """The error of ours that says it; None for what only a trace explains."""
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

    from registry import database_errors

    if isinstance(error, MetaplatformError):
        return error
    if isinstance(error, ValidationError):
        return _setting(error)
    if isinstance(error, tomllib.TOMLDecodeError):
        return InvalidValue(
            "metaplatform.toml",
            str(error),
            "설정 파일이 TOML 꼴이 아닙니다.",
            "The settings file is no TOML.",
            "METAPLATFORM_HOME 의 metaplatform.toml 을 고치거나 치우세요.",
            "Mend metaplatform.toml in METAPLATFORM_HOME, or move it away.",
        )
    if isinstance(error, SQLAlchemyError):
        return database_errors.explained(error)
    return _file(error) if isinstance(error, OSError) else None


def _setting(error: object) -> MetaplatformError | None:
    """A setting that pydantic refuses; None where something else than the settings was checked."""
    from pydantic import ValidationError

    assert isinstance(error, ValidationError)
    if error.title != "Settings":
        return None
    first = error.errors()[0]
    name = str(first["loc"][0])
    secret = any(word in name for word in ("key", "smtp", "database_url"))
    return InvalidValue(
        f"METAPLATFORM_{name.upper()}",
        "" if secret else first["input"],
        f"설정값을 받을 수 없습니다({first['msg']}).",
        f"This setting cannot be taken ({first['msg']}).",
        f"환경 변수나 METAPLATFORM_HOME 의 metaplatform.toml 에서 이 값을 고치세요: {name}",
        f"Mend {name} in the environment or in metaplatform.toml in METAPLATFORM_HOME.",
    )


def _file(error: OSError) -> MetaplatformError:
    """A file or folder that cannot be had, by the operating system's own reason."""
    name = str(error.filename or "")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(
            f"디스크가 가득 찼습니다({name}).",
            f"The disk is full ({name}).",
            "공간을 확보한 뒤 다시 하세요.",
            "Free some space and do it again.",
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return InvalidValue(
            "file", name, "파일이 없습니다.", "There is no such file.", "경로를 확인하세요.", "Check the path."
        )
    if error.errno == errno.EISDIR:
        return InvalidValue(
            "file", name, "파일이 아니라 폴더입니다.", "This is a folder.", "파일 하나를 고르세요.", "Name one file."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ComponentMissing(
            f"{name}: 읽거나 쓸 권한이 없습니다.",
            f"{name}: may not be read or written.",
            "권한을 바꾸거나 다른 곳을 정하세요.",
            "Change its permissions or name another place.",
        )
    reason = error.strerror or str(error)
    return InvalidValue(
        "file",
        name,
        f"열 수 없습니다({reason}).",
        f"It cannot be opened ({reason}).",
        "경로를 확인하세요.",
        "Check the path.",
    )

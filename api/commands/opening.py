"""Open the installation for a command: a fresh home is prepared first, so that any first command works."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.commands.output import progress_display, say
from api.startup import Installation, is_prepared, open_installation, prepare
from config.settings import get_settings


@contextmanager
def opened() -> Iterator[Installation]:
    """The installation of this process's settings, prepared if it never was, closed at the end."""
    installation = open_installation(get_settings())
    try:
        if not is_prepared(installation):
            with progress_display("준비 중 / preparing") as progress:
                password = prepare(installation, progress)
            if password:
                say(f"첫 관리자 / first administrator: admin   일회용 비밀번호 / one-time password: {password}")
        yield installation
    finally:
        installation.close()

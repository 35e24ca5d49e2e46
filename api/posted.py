"""What a page's form sent, read before its handler runs, so that handlers that write never hold up the event loop."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

MOST_FIELDS = 200


async def _fields(request: Request) -> FormData:
    return await request.form(max_fields=MOST_FIELDS, max_files=0)


async def _with_file(request: Request) -> FormData:
    return await request.form(max_fields=MOST_FIELDS, max_files=1)


Posted = Annotated[FormData, Depends(_fields)]
"""The fields of a form. A handler that takes them is an ordinary function and runs in a thread: a database that is
being written to may keep it waiting, and nobody else with it."""

PostedFile = Annotated[FormData, Depends(_with_file)]
"""The fields of a form with one file."""

"""Who writes over the REST interface: a program with a token, or a signed-in person in her browser."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer

from api.deps import find_viewer, parts_of, same_origin
from api.problems import SignInNeeded
from registry import accounts
from registry.database import writing_session
from registry.models import Account
from registry.records import Actor
from registry.vocab import ActorKind

# Named in the OpenAPI document; the answer to a missing token is ours, so it does not raise by itself.
BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="A token made under /account.")


@dataclass(frozen=True)
class Writer:
    """Who writes: the account that answers for it and the name the trail shows."""

    account: Account
    actor: Actor


def find_writer(
    request: Request,
    authorization: Annotated[str | None, Header(max_length=500, include_in_schema=False)] = None,
    _: Annotated[object, Depends(BEARER)] = None,
) -> Writer:
    """The writer, or SignInNeeded. A browser's cookie counts only for requests of our own pages."""
    scheme, _space, token = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and token:
        with writing_session(parts_of(request).database) as session:
            found = accounts.account_of_token(session, token.strip())
            if found is None:
                raise SignInNeeded
            account, row = found
            accounts.token_used(session, row.id or 0)
            return Writer(account, Actor(ActorKind.token, f"{account.login}/{row.name}"))
    viewer = find_viewer(request)
    if viewer is None:
        raise SignInNeeded
    same_origin(request)
    if not accounts.same_secret(viewer.csrf, request.headers.get("x-csrf-token", "")):
        raise SignInNeeded
    return Writer(viewer.account, viewer.actor)


WriterDep = Annotated[Writer, Depends(find_writer)]

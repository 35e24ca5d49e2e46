"""ckanapi on top of the polite client: its session is ours, so every limit and check holds for CKAN too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound

from harvesters.answers import raise_for
from harvesters.http import PoliteClient, Response
from registry.errors import HarvestError, SourceChanged, SourceRefused, SourceUnreachable


@dataclass(frozen=True)
class _Answer:
    """What ckanapi reads of a requests response."""

    status_code: int
    text: str


class PoliteSession:
    """As much of a requests session as ckanapi uses; every request goes through the polite client.

    `last` is the answer behind the newest call, for the source's own words when something went wrong.
    """

    def __init__(self, client: PoliteClient) -> None:
        self._client = client
        self.last: Response | None = None

    def get(self, url: str, params: Mapping[str, Any] | None = None, headers: Any = None, **_ignored: Any) -> _Answer:
        """A read by GET; redirects are followed by the client, checked hop by hop."""
        return self._taken(self._client.get(url, params=params, headers=_ours(headers), check=False, conditional=False))

    def post(self, url: str, data: bytes, headers: Any = None, files: Any = None, **_ignored: Any) -> _Answer:
        """A call by POST; files are never sent, we only read."""
        if files:
            raise ValueError("a harvester uploads nothing")
        return self._taken(self._client.post(url, content=data, headers=_ours(headers), check=False))

    def close(self) -> None:
        """The client belongs to the run, which closes it."""

    def _taken(self, answer: Response) -> _Answer:
        self.last = answer
        if answer.login:
            raise_for(answer)
        return _Answer(answer.status, answer.text)


class CkanSite:
    """A CKAN read through its action API; every failure is a HarvestError with the site's own message."""

    def __init__(self, client: PoliteClient, address: str) -> None:
        self._session = PoliteSession(client)
        self._site = RemoteCKAN(
            address.rstrip("/"), user_agent=client.manners.user_agent, get_only=True, session=self._session
        )

    def call(self, action: str, **parameters: Any) -> Any:
        """Call one action and give its result."""
        try:
            return self._site.call_action(action, parameters)
        except NotFound as problem:
            raise self._error(SourceChanged, action, str(problem) or "Not found") from problem
        except NotAuthorized as problem:
            raise self._error(SourceRefused, action, str(problem) or "Not authorized") from problem
        except CKANAPIError as problem:
            answer = self._session.last
            if answer is not None and answer.is_html:
                answer.json()
            kind = SourceUnreachable if answer is not None and answer.status >= 500 else SourceChanged
            raise self._error(kind, action, self._own_words() or str(problem)) from problem
        except (TypeError, AttributeError, KeyError) as problem:
            raise self._error(SourceChanged, action, self._own_words() or repr(problem)) from problem

    @property
    def body(self) -> bytes | None:
        """The bytes of the newest answer."""
        return self._session.last.content if self._session.last is not None else None

    @property
    def address(self) -> str:
        """Where the site is now: its own address, or the one it has moved to (as the last answer showed)."""
        answer = self._session.last
        if answer is None or not answer.history:
            return str(self._site.address)
        return answer.final_url.partition("/api/")[0]

    def _own_words(self) -> str:
        """What the site itself said: the message in its envelope, or the bare string CKAN sends with 400."""
        if self._session.last is None:
            return ""
        try:
            said = json.loads(self._session.last.text)
        except ValueError:
            return self._session.last.text[:300]
        if isinstance(said, dict):
            said = said.get("error", said)
        if isinstance(said, dict):
            kind, message = said.get("__type", ""), said.get("message", "")
            rest = {key: value for key, value in said.items() if key not in ("__type", "message")}
            return ": ".join(str(part) for part in (kind, message or rest or "") if part)[:300]
        return str(said)[:300]

    def _error(self, kind: type[HarvestError], action: str, words: str) -> HarvestError:
        answer = self._session.last
        error = kind(
            answer.final_url if answer is not None else self._site.address,
            f"CKAN이 '{action}' 에 오류로 답했습니다: {words}",
            f"CKAN answered '{action}' with an error: {words}",
            "이 사이트의 CKAN이 살아 있는지, 옵션이 맞는지 확인하세요.",
            "See whether the site's CKAN is well and the options are right.",
        )
        error.status = answer.status if answer is not None else None
        return error


def _ours(headers: Mapping[str, str] | None) -> dict[str, str]:
    # ckanapi names itself as the agent; the source has to know us and whom to write to.
    return {key: value for key, value in (headers or {}).items() if key.lower() != "user-agent"}

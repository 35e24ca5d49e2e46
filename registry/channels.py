"""The ways to reach a platform, read from `kind=value` lists, addresses, store links and telephone numbers."""

import re
from collections.abc import Iterable

from registry.errors import InvalidValue
from registry.records import Channel, Question
from registry.urls import app_package, host, tidy
from registry.vocab import ChannelKind

SOCIAL_HOSTS = frozenset(
    [
        *["facebook.com", "m.facebook.com", "instagram.com", "twitter.com", "x.com", "youtube.com", "youtu.be"],
        *["blog.naver.com", "m.blog.naver.com", "band.us", "pf.kakao.com", "story.kakao.com", "tiktok.com"],
    ]
)
PHONE = re.compile(r"^(?:\+?82[- ]?)?(?:0\d{1,2}|1\d{3}|\d{3})(?:[-. )]?\d{3,4}){0,2}$")


def read_channels(stated: Iterable[str], url: str, questions: list[Question]) -> tuple[Channel, ...]:
    """Every channel once, the platform's own address first; what cannot be read becomes a question."""
    channels = [Channel(kind_of(url), url)] if url else []
    for text in stated:
        try:
            channels.append(read_channel(text))
        except InvalidValue as problem:
            questions.append(
                Question(
                    "channels",
                    f"{problem.cause_ko} (값: {problem.value})",
                    f"{problem.cause_en} (value: {problem.value})",
                    problem.remedy_ko,
                    problem.remedy_en,
                )
            )
    return tuple(dict.fromkeys(channels))


def read_channel(text: str) -> Channel:
    """One channel: `kind=value`, or a bare address or number whose kind shows; InvalidValue."""
    kind, mark, value = text.partition("=")
    if mark and kind.strip() in ChannelKind.__members__:
        known = ChannelKind(kind.strip())
        value = value.strip()
        if known in (ChannelKind.web, ChannelKind.ios, ChannelKind.android) or (
            known is ChannelKind.sns and "." in value
        ):
            return Channel(known, tidy(value))
        return Channel(known, value)
    if PHONE.match(text.strip()):
        return Channel(ChannelKind.phone, text.strip())
    address = tidy(text)
    return Channel(kind_of(address), address)


def kind_of(address: str) -> ChannelKind:
    """What a web address leads to: a store's app, a social network, or a site."""
    package = app_package(address) or ""
    if package.startswith("ios:"):
        return ChannelKind.ios
    if package:
        return ChannelKind.android
    return ChannelKind.sns if host(address) in SOCIAL_HOSTS else ChannelKind.web

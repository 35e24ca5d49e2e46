"""Judges one link of a government's home page: whose it is, and whether it is a platform or a mere page.

The rule is that of the registry: a platform has a purpose of its own and an owner who answers for it; its app and its
social-media accounts are channels; a section of a home page is a platform when it serves one of the survey's forms.
Every judgement keeps its evidence as `kind:value` words, so that a reader can see why.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from harvesters.findings import Finding, Kind, Relation
from harvesters.homepages import Named, Neighbourhood, organisation
from harvesters.hrefs import host_of, is_front, readable_host, under
from harvesters.link_words import LinkWords, SectionRule, any_under, squeeze
from harvesters.links import Link
from harvesters.sections import OwnSite, first_segment
from registry.models import Government
from registry.urls import app_package

_HOME_LABELS = frozenset(
    {"www", "www1", "www2", "www3", "m", "mobile", "eng", "english", "jpn", "chn", "portal", "ko", "web"}
)
_OTHER_BODY_LABELS = re.compile(
    r"^(?:council|assembly|gucouncil|sicouncil|mail|webmail|email|gw|intra|vpn|sso|edu-?office|eng|english|japan(?:ese)?|china|chinese|jpn|chn)$"
)


class Judge:
    """Judges the links of one government's pages. `home` is the address of its home page."""

    def __init__(
        self, near: Neighbourhood, home: str, words: LinkWords, owners: Mapping[str, Government] | None = None
    ) -> None:
        self.near, self.words, self.home, self.owners = near, words, home, owners or {}
        self.own_domains = {organisation(host_of(home))}
        if near.own.homepage_host:
            self.own_domains.add(organisation(near.own.homepage_host.removeprefix("www.")))
        self.site = OwnSite(home, words)

    def judge(self, link: Link) -> Finding:
        """The finding for one link."""
        host = host_of(link.url)
        base = Finding(link, Relation.unsure, Kind.page, evidence=_context(link))
        store = self.words.store_of(host)
        if store:
            return self._app(base, store)
        if any_under(host, self.words.sns):
            return self._account(base)
        told = next((row for domain, row in self.owners.items() if under(host, domain)), None)
        if told is not None:
            relation = Relation.own if self.near.is_own(told) else Relation.other
            return replace(
                base,
                relation=relation,
                owner=told,
                kind=self._front_kind(link),
                confidence=1.0,
                rule=self.words.section_of(link.text),
                evidence=(*base.evidence, "told:owners"),
            )
        body = self._other_body(link, host)
        if body is not None:
            return replace(base, relation=body, confidence=0.9, evidence=(*base.evidence, "body:other"))
        if any(under(host, domain) for domain in self.own_domains):
            evidence = (*base.evidence, f"host:{organisation(host)}")
            return self._kind(replace(base, relation=Relation.own, owner=self.near.own, evidence=evidence), host)
        engine = self.words.shared_of(host)
        if engine:
            tenant = self._tenant(base, host, engine)
            if tenant is not None:
                return tenant
        government = self.near.of_host(host)
        if government is not None:
            relation = Relation.own if self.near.is_own(government) else Relation.other
            evidence = (*base.evidence, f"host:{organisation(host)}")
            return self._kind(replace(base, relation=relation, owner=government, evidence=evidence), host)
        return self._elsewhere(base, host)

    def _app(self, base: Finding, store: str) -> Finding:
        """A store link is an app of this government unless the words or the package say it is a stranger's."""
        text, package = base.link.text, app_package(base.link.url) or ""
        evidence = (*base.evidence, f"store:{store}", *([f"package:{package}"] if package else []))
        strange = self.words.foreign_apps.search(squeeze(f"{text} {package}"))
        if strange or not package:
            return replace(base, relation=Relation.private, confidence=0.8, evidence=evidence)
        named = self.near.named_in(text) or self.near.spelled_in(".".join(reversed(package.split("."))))
        if named is None:
            return replace(
                base, relation=Relation.own, owner=self.near.own, kind=Kind.app, confidence=0.7, evidence=evidence
            )
        relation = Relation.own if self.near.is_own(named.government) else Relation.other
        evidence = (*evidence, f"place:{named.words}")
        return replace(
            base, relation=relation, owner=named.government, kind=Kind.app, confidence=0.85, evidence=evidence
        )

    def _account(self, base: Finding) -> Finding:
        """A social-media account of this government is a channel of its promotion platform; a share button is nothing."""
        link = base.link
        parts = urlsplit(link.url)
        bare = not parts.path.strip("/") and not parts.query and not re.match(r"^[\w-]+\.blog", parts.netloc)
        if bare or self.words.sharing.search(f"{parts.path}?{parts.query}"):
            return replace(base, relation=Relation.private, confidence=0.9, evidence=(*base.evidence, "sns:share"))
        named = self.near.named_in(link.text)
        owner = named.government if named else self.near.own
        relation = Relation.own if self.near.is_own(owner) else Relation.other
        if self.words.other_bodies.search(squeeze(link.text)):
            return replace(base, relation=Relation.nation, confidence=0.7, evidence=(*base.evidence, "body:other"))
        known = link.where in ("sns", "footer", "menu") or named is not None
        kind = Kind.channel if known else Kind.page
        confidence = 0.9 if known else 0.5
        return replace(
            base,
            relation=relation,
            owner=owner,
            kind=kind,
            confidence=confidence,
            evidence=(*base.evidence, f"sns:{host_of(link.url)}"),
        )

    def _tenant(self, base: Finding, host: str, engine: str) -> Finding | None:
        """A government's own place on a shared system, if the link's words say whose."""
        named = self.near.named_in(base.link.text)
        known = self.near.known_owner(base.link.url)
        if named is None and known is not None:
            named = Named(known, "catalogue")
        if named is None:
            return None
        front = not urlsplit(base.link.url).path.strip("/") and host in self.words.shared
        if front and not self.near.is_own(named.government):
            return None
        relation = Relation.own if self.near.is_own(named.government) else Relation.other
        return replace(
            base,
            relation=relation,
            owner=named.government,
            kind=Kind.platform,
            rule=self.words.section_of(base.link.text),
            engine=engine,
            confidence=0.85,
            evidence=(*base.evidence, f"place:{named.words}", f"engine:{engine}"),
        )

    def _kind(self, base: Finding, host: str) -> Finding:
        """Whether an address on a government's own domain is a platform, a section that is one, or a page."""
        link, text = base.link, squeeze(base.link.text)
        label = host.removesuffix(f".{organisation(host)}") if host != organisation(host) else ""
        if self.words.offices.search(text) or _OTHER_BODY_LABELS.match(label.split(".")[0]):
            return replace(base, confidence=0.9, evidence=(*base.evidence, "office"))
        rule = self.words.section_of(link.text)
        main = label in ("", *_HOME_LABELS) or host == host_of(self.home)
        front = is_front(link.url)
        if main and front and self.site.is_door(link, text):
            return replace(base, kind=Kind.homepage, confidence=0.95)
        if rule and self.site.is_below_one(link):
            return replace(base, confidence=0.7, evidence=(*base.evidence, "page:menu"))
        if rule and rule.anywhere:
            return replace(
                base,
                kind=Kind.section if main else Kind.platform,
                rule=rule,
                confidence=0.9,
                evidence=(*base.evidence, f"word:{rule.form}"),
            )
        if not main:
            return self._own_host(base, rule, front)
        if rule and self.site.is_micro_site(link):
            return replace(
                base,
                kind=Kind.section,
                rule=rule,
                confidence=0.75,
                evidence=(*base.evidence, f"word:{rule.form}", f"site:{first_segment(link.url)}"),
            )
        return replace(base, confidence=0.85, evidence=(*base.evidence, "page:own"))

    def _own_host(self, base: Finding, rule: SectionRule | None, front: bool) -> Finding:
        """A host of its own below a home page's domain: a platform at its front door, a page of one deeper down."""
        text = squeeze(base.link.text)
        tells = self.words.page_tails.search(text) or self.words.page_heads.search(text)
        if front and not self.words.page_heads.search(text):
            return replace(base, kind=Kind.platform, rule=rule, confidence=0.9, evidence=(*base.evidence, "site:host"))
        if tells or not (rule or base.link.where in ("related", "badge")):
            return replace(base, confidence=0.6, evidence=(*base.evidence, "page:deep"))
        return replace(base, kind=Kind.platform, rule=rule, confidence=0.75, evidence=(*base.evidence, "site:host"))

    def _elsewhere(self, base: Finding, host: str) -> Finding:
        """A host that is no government's home page: told by lists of hosts, by words and by its own name."""
        link = base.link
        named = self.near.named_in(link.text)
        spelled = self.near.spelled_in(readable_host(host)) or self._hangul_host(host)
        found = named or spelled
        if any_under(host, self.words.private) and not (named and self.words.section_of(link.text)):
            return replace(base, relation=Relation.private, confidence=0.9, evidence=(*base.evidence, f"host:{host}"))
        if any_under(host, self.words.national):
            return replace(
                base,
                relation=Relation.nation,
                confidence=0.95,
                kind=self._front_kind(link),
                evidence=(*base.evidence, f"host:{host}"),
            )
        if found is None and host.endswith((".go.kr", ".mil.kr")):
            return replace(
                base,
                relation=Relation.nation,
                confidence=0.8,
                kind=self._front_kind(link),
                evidence=(*base.evidence, f"host:{host}"),
            )
        if found is not None and self.words.homepages.search(squeeze(link.text)) and is_front(link.url):
            relation = Relation.own if self.near.is_own(found.government) else Relation.other
            return replace(base, relation=relation, owner=found.government, kind=Kind.homepage, confidence=0.7)
        if found is not None:
            relation = Relation.own if self.near.is_own(found.government) else Relation.other
            evidence = (*base.evidence, f"{'place' if named else 'spelled'}:{found.words}")
            both = named is not None and spelled is not None and named.government.id == spelled.government.id
            sure = 0.9 if both else 0.8 if named else 0.65
            return replace(
                base,
                relation=relation,
                owner=found.government,
                kind=self._front_kind(link),
                rule=self.words.section_of(link.text),
                confidence=sure,
                evidence=evidence,
            )
        known = self.near.known_owner(link.url)
        if known is not None:
            relation = Relation.own if self.near.is_own(known) else Relation.other
            return replace(
                base,
                relation=relation,
                owner=known,
                kind=self._front_kind(link),
                confidence=0.9,
                rule=self.words.section_of(link.text),
                evidence=(*base.evidence, "known:catalogue"),
            )
        if link.where == "related":
            return replace(base, kind=self._front_kind(link), rule=self.words.section_of(link.text), confidence=0.4)
        return replace(base, relation=Relation.private, confidence=0.6, evidence=(*base.evidence, f"host:{host}"))

    def _hangul_host(self, host: str) -> Named | None:
        readable = readable_host(host)
        return self.near.named_in(readable.split(".")[0]) if not readable.isascii() else None

    def _front_kind(self, link: Link) -> Kind:
        """A front door, or a deeper address whose words name a service, is a platform."""
        text = squeeze(link.text)
        if self.words.page_heads.search(text):
            return Kind.page
        if is_front(link.url):
            return Kind.platform
        return Kind.platform if self.words.section_of(link.text) or link.where == "related" else Kind.page

    def _other_body(self, link: Link, host: str) -> Relation | None:
        """Whether the words or the host name a body that is no government: police, schools, councils, banks, press."""
        if host == host_of(self.home):
            return None
        text, label = squeeze(link.text), host.split(".")[0]
        if any_under(host, self.words.private) and self.words.other_bodies.search(text):
            return Relation.private
        if host.endswith(self.words.public_endings) or re.match(r"(?:council|assembly|police)\b", label):
            return Relation.nation
        if self.words.other_bodies.search(text):
            return Relation.nation
        return Relation.private if self.words.private_bodies.search(text) else None


def _context(link: Link) -> tuple[str, ...]:
    found = [f"in:{link.where}"]
    if link.group:
        found.append(f"list:{link.group}")
    if link.trail:
        found.append("menu:" + ">".join(link.trail))
    return tuple(found)

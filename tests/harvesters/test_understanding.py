"""From a home page to drafts: precision and recall of every field, over the judged pages and the catalogue's real rows.

What a home page shows is only a name, an address and a place in a menu; the catalogue knows what is behind it. Rows of the
catalogue whose address a page links to are the answer sheet for type, form and functions; `judged*.csv` for the owner.
"""

import csv
from collections import Counter
from dataclasses import dataclass, field

import pytest

from config.settings import CONFIG
from harvesters.entries import gather
from harvesters.homepages import bundled_places
from harvesters.hrefs import same_page
from harvesters.site_records import UNKNOWN_OWNER
from registry.errors import RecordRejected
from registry.models import Source
from registry.normalise import normalise
from registry.records import HarvestedRecord, PlatformDraft
from tests.harvesters.test_website_judgement import FIXTURES, PAGES, findings_of


@dataclass
class Tally:
    """Right, wrong and unsaid values of one field."""

    right: int = 0
    wrong: int = 0
    unsaid: int = 0
    misses: list[str] = field(default_factory=list)

    def take(self, said: object, true: object, what: str) -> None:
        if not said:
            self.unsaid += 1
        elif said == true:
            self.right += 1
        else:
            self.wrong += 1
            self.misses.append(f"{what}: {said} is {true}")

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.wrong + self.unsaid)


def drafts_of(page: str, known: bool) -> dict[str, PlatformDraft]:
    """Each platform of a page, understood, under its address's key; as the harvester would yield and the registry read it."""
    places = bundled_places()
    owner, _ = PAGES[page]
    source = Source(id="home", title="누리집", harvester="website", owner_code=owner)
    drafts: dict[str, PlatformDraft] = {}
    for entry in gather(
        [(0, one) for one in findings_of(page, known) if one.relation.value in ("own", "other", "unsure")]
    ):
        finding = entry.finding
        fields = {
            "name": entry.name,
            "url": entry.url,
            "channels": [f"{kind}={value}" for kind, value in entry.channels],
            "owner_code": finding.owner.code if finding.owner else "",
            "owner_name": finding.owner.full_name if finding.owner else UNKNOWN_OWNER,
            "type": finding.rule.type if finding.rule else "",
            "form": finding.rule.form if finding.rule else "",
            "engine": finding.engine,
        }
        try:
            drafts[entry.remote_id] = normalise(HarvestedRecord(entry.remote_id, entry.url, fields), source, places)
        except RecordRejected as refused:
            assert refused.field == "owner"
    return drafts


@pytest.mark.parametrize("known", [True, False])
def test_every_field_measured(known: bool) -> None:
    with (CONFIG / "catalogue" / "platforms.csv").open(encoding="utf-8-sig", newline="") as file:
        catalogue: dict[str, dict[str, str]] = {}
        shared: Counter[str] = Counter()
        for row in csv.DictReader(file):
            if row["url"].startswith("http"):
                catalogue[same_page(row["url"])] = row
                shared[same_page(row["url"])] += 1
    tallies = {name: Tally() for name in ("owner", "type", "form", "functions", "name", "channels")}
    gold = []
    for name in ("judged.csv", "judged_apart.csv"):
        with (FIXTURES / name).open(encoding="utf-8") as file:
            gold += [row for row in csv.DictReader(file) if row["kind"] in ("platform", "section")]
    drafts = {page: drafts_of(page, known) for page in PAGES}
    places = bundled_places()
    for row in gold:
        draft = drafts[row["page"]].get(row["url"])
        if row["relation"] not in ("own", "other"):
            continue
        code = places.by_id(draft.owner_id).code if draft and draft.owner_id else ""
        tallies["owner"].take(code, row["owner_code"], row["url"])
        if draft is None:
            continue
        tallies["channels"].take({one.kind.value for one in draft.channels}, {"web"}, row["url"])
        told = catalogue.get(row["url"])
        if told is None or shared[row["url"]] > 1:
            continue
        tallies["type"].take(draft.type.value if draft.type else "", told["type"], draft.name)
        tallies["form"].take(draft.form, told["form"], draft.name)
        said = {one.id for one in draft.functions}
        true = set(told["functions"].split(";")) - {""}
        tallies["functions"].take(bool(said & true) or (said or ""), True, draft.name)
        tallies["name"].take(draft.name in told["name"] or told["name"] in draft.name or draft.name, True, told["name"])
    print(f"\nhome pages → drafts ({'with' if known else 'without'} known addresses)")
    for name, one in tallies.items():
        print(
            f"  {name}: n={one.right + one.wrong + one.unsaid} P={one.precision:.3f} R={one.recall:.3f} {one.misses[:6]}"
        )
    assert tallies["owner"].precision == 1.0
    assert tallies["owner"].recall >= 0.93
    assert tallies["channels"].precision == 1.0
    assert tallies["type"].precision >= 0.9
    assert tallies["form"].precision >= 0.85
    assert tallies["functions"].precision >= 0.85

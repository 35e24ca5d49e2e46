"""search, search evaluate, reindex, verify: finding, and keeping the index true."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from api.commands.opening import opened
from api.commands.output import NEEDS_PERSON, progress_display, say, show, table

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class WordsOrCommand(TyperGroup):
    """A group whose first word may be a command's name or already the query."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Anything that is not a known command is a query."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["words", *args]
        return super().parse_args(ctx, args)


searching = typer.Typer(
    cls=WordsOrCommand,
    no_args_is_help=True,
    help=("Find platforms: metaplatform search 배달특급 --area 수원. 'search evaluate FILE' measures judged queries."),
)


@searching.command("words", hidden=True)
def search(
    query: Annotated[list[str], typer.Argument(help="What a resident types.")],
    area: Annotated[str, typer.Option(help="Name or code of the government where she lives.")] = "",
    zone: Annotated[str, typer.Option(help="Id of a living zone.")] = "",
    type_: Annotated[list[str] | None, typer.Option("--type", help="information, proposal or brokerage.")] = None,
    form: Annotated[list[str] | None, typer.Option(help="Form, such as public_delivery_app.")] = None,
    function: Annotated[list[str] | None, typer.Option(help="Function id, such as bike_sharing.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="planned, running, suspended, closed or unknown.")] = None,
    sort: Annotated[str, typer.Option(help="relevance, recent or users.")] = "relevance",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many hits.")] = 10,
    literal: Annotated[bool, typer.Option(help="Take the query to the letter.")] = False,
    explain: Annotated[bool, typer.Option(help="Show why each hit stands where it does.")] = False,
    as_json: Json = False,
) -> None:
    """Find platforms in a resident's own words.

    Example: metaplatform search ㅂㄷㅌㄱ --area 수원시 --json
    """
    from registry.database import session_of
    from registry.governments import Places
    from search.query import SearchQuery

    with opened() as installation:
        with session_of(installation.database) as session:
            area_id = Places.load(session).resolve(area).id if area else None
        filters = {
            name: tuple(values)
            for name, values in (("type", type_), ("form", form), ("function", function), ("status", status))
            if values
        }
        asked = SearchQuery(
            text=" ".join(query),
            area_id=area_id,
            zone_id=zone,
            filters=filters,
            sort=sort,
            limit=limit,
            literal=literal,
            explain=explain,
        )
        page = installation.finder().search(asked)
    show(page_as_json(page, explain), as_json, page_as_text(page, explain))


def page_as_json(page: Any, explain: bool = False) -> dict[str, Any]:
    """The search page in the keys other programs rely on."""
    return {
        "query": page.query.text,
        "total": page.total,
        "interpretation": [{"kind": one.kind, "from": one.from_, "to": one.to} for one in page.interpretation],
        "hits": [
            {
                "id": hit.id,
                "name": hit.name,
                "owner": hit.owner,
                "url": hit.url,
                "type": hit.type,
                "form": hit.form,
                "functions": list(hit.functions),
                "status": hit.status,
                "score": round(hit.score, 4),
                **({"why": list(hit.why)} if explain else {}),
            }
            for hit in page.hits
        ],
        "facets": {
            name: [{"value": one.value, "label": one.label, "count": one.count} for one in values]
            for name, values in page.facets.items()
        },
    }


def page_as_text(page: Any, explain: bool) -> str:
    """The search page for a terminal."""
    lines = [f"'{one.from_}' → '{one.to}' ({one.kind})" for one in page.interpretation]
    lines.append(f"{page.total}건 / {page.total} found")
    rows = [[hit.id, hit.name, hit.owner, hit.status, hit.url] for hit in page.hits]
    if rows:
        lines.append(table(rows, ["id", "이름", "소관", "상태", "주소"]))
    if explain:
        lines += [f"{hit.name}: " + "; ".join(str(one) for one in hit.why) for hit in page.hits]
    return "\n".join(lines)


@searching.command("evaluate")
def evaluate(
    file: Annotated[Path, typer.Argument(help="CSV: query_id, query, user_area, expected_names.")],
    rows: Annotated[Path | None, typer.Option(help="Write one line per query with its rank and hits.")] = None,
    as_json: Json = False,
) -> None:
    """Measure the search on judged queries: NDCG@10, MRR, success@1 and @3, zero-result rate.

    Example: metaplatform search evaluate tests/search/judged/queries.csv --json
    """
    from search.evaluate import evaluate as evaluate_queries
    from search.evaluate import read_judged, summary, write_rows

    judged = read_judged(file)
    with opened() as installation:
        scored = evaluate_queries(installation.finder(), judged)
    if rows:
        write_rows(scored, rows)
    figures = summary(scored)
    numbers = [[name, value] for name, value in figures.items() if name != "worst"]
    worst = [[one["query"], "; ".join(one["expected"]), "; ".join(one["found"][:3])] for one in figures["worst"]]
    text = table(numbers, ["", ""]) + "\n" + (table(worst, ["질의", "기대", "찾음"]) if worst else "")
    show(figures, as_json, text)


def reindex(as_json: Json = False) -> None:
    """Build the index anew beside the old one, then swap; readers see no gap.

    Example: metaplatform reindex
    """
    title = "색인 / indexing"
    with opened() as installation, progress_display(title) as progress:
        count = installation.indexer().rebuild(lambda done, total: progress(title, done, total))
    show({"indexed": count}, as_json, f"{count}건을 색인했습니다. / {count} indexed.")


def verify(as_json: Json = False) -> None:
    """Compare index and registry; exit code 1 when they differ.

    Example: metaplatform verify --json
    """
    with opened() as installation:
        difference = installation.indexer().verify()
    result = {
        "equal": not difference,
        "registry": difference.registry,
        "index": difference.index,
        "missing": list(difference.missing),
        "surplus": list(difference.surplus),
        "stale": list(difference.stale),
    }
    words = (
        "색인과 등록부가 같습니다. / Index and registry agree."
        if not difference
        else "색인과 등록부가 다릅니다. / Index and registry differ."
    )
    show(result, as_json, f"{words} {result}")
    if difference:
        say("metaplatform reindex 로 고칩니다. / Mend it with: metaplatform reindex")
        raise typer.Exit(NEEDS_PERSON)

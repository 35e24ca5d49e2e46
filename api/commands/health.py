"""doctor: is every part well, and how to mend what is not."""

import shutil
import sys
from typing import Annotated, Any

import typer

from api.commands.output import NEEDS_PERSON, OUT_OF_REACH, show, table
from config.settings import PROJECT, Settings, get_settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Check = dict[str, Any]


def doctor(
    settings_only: Annotated[
        bool, typer.Option("--settings", help="List every setting, its value and meaning.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check Python, home, database, index, search engine, design files, disk and mail, and say how to mend them.

    Example: metaplatform doctor --json
    """
    settings = get_settings()
    if settings_only:
        rows = setting_rows(settings)
        show(rows, as_json, table([[one["name"], one["value"], one["meaning"]] for one in rows], ["설정", "값", "뜻"]))
        return
    checks = run_checks(settings)
    lines = [[one["part"], one["state"], one["found"], one["remedy"]] for one in checks]
    show(checks, as_json, table(lines, ["부분", "상태", "본 것", "고치는 법"]))
    states = {one["state"] for one in checks}
    if "down" in states:
        raise typer.Exit(OUT_OF_REACH)
    if "look" in states:
        raise typer.Exit(NEEDS_PERSON)


def setting_rows(settings: Settings) -> list[dict[str, Any]]:
    """Every setting with its value (secrets hidden) and its one sentence."""
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        secret = any(word in name for word in ("key", "smtp", "database_url")) and value
        rows.append(
            {
                "name": f"METAPLATFORM_{name.upper()}",
                "value": "(set)" if secret else str(value),
                "meaning": field.description,
            }
        )
    return rows


def run_checks(settings: Settings) -> list[Check]:
    """All checks; one that fails never hides the next."""
    checks = [check_python(), check_disk(settings), check_payloads(settings), check_assets()]
    return [*checks, check_contact(settings), check_mail(settings), *check_installation(settings)]


def check(part: str, state: str, found: str, remedy: str = "") -> Check:
    """One line: state is ok, look (a person should) or down."""
    return {"part": part, "state": state, "found": found, "remedy": remedy}


def both(korean: str, english: str) -> str:
    """A sentence in both languages, for one cell of the table."""
    return " / ".join(part for part in (korean, english) if part)


def check_python() -> Check:
    """Python 3.11 or later."""
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return check("python", "ok" if good else "down", version, "" if good else "Python 3.11 이상 / 3.11 or later")


def check_disk(settings: Settings) -> Check:
    """At least a gigabyte free where the home is."""
    place = settings.home if settings.home.exists() else settings.home.parent
    free = shutil.disk_usage(place).free if place.exists() else 0
    good = free > 1_000_000_000
    return check(
        "disk", "ok" if good else "look", f"{free / 1e9:.1f} GB", "" if good else "공간 확보 / free some space"
    )


def check_payloads(settings: Settings) -> Check:
    """How much the raw payloads of harvests take, and for how long those are kept that nothing refers to."""
    from harvesters.pruning import size_of

    number, size = size_of(settings.raw_folder)
    days = f"{settings.raw_keep_days:g}일 / days" if settings.raw_keep_days else "계속 / for ever"
    return check("payloads", "ok", f"{number:,} · {size / 1e6:.1f} MB · {days}")


def check_assets() -> Check:
    """The design system's files, fetched when the package was installed."""
    there = any((PROJECT / "api" / "static" / "vendor").glob("**/output.css"))
    return check(
        "design", "ok" if there else "look", "KRDS" if there else "base.css", "" if there else "metaplatform assets"
    )


def check_contact(settings: Settings) -> Check:
    """Without a contact address nothing is sent outside."""
    found = settings.contact or "없음: 외부 수집 꺼짐 / none: outside harvesting is off"
    return check("contact", "ok", found, "" if settings.contact else "METAPLATFORM_CONTACT")


def check_mail(settings: Settings) -> Check:
    """Digests are off without an SMTP server."""
    return check(
        "mail", "ok", "on" if settings.smtp_url else "꺼짐 / off", "" if settings.smtp_url else "METAPLATFORM_SMTP_URL"
    )


def check_installation(settings: Settings) -> list[Check]:
    """Database, bundle, engine and index, as far as they can be opened."""
    from api.commands.troubles import explained
    from api.startup import is_prepared, make_home, open_installation
    from registry.errors import MetaplatformError

    part = "home"
    try:
        make_home(settings)
        part = "database"
        installation = open_installation(settings)
    except Exception as error:
        said = explained(error)
        if said is None:
            return [check(part, "down", str(error).splitlines()[0])]
        return [check(part, "down", both(said.cause_ko, said.cause_en), both(said.remedy_ko, said.remedy_en))]
    try:
        checks = [check("database", "ok", installation.database.dialect.name)]
        ready = is_prepared(installation)
        checks.append(
            check(
                "catalogue",
                "ok" if ready else "look",
                "loaded" if ready else "empty",
                "" if ready else "metaplatform up",
            )
        )
        try:
            health = installation.engine.health()
            mend = "" if health.ok else "metaplatform reindex"
            checks.append(check("search", "ok" if health.ok else "down", both(health.ko, health.en), mend))
            difference = installation.indexer().verify()
            good = not difference
            checks.append(
                check(
                    "index",
                    "ok" if good else "look",
                    f"{difference.index}/{difference.registry}",
                    "" if good else "metaplatform reindex",
                )
            )
        except MetaplatformError as error:
            found, mend = both(error.cause_ko, error.cause_en), both(error.remedy_ko, error.remedy_en)
            checks.append(check("search", "down", found, mend))
        return checks
    finally:
        installation.close()

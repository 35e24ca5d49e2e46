"""A platform in schema.org's words, for search engines and for harvesters like our own."""

from typing import Any

from api.reading import PlatformFile
from registry.vocabulary import load_vocabulary

APPS = {"ios": "iOS", "android": "Android"}


def platform_json_ld(file: PlatformFile, base: str) -> dict[str, Any]:
    """GovernmentService with its channels; what is not known is left out rather than guessed."""
    platform = file.platform
    words = load_vocabulary()
    owner: dict[str, Any] = {
        "@type": "GovernmentOrganization" if file.owner else "Organization",
        "name": file.owner.full_name if file.owner else platform.owner_name,
    }
    if file.owner:
        owner["identifier"] = file.owner.code
        if file.owner.homepage:
            owner["url"] = file.owner.homepage
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": f"{base}/platforms/{platform.id}",
        "identifier": platform.id,
        "name": platform.name,
        "inLanguage": "ko",
        "provider": owner,
        "serviceType": [words.functions[one["id"]].ko for one in platform.functions if one["id"] in words.functions],
        "audience": [
            {"@type": "Audience", "audienceType": words.beneficiaries[one].ko}
            for one in platform.beneficiaries
            if one in words.beneficiaries
        ],
        "availableChannel": [_channel(one) for one in _channels(file)],
        "description": platform.description,
        "alternateName": list(platform.aliases),
    }
    if file.owner:
        data["areaServed"] = {"@type": "AdministrativeArea", "name": file.owner.full_name}
    if file.successor:
        data["isRelatedTo"] = {"@id": f"{base}/platforms/{file.successor.id}"}
    return {key: value for key, value in data.items() if value not in ("", [], None)}


def _channels(file: PlatformFile) -> list[dict[str, str]]:
    """The channels, the main address among them; none of a taken-over address."""
    if file.platform.liveness == "taken_over":
        return []
    found = [dict(one) for one in file.platform.channels]
    if file.platform.url and all(one.get("value") != file.platform.url for one in found):
        found.insert(0, {"kind": "web", "value": file.platform.url})
    return found


def _channel(channel: dict[str, str]) -> dict[str, Any]:
    kind, value = channel.get("kind", "web"), channel.get("value", "")
    if kind == "phone":
        return {"@type": "ServiceChannel", "servicePhone": {"@type": "ContactPoint", "telephone": value}}
    if kind == "visit":
        return {"@type": "ServiceChannel", "serviceLocation": {"@type": "Place", "name": value}}
    made: dict[str, Any] = {"@type": "ServiceChannel", "serviceUrl": value}
    if kind in APPS:
        made["name"] = APPS[kind]
    return made

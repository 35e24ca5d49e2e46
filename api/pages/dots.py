"""Where the dots of a group's map stand: governments on a frame around Korea."""

from typing import Any

from api.deps import PartsDep

# 대한민국의 경위도 범위: the dot map's frame.
WEST, EAST, SOUTH, NORTH = 124.5, 131.2, 33.0, 38.7

WIDTH, HEIGHT = 360, 380


def dots_of_all(parts: PartsDep) -> list[tuple[float, float]]:
    return [
        _dot(one.latitude, one.longitude) for one in parts.places.all(former=True) if one.latitude and one.longitude
    ]


def dots_of(members: Any) -> list[tuple[float, float, str, str]]:
    found = []
    for one in members:
        place = one.government
        if place is not None and place.latitude and place.longitude:
            found.append((*_dot(place.latitude, place.longitude), one.role, f"{one.platform.name} · {place.full_name}"))
    return found


def _dot(latitude: float, longitude: float) -> tuple[float, float]:
    x = (longitude - WEST) / (EAST - WEST) * WIDTH
    y = (NORTH - latitude) / (NORTH - SOUTH) * HEIGHT
    return round(x, 1), round(y, 1)

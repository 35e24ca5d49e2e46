"""The same registry in other people's formats; a further one is a module and its router in INTEROP."""

from fastapi import APIRouter

INTEROP: tuple[APIRouter, ...] = ()

"""The hatchling build hook: fetch the styles and fonts while the package is built, and never fail because of them."""

import importlib
import runpy
import sys
from pathlib import Path
from typing import Any

try:
    Base: Any = importlib.import_module("hatchling.builders.hooks.plugin.interface").BuildHookInterface
except ImportError:  # `metaplatform assets` runs this file where hatchling is long gone
    Base = object


# Its base is only known when it is built, so types cannot follow it.
class AssetsHook(Base):  # type: ignore[misc]
    """Runs for wheels and for editable installs alike; prints one line when the styles cannot be had."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill api/static/vendor before hatchling collects the files."""
        fetch_assets(Path(self.root))


def fetch_assets(root: Path) -> bool:
    """Fetch what is missing below the project's root; says in one sentence why it could not, and gives False."""
    # Run by its path, because nothing of the project can be imported while it is being built.
    problem = runpy.run_path(str(root / "api" / "assets" / "fetch.py"))["fetch"]()
    if problem:
        print(problem, file=sys.stderr)
    return not problem

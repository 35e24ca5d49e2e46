"""The hatchling build hook: fetch the styles and fonts while the package is built, and never fail because of them."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs for wheels and for editable installs alike; prints one line when the styles cannot be had."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill api/static/vendor before hatchling collects the files."""
        file = Path(self.root) / "api" / "assets" / "fetch.py"
        spec = importlib.util.spec_from_file_location("metaplatform_fetch", file)
        if spec is None or spec.loader is None:
            return
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        problem = module.fetch()
        if problem:
            self.app.display_warning(problem)

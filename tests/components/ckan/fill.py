"""Put datasets into a CKAN from inside, run by CKAN's own Python: `fill.py DATASETS.jsonl`.

Each line is what package_create takes; organisations that they name are made first. From inside it is two to three times
as fast as over HTTP, since Solr commits once at the end instead of once a dataset; nothing else differs.
"""

import json
import os
import sys
from pathlib import Path

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.lib.search import commit
from ckan.plugins.toolkit import get_action


def main(file: Path) -> None:
    """Create every dataset of the file, as the site's administrator."""
    app = make_app({**CKANConfigLoader(os.environ["CKAN_INI"]).get_config(), "ckan.search.solr_commit": "false"})
    datasets = [json.loads(line) for line in file.read_text().splitlines()]
    with app._wsgi_app.test_request_context():
        for name in sorted({dataset["owner_org"] for dataset in datasets}):
            get_action("organization_create")(context(), {"name": name, "title": name})
        for dataset in datasets:
            get_action("package_create")(context(), dataset)
        commit()


def context() -> dict[str, object]:
    """A fresh context: CKAN changes the one it is given."""
    return {"user": "keeper", "ignore_auth": True}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

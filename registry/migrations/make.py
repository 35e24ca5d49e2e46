"""Write the next migration from the models: python -m registry.migrations.make "what changes".

`--afresh` throws all revisions away and writes 0001 anew; only before the first release.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from registry.database import open_database
from registry.migrations import FOLDER, configuration, migrate


def make(message: str, afresh: bool = False) -> Path:
    """Write one revision file and return its path."""
    versions = FOLDER / "versions"
    versions.mkdir(exist_ok=True)
    if afresh:
        for old in versions.glob("*.py"):
            old.unlink()
    number = 1 + len(list(versions.glob("[0-9]*.py")))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/compare.sqlite")
        if not afresh:
            migrate(engine)
        config = configuration()
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    path = next(versions.glob(f"{number:04d}_*.py"))
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(path)], check=True)
    subprocess.run([sys.executable, "-m", "ruff", "check", "--fix", "-q", str(path)], check=True)
    return path


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--afresh"]
    print(make(" ".join(words) or "The registry as first released", "--afresh" in sys.argv))

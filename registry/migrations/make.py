"""Write the next migration from the models: python -m registry.migrations.make "what changes"."""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from registry.database import open_database
from registry.migrations import FOLDER, configuration, migrate


def make(message: str) -> Path:
    """Write one revision file, numbered after the last one, and return its path; look it through before it is kept."""
    versions = FOLDER / "versions"
    number = 1 + len(list(versions.glob("[0-9]*.py")))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/compare.sqlite")
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
    if len(sys.argv) < 2:
        sys.exit('무엇이 바뀌는지 쓰세요. / Say what changes: python -m registry.migrations.make "what changes"')
    print(make(" ".join(sys.argv[1:])))

"""The launcher's sentences: what is wrong, what to do, exit code 3, nothing left behind."""

import os
import subprocess
import sys
from pathlib import Path

from config.settings import PROJECT

LAUNCHER = PROJECT / "metaplatform"


def launch(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(LAUNCHER), *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def sentences(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was said, as lines; a trace would be many."""
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()


def test_an_unwritable_place_for_the_environment_is_one_sentence_in_each_language():
    done = launch("up", METAPLATFORM_VENV="/dev/null/environment")
    assert done.returncode == 3
    korean, english = sentences(done)
    assert "METAPLATFORM_VENV" in korean
    assert "METAPLATFORM_VENV" in english


def test_a_missing_venv_module_names_the_package_to_install(tmp_path: Path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "venv.py").write_text("raise ImportError('No module named venv')\n")
    done = launch("up", METAPLATFORM_VENV=str(tmp_path / "environment"), PYTHONPATH=str(broken))
    assert done.returncode == 3
    korean, english = sentences(done)
    assert "-venv" in korean
    assert "-venv" in english


def test_the_launcher_hands_its_words_to_the_command_line(tmp_path: Path):
    """With an environment that is already there, the launcher only executes; it installs nothing."""
    done = subprocess.run(
        [sys.executable, "-c", PRETEND, str(LAUNCHER), str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("search 배달특급 --json")


PRETEND = """
import importlib.machinery, importlib.util, os, sys
loader = importlib.machinery.SourceFileLoader("launcher", sys.argv[1])
launcher = importlib.util.module_from_spec(importlib.util.spec_from_loader("launcher", loader))
sys.dont_write_bytecode = True
loader.exec_module(launcher)
home = sys.argv[2]
os.makedirs(os.path.join(home, "bin"))
launcher.ENVIRONMENT, launcher.COMMAND = home, os.path.join(home, "bin", "metaplatform")
with open(launcher.COMMAND, "w") as script:
    script.write("#!/bin/sh\\necho \\"$@\\"\\n")
os.chmod(launcher.COMMAND, 0o755)
with open(os.path.join(home, "metaplatform.stamp"), "w") as stamp:
    stamp.write(launcher.fingerprint() + " postgres")
sys.argv = ["metaplatform", "search", "배달특급", "--json"]
launcher.main()
"""

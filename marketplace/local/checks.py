"""`make test` and `make lint`: every check, then the tests.

All of them run, also after one has failed: one run tells everything that is wrong. The tests come last and
write straight to the terminal, so that pytest's closing line is the last one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from .config import ROOT
from .output import say
from .processes import spawn, stop_group
from .services import run_command

# What `check --deploy` sees: a site as it stands in production. Made-up secrets, as long as real ones.
_SECRET = "only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # noqa: S105 - made up
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": _SECRET,
    "FIELD_ENCRYPTION_KEYS": _SECRET,
    "SEPAY_WEBHOOK_KEY": _SECRET,
    "VIETQR_ACCOUNT_NUMBER": "0123456789",
    "EMAIL_URL": "smtp+tls://mail.example.test:587",
    "SMS_SENDER": "marketplace.accounts.sms.DisabledSender",
    "ALLOWED_HOSTS": "example.test",
    "BASE_URL": "https://example.test",
}

TESTS = ("-n", "2", "--dist", "loadgroup")


@dataclass(frozen=True)
class Check:
    """A command that ends with code 0 when all is well."""

    title: str
    argv: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)


def _tool(name: str, *arguments: str) -> list[str]:
    """A program of the environment we run in, whether or not that is on the PATH."""
    return [str(Path(sys.executable).parent / name), *arguments]


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


# The longest first: two run at a time.
CHECKS = (
    Check("mypy", _tool("mypy")),
    Check("ruff check", _tool("ruff", "check", ".")),
    Check("ruff format", _tool("ruff", "format", "--check", ".")),
    Check("import layers", _tool("lint-imports")),
    Check("dependencies (deptry)", _tool("deptry", ".")),
    Check("migrations", _manage("makemigrations", "--check", "--dry-run")),
    Check("deployment", _manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    Check("schema snapshot", _manage("schema_snapshot", "--check")),
)


@dataclass
class Result:
    """How a check ended and after how many seconds."""

    title: str
    code: int
    seconds: float


class _Started:
    """A check that runs, its output kept in a file until it ends."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.begun = time.monotonic()
        self.output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in result()
        self.process: subprocess.Popen[bytes] | None = None
        try:
            env = dict(os.environ) | check.env
            self.process = spawn(check.argv, env=env, cwd=ROOT, output=self.output)
        except OSError as error:
            self.output.write(f"{check.argv[0]} cannot be started: {error}\n".encode())

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def result(self) -> Result:
        """Print how it went, with all it said when it failed."""
        seconds = time.monotonic() - self.begun
        code = self.process.returncode if self.process else 127
        say(f"{self.check.title:<24} {'ok' if code == 0 else 'FAILED':<8} {seconds:6.1f} s")
        if code:
            self.output.seek(0)
            say(self.output.read().decode(errors="replace").rstrip())
            say(f"  $ {' '.join(self.check.argv)}\n")
        self.output.close()
        return Result(self.check.title, code, seconds)


def run_checks(checks: Sequence[Check] = CHECKS, *, jobs: int = 2) -> list[Result]:
    """Run them, `jobs` at a time; answers their results in the order they ended."""
    waiting, running, results = list(checks), list[_Started](), list[Result]()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(_Started(waiting.pop(0)))
            time.sleep(0.05)
            for one in [one for one in running if one.ended()]:
                running.remove(one)
                results.append(one.result())
    finally:
        for one in running:
            if one.process:
                stop_group(one.process, grace=2)
    return results


def table(results: Sequence[Result]) -> str:
    """The results as a table of three columns."""
    lines = [f"{'check':<24} {'result':<8} {'seconds':>8}", "-" * 42]
    lines += [f"{one.title:<24} {'FAILED' if one.code else 'ok':<8} {one.seconds:>8.1f}" for one in results]
    failed = sum(1 for one in results if one.code)
    lines.append(f"{len(results) - failed} checks passed, {failed} failed")
    return "\n".join(lines)


def main(arguments: list[str], *, tests: bool) -> int:
    """Run everything, or with arguments only pytest with them; answers 0 when all is well."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    os.chdir(ROOT)
    # With DEBUG off the settings refuse to start without real secrets.
    os.environ.setdefault("DEBUG", "true")
    failed = 0
    if not arguments:
        results = run_checks()
        say(f"\n{table(results)}")
        failed = sum(1 for one in results if one.code)
        if not tests:
            return 1 if failed else 0
        say("\ntests")
    code = run_command([sys.executable, "-m", "pytest", *TESTS, *arguments], dict(os.environ))
    return code or (1 if failed else 0)

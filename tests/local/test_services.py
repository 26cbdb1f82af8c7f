"""The services of the tests and the list of checks, with the slow servers left out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.local.checks import Check, Result, run_checks, table
from marketplace.local.errors import LocalError
from marketplace.local.processes import is_alive
from marketplace.local.services import Request, parse, run_command, services

pytestmark = pytest.mark.xdist_group("local")

ALL = {"elasticsearch", "stripe-mock", "chromium"}
LEAVE_OUT = [part for name in sorted(ALL) for part in ("--without", name)]


def command_line(*command: str) -> list[str]:
    return [sys.executable, "-m", "marketplace.local", "services", *LEAVE_OUT, "--", *command]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "DATABASE_URL"}}
    return kept | {"DATA_DIR": str(tmp_path / "var")}


def test_command_gets_the_database_and_its_code_is_passed_on(environ: dict[str, str]) -> None:
    code = "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT 1'); exit(7)"

    done = subprocess.run(
        command_line(sys.executable, "-c", code), env=environ, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout.startswith("services: DATABASE_URL after ")


def test_services_that_are_asked_to_stop_leave_no_process(environ: dict[str, str]) -> None:
    code = """
import os, subprocess, sys, time
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
print(os.getpid(), left.pid, flush=True)
time.sleep(60)
"""
    process = subprocess.Popen(
        command_line(sys.executable, "-u", "-c", code), env=environ, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    children = [int(number) for number in process.stdout.readline().split()]

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 128 + signal.SIGTERM
    assert len(children) == 2
    assert [pid for pid in children if is_alive(pid)] == []
    process.stdout.close()


def test_missing_tool_is_named_and_fails_in_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "no-browser"))
    request = Request(tmp_path, without={"elasticsearch", "stripe-mock"}, strict=True)

    with pytest.raises(LocalError, match="nothing may be left out: Chromium"), services(request):
        pytest.fail("started")

    assert "left out: Chromium is not installed" in capsys.readouterr().out


def test_options_end_at_the_dashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    request, command = parse(["--fsync", "--without", "chromium", "--", "pytest", "--", "-x"])

    assert (request.fsync, request.without, request.strict) == (True, {"chromium"}, True)
    assert command == ["pytest", "--", "-x"]


@pytest.mark.parametrize("argv", [[], ["--"], ["pytest"], ["--without", "postgres", "--", "pytest"]])
def test_options_that_make_no_sense_are_refused(argv: list[str]) -> None:
    with pytest.raises(LocalError, match="services"):
        parse(argv)


def test_command_ended_by_a_signal_has_the_code_a_shell_would_give() -> None:
    code = "import os; os.kill(os.getpid(), 9)"

    assert run_command([sys.executable, "-c", code], dict(os.environ)) == 137


def test_all_checks_run_and_only_a_failed_one_shows_its_output(capsys: pytest.CaptureFixture[str]) -> None:
    fail = "print('this is wrong'); raise SystemExit(3)"
    show = "import json, os; print('fine'); assert json.loads(os.environ['SEEN']) == [1]"
    checks = [
        Check("bad", [sys.executable, "-c", fail]),
        Check("good", [sys.executable, "-c", show], {"SEEN": json.dumps([1])}),
        Check("absent", ["./no-such-program"]),
    ]

    results = {one.title: one.code for one in run_checks(checks)}

    assert results == {"bad": 3, "good": 0, "absent": 127}
    output = capsys.readouterr().out
    assert "this is wrong" in output
    assert "./no-such-program cannot be started" in output
    assert "fine" not in output


def test_table_counts_what_passed() -> None:
    text = table([Result("mypy", 0, 12.34), Result("ruff check", 1, 0.1)])

    assert text.splitlines()[2:] == [
        "mypy                     ok           12.3",
        "ruff check               FAILED        0.1",
        "1 checks passed, 1 failed",
    ]

"""`python -m marketplace.local COMMAND`: what the Makefile calls."""

from __future__ import annotations

import sys

from .errors import LocalError

USAGE = """\
python -m marketplace.local COMMAND

  run                         database, set-up, web and worker, until Ctrl-C
  reset                       delete the database and the files of `run`
  services [OPTIONS] -- CMD   run CMD with a throw-away database, Elasticsearch, stripe-mock and Chromium
  check-all [ARGS]            every check, then the tests; with ARGS only pytest with them
  lint                        every check but the tests
  install-tools               install what `services` looks for
"""


def main(argv: list[str]) -> int:
    """Run one command; answers the exit code."""
    command, rest = (argv[0], argv[1:]) if argv else ("help", [])
    try:
        return _dispatch(command, rest)
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _dispatch(command: str, rest: list[str]) -> int:
    # Each command imports its own: what runs first should not wait for what it does not need.
    if command == "run":
        from . import config, run

        return run.run(config.load())
    if command == "reset":
        from . import config, run

        return run.reset(config.load())
    if command == "services":
        from . import services

        return services.main(rest)
    if command in {"check-all", "lint"}:
        from . import checks

        return checks.main(rest, tests=command == "check-all")
    if command == "install-tools":
        from . import tools

        return tools.main(rest)
    print(USAGE)
    return 0 if command in {"help", "-h", "--help"} else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# What can be typed here: `make help`.

# Nothing is downloaded but packages: uv takes the Python that is here.
export UV_PYTHON_DOWNLOADS = never

# The first Python of 3.11 or newer; found only when the environment has to be made.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
# uv from the PATH, or one of our own (not inside .venv: there, uv would remove itself).
UV ?= $(shell uv --version >/dev/null 2>&1 && echo uv || echo .uv/bin/uv)

LOCAL := .venv/bin/python -m marketplace.local
SYNCED := .venv/.synced

.DEFAULT_GOAL := help
.PHONY: help run setup test lint bench test-tools clean reset

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14
	@echo
	@echo 'Settings (make run PORT=8001): PORT, HOST, DATA_DIR, DATABASE_URL, ELASTICSEARCH_URL, and those in .env.example'

run: $(SYNCED) ## run everything: database, web and worker, at http://127.0.0.1:8000/ until Ctrl-C
	@exec $(LOCAL) run

setup: $(SYNCED) ## install the packages of uv.lock into .venv

test: $(SYNCED) ## every check and test; make test ARGS="tests/orders -k hold" runs only these tests
	@exec $(LOCAL) services -- $(LOCAL) check-all $(ARGS)

lint: $(SYNCED) ## every check but the tests
	@exec $(LOCAL) services --without elasticsearch --without stripe-mock --without chromium -- $(LOCAL) lint

bench: $(SYNCED) ## the benchmarks
	@exec $(LOCAL) services -- .venv/bin/python -m tests.benchmarks $(ARGS)

test-tools: $(SYNCED) ## install Chromium, Elasticsearch and stripe-mock for the tests
	@exec $(LOCAL) install-tools

clean: ## delete .venv, caches and built files; the data of `make run` stays (make reset deletes it)
	rm -rf .venv .uv staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

reset: $(SYNCED) ## delete the database and files of `make run`; the next one begins anew
	@exec $(LOCAL) reset

$(SYNCED): uv.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed; here is: '"$$(python3 --version 2>&1)."; \
		echo 'Install one, or name it: make run PYTHON=/path/to/python3.11'; exit 1; }
	@$(UV) --version >/dev/null 2>&1 || { echo 'Getting uv, which installs the packages …' && rm -rf .uv \
		&& $(PYTHON) -m venv .uv && echo '*' >.uv/.gitignore && .uv/bin/pip install --quiet --disable-pip-version-check uv; } \
		|| { rm -rf .uv; echo 'uv could not be installed. On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@echo 'Installing the packages into .venv …'
	@sync="$(UV) sync --frozen --quiet --python $(PYTHON)"; $$sync || { \
		echo 'Once more, trusting the certificates of this system (a proxy may have its own) …'; \
		UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true $$sync; }
	@touch $@

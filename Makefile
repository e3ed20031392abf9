# Two commands matter: `make demo` runs the whole service on this machine, `make test` proves it.
.DELETE_ON_ERROR:
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python

.PHONY: demo test simulate drill sabotage bench learn check-code lock help

help:            ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: $(VENV)/.runtime          ## the bot, its sandbox and a seeded district; prints one address to open
	@$(PY) -m bot demo

test: $(VENV)/.dev              ## code checks and every test
	@$(MAKE) --no-print-directory check-code
	@$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder

simulate: $(VENV)/.dev          ## a month of a simulated district on a virtual clock, and its three rates
	@PYTHONPATH=.:tests/support $(PY) -m benchmarks.simulate

drill: $(VENV)/.dev             ## the long fault drills: kills, stops, damaged files, a month of deadlines
	@DESK_DRILLS=full $(PY) -m pytest tests/drills tests/handlers/test_hostile_words.py -s --timeout 36000
	@DESK_DRILLS=full $(PY) -m pytest tests/journeys -n auto --dist loadfile
	@$(PY) -m benchmarks.faq_mutate --count 1000000
	@CLOCK_MATTERS=2000 $(PY) -m pytest tests/desk/test_clock_model.py --timeout 3600

sabotage: $(VENV)/.dev          ## plant known bugs one by one; each must turn the tests red
	@$(PY) tests/saboteurs/run.py

bench: $(VENV)/.dev .venv-bench/.ready .venv-run/.ready ## this bot beside others, one sink, ratios of one run
	@$(PY) -m benchmarks.throughput
	@$(PY) -m benchmarks.growth

learn: .venv-bench/.ready       ## a new model for the FAQ in var/faq, its figures beside the shipped one's; replaces nothing
	@.venv-bench/bin/python -m benchmarks.faq_learn

check-code: $(VENV)/.dev        ## ruff, mypy --strict and the import contracts
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

lock:            ## resolve pyproject.toml into the hashed lock files
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml -o requirements.lock
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --group dev -o requirements-dev.lock
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --group dev --group bench -o requirements-bench.lock

$(VENV)/.runtime: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.venv-run/.ready: requirements.lock
	@test -x .venv-run/bin/python || $(PYTHON) -m venv .venv-run
	@.venv-run/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv-bench/.ready: requirements-bench.lock
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

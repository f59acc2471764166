# `make setup`, then `.venv/bin/fireline`. `make test` does everything a change must pass. CONTRIBUTING.md says more.
BIN := .venv/bin
STEP := @sh .ci/step
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(FLAGS)

.PHONY: help setup demo test check lint format types imports emulator lock bench clean

help:
	@echo "make setup    .venv with everything locked, and the fireline command in it"
	@echo "make demo     a local Slack workspace, a simulated pipeline, and Fireline in it"
	@echo "make test     set-up, every check, every test      (ARGS='-k health' to choose)"
	@echo "make check    the linters and the layer contracts alone"
	@echo "make emulator the BigQuery emulator of the contract suite, in .venv-bqemulator"
	@echo "make lock     lock what pyproject.toml asks for    (FLAGS=--upgrade for newer versions)"
	@echo "make bench    measure, and write benchmarks/RESULTS.md"
	@echo "make clean    remove what make has made; state in var/ stays"

setup: .venv/.project

# A new lock makes a new environment, so that it holds the lock and nothing else. Wheels only: a source distribution
# would fetch what builds it, without a hash.
.venv/.locked: requirements-dev.txt
	@python=$$(sh .ci/python) && echo "  setup   .venv ($$python)" && "$$python" -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --no-deps --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

.venv/.project: .venv/.locked pyproject.toml
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

.venv-bqemulator/.locked: requirements-bqemulator.txt
	@python=$$(sh .ci/python) && echo "  setup   .venv-bqemulator" && "$$python" -m venv --clear .venv-bqemulator
	@.venv-bqemulator/bin/python -m pip install -qq --no-deps --require-hashes --only-binary :all: -r requirements-bqemulator.txt
	@touch $@

# Without the emulator all other tests still run, and those that need it are named as not run.
emulator:
	@$(MAKE) --silent --no-print-directory .venv-bqemulator/.locked || { test "$$CI" != true && rm -rf .venv-bqemulator; }

test: check emulator
	@$(BIN)/python -m pytest -rs --numprocesses 2 --dist loadfile $(ARGS)

check: lint format types imports

lint: setup
	$(STEP) "ruff check" $(BIN)/ruff check --output-format concise .

format: setup
	$(STEP) "ruff format --check" $(BIN)/ruff format --check .

types: setup
	$(STEP) "mypy --strict" $(BIN)/mypy

imports: setup
	$(STEP) "lint-imports" $(BIN)/lint-imports --no-logo

lock: setup
	@$(LOCK) --output-file requirements.txt pyproject.toml
	@$(LOCK) --output-file requirements-dev.txt --extra dev --constraint requirements.txt pyproject.toml
	@$(LOCK) --output-file requirements-bqemulator.txt requirements-bqemulator.in
	@sed -i '1i # Locked with hashes: make lock' requirements.txt requirements-dev.txt requirements-bqemulator.txt

demo: setup
	@$(BIN)/fireline demo $(ARGS)

bench: setup
	@$(BIN)/python -m benchmarks $(ARGS)

clean:
	@rm -rf .venv .venv-bqemulator .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

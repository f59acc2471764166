# make demo and make test both work in a fresh clone. They share .venv: `make demo` fills it with what the product needs
# (requirements.txt), `make test` adds the tools of its developers (requirements-dev.txt, which holds all of the former).
# Neither removes what the other needs, in any order; going from one to the other costs milliseconds once both are there.
BIN := .venv/bin
STEP := @sh .ci/step
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(FLAGS)

# The tests start Fireline hundreds of times: compiled once, it starts a quarter faster, and the tests are collected in half the time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test tests pit one check lint format formatted types imports emulator lock bench clean

help:
	@echo "make demo     a local Slack workspace, a simulated pipeline, and Fireline in it"
	@echo "make test     set-up, every check, every test      (ARGS='-k health' to choose)"
	@echo "make pit      several processes for real, killed in the middle: minutes"
	@echo "make one      a test file, folder or test, at once (T=tests/unit/test_runs.py)"
	@echo "make check    the linters, the types and the layer contracts alone"
	@echo "make format   format the code, and mend what the linter can mend"
	@echo "make setup    .venv with everything locked, and the fireline command in it"
	@echo "make emulator the BigQuery emulator of the contract suite, in .venv-bqemulator"
	@echo "make lock     lock what pyproject.toml asks for    (FLAGS=--upgrade for newer versions)"
	@echo "make bench    measure, and write benchmarks/RESULTS.md"
	@echo "make clean    remove what make has made; state in var/ stays"

setup:
	@sh .ci/setup tools

demo:
	@sh .ci/setup product
	@$(BIN)/fireline demo $(ARGS)

# Without the emulator all other tests still run, and those that need it are named as not run.
emulator:
	@sh .ci/setup emulator || { test "$$CI" != true && rm -rf .venv-bqemulator; }

# The types are checked beside the tests: they need half a minute of one core, and both cores are there.
test: lint formatted imports emulator
	@$(MAKE) --no-print-directory --jobs 2 types tests

tests: setup
	@sh .ci/tests $(BIN)/python -m pytest -rs --numprocesses 2 --dist loadfile --no-loadscope-reorder --ignore tests/pit $(ARGS)

pit: setup emulator
	@$(BIN)/python -m pytest -rs tests/pit $(ARGS)

one: setup
	@$(BIN)/python -m pytest -x $(T) $(ARGS)

check: lint formatted types imports

lint: setup
	$(STEP) "ruff check" $(BIN)/ruff check --output-format concise .

format: setup
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

formatted: setup
	$(STEP) "ruff format --check" $(BIN)/ruff format --check .

types: setup
	$(STEP) "mypy --strict" $(BIN)/mypy

imports: setup
	$(STEP) "lint-imports" $(BIN)/lint-imports --no-logo

# The product's lock holds what builds the project, too: nothing is fetched for it.
lock:
	@test -x $(BIN)/uv || sh .ci/setup tools
	@$(LOCK) --output-file requirements.txt --extra build pyproject.toml
	@$(LOCK) --output-file requirements-dev.txt --extra build --extra dev --constraint requirements.txt pyproject.toml
	@$(LOCK) --output-file requirements-bqemulator.txt requirements-bqemulator.in
	@sed -i '1i # Locked with hashes: make lock' requirements.txt requirements-dev.txt requirements-bqemulator.txt

bench: setup
	@$(BIN)/python -m benchmarks $(ARGS)

clean:
	@rm -rf .venv .venv-bqemulator .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# SOAP: every task a developer or an administrator has. `make help` lists them.
# Needs python3 (>= 3.11) with pip, make and git; everything else comes into .tools and .venv.

PYTHON ?= python3
UV := .tools/bin/uv
PY := .venv/bin/python
export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
export PYTHONUTF8 := 1

.PHONY: help setup demo test test-slow check format bench docs reference lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-warn-script-location --root-user-action=ignore --target .tools uv

.venv/.ready: requirements.lock pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python $(PY) --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

setup: .venv/.ready ## make the environment .venv from the lock file

demo: setup ## simulate, ingest, run the studies, say where the reports are
	@SOAP=.venv/bin/soap DATA="$${SOAP_TEST_DATA:-../shared/data}" sh studies/demo.sh demo-output

test: setup ## the fast tests (README's command)
	$(PY) -m pytest -n auto --dist worksteal -m "not slow"

test-slow: setup ## crash points, large samples, fuzzing, all back ends by Dask; a skip is a failure
	$(PY) -m pytest -n auto --dist worksteal -m slow --no-skips
	$(PY) -m pytest -n auto --dist worksteal -m "not slow" --no-skips --backends all --scheduler dask tests/services tests/faces

check: setup ## lint, types, import contracts, spelling, lock file, sizes
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/typos
	$(PY) tests/house/largest_modules.py

format: setup ## put the sources into the agreed form
	.venv/bin/ruff check --fix --quiet . || true
	.venv/bin/ruff format .

bench: setup ## measure against peers, in one run; prints tables, writes build/bench.json
	$(PY) benchmarks/run.py

reference: setup ## write the generated reference pages (docs/reference)
	$(PY) docs/reference/generate.py

docs: reference ## build the documentation into site/
	.venv/bin/zensical build --clean

lock: $(UV) ## resolve the dependencies anew (names, versions, hashes; no addresses)
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o requirements.lock

clean: ## remove what the targets made
	rm -rf .venv .tools build site demo-output

# SOAP: every task a developer or an administrator has. `make help` lists them.
# Needs python3 (>= 3.11) with pip, make and git, and Node.js (>= 20.19) with npm for the portal; everything else comes
# into .tools, .venv and portal/node_modules.

PYTHON ?= python3
UV := .tools/bin/uv
PY := .venv/bin/python
export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
export PYTHONUTF8 := 1

PORTAL := src/soap/faces/portal/static/index.html
PORTAL_SOURCES := $(shell find portal -path portal/node_modules -prune -o -type f -print)

.PHONY: help setup portal portal-types demo serve shots test test-slow check format bench docs reference lock clean
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

portal/node_modules/.ready: portal/package-lock.json portal/package.json
	cd portal && npm ci --silent
	@touch $@

$(PORTAL): $(PORTAL_SOURCES) portal/node_modules/.ready
	cd portal && npm run --silent build

NODE := $(shell command -v npm >/dev/null && node -p "const [a, b] = process.versions.node.split('.'); a > 20 || (a == 20 && b >= 19)" 2>/dev/null)

ifeq ($(NODE),true)
portal: $(PORTAL) ## build the web portal (needs Node.js and npm)
else
portal:
	@echo "Node.js (20.19 or newer) and npm are not here, so the web portal is not built; all else works."
endif

portal-types: .venv/.ready portal/node_modules/.ready ## write the portal's types of the API anew, and what the server says
	$(PY) portal/write_declared.py portal/src/words/declared.json
	$(PY) portal/write_openapi.py portal/openapi.json
	cd portal && npm run --silent types

setup: .venv/.ready portal ## make the environment .venv from the lock file, and the portal

demo: setup ## simulate, ingest, run the studies, say where the reports are
	@SOAP=.venv/bin/soap PYTHON=$(PY) DATA="$${SOAP_TEST_DATA:-../shared/data}" sh studies/demo.sh demo-output

PORT ?= 8000

serve: setup ## serve the portal on the demo's archive, else on yours; PORT=8000
	@archive=demo-output/archive; [ -d $$archive ] || archive="$${SOAP_ARCHIVE:-soap-archive}"; \
	if [ ! -d "$$archive" ]; then echo "There is no archive yet: \`make demo\` makes one to look at."; exit 3; fi; \
	[ ! -f demo-output/people.txt ] || cat demo-output/people.txt; \
	exec .venv/bin/soap --archive "$$archive" serve --port $(PORT)

shots: setup ## pictures of every page of the portal, in build/shots (needs Chromium and the demo's archive)
	$(PY) portal/shots.py demo-output/archive build/shots

test: setup ## the fast tests (README's command)
	$(PY) -m pytest -n auto --dist worksteal -m "not slow" --timeout 300

BY_DASK := -m pytest -n auto --dist worksteal -m "not slow" --timeout 300 --no-skips --scheduler dask tests/services tests/faces

test-slow: setup ## crash points, large samples, fuzzing, all back ends, work by Dask; a skip is a failure
	$(PY) -m pytest -n auto --dist worksteal -m slow --no-skips
	@mkdir -p build && rm -f build/work.txt
	$(PY) $(BY_DASK) --backends sqlite+files --note-work build/work.txt
	$(PY) $(BY_DASK) --backends postgresql+files,postgresql+s3 --only-work build/work.txt

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

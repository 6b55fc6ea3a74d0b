# make app    install and serve the application on http://127.0.0.1:5006 (PORT= changes the port)
# make test   install what the tests need and run lint, types, unit and browser tests, and build the documentation
# make docs   build the documentation into build/site, and check its links
# make lock   write requirements/ anew for the ranges of pyproject.toml; UPGRADE=--upgrade takes the newest versions

PYTHON ?= python3
PORT ?= 5006
UPGRADE ?=
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-package torch --custom-compile-command "make lock" $(UPGRADE)
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --silent

.PHONY: app test lint types unit browser docs lock clean

app: .venv/app-installed
	$(BIN)/goms app --port $(PORT)

test: lint types unit browser docs

lint: .venv/test-installed node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(NPM) run lint

types: .venv/test-installed node_modules/.installed
	$(BIN)/mypy
	$(NPM) run types

unit: .venv/test-installed node_modules/.installed
	$(NPM) test
	$(BIN)/pytest -n 2 -m "not browser"

browser: .venv/test-installed
	$(BIN)/pytest -n 2 --dist loadfile -m browser

docs: .venv/docs-installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build
	@echo "build/site/index.html"

.venv/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
	  || { echo "$(PYTHON) is $$($(PYTHON) --version 2>&1); GOMS Explorer needs Python 3.11 or newer: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

# PyTorch comes before its range is asked for, as the build that suits the machine; the lock holds what it needs.
.venv/app-installed: pyproject.toml requirements/app.txt requirements/torch.txt | .venv/bin/python
	$(PIP) --require-hashes --requirement requirements/app.txt
	$(PIP) --requirement requirements/torch.txt
	$(PIP) --no-deps --editable .
	@touch $@

.venv/test-installed: .venv/app-installed requirements/test.txt
	$(PIP) --require-hashes --requirement requirements/test.txt
	sh tests/browser/install_chromium.sh $(BIN)
	@touch $@

# Node itself is a Python package of the tests, so that no machine needs one of its own.
node_modules/.installed: package.json package-lock.json | .venv/test-installed
	$(NPM) ci --ignore-scripts
	@touch $@

.venv/docs-installed: .venv/app-installed requirements/docs.txt
	$(PIP) --require-hashes --requirement requirements/docs.txt
	@touch $@

lock: | .venv/bin/python
	$(PIP) uv
	$(LOCK) pyproject.toml --output-file requirements/app.txt
	$(LOCK) pyproject.toml --extra test --constraint requirements/app.txt --output-file requirements/test.txt
	$(LOCK) pyproject.toml --extra docs --constraint requirements/test.txt --output-file requirements/docs.txt

clean:
	rm -rf .venv node_modules *.egg-info

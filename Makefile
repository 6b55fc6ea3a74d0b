# make app    install and serve the application on http://127.0.0.1:5006 (PORT= changes the port)
# make test   install what the tests need and run lint, types, unit and browser tests, and build the documentation
# make docs   build the documentation into build/site, and check its links

PYTHON ?= python3
PORT ?= 5006
BIN := .venv/bin

.PHONY: app test lint types unit browser docs clean

app: .venv/app-installed
	$(BIN)/goms app --port $(PORT)

test: lint types unit browser docs

lint: .venv/test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/test-installed
	$(BIN)/mypy

unit: .venv/test-installed
	$(BIN)/pytest -n 2 -m "not browser"

browser: .venv/test-installed
	$(BIN)/pytest -n 2 --dist loadfile -m browser

docs: .venv/docs-installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "build/site/index.html"

.venv/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
	  || { echo "$(PYTHON) is $$($(PYTHON) --version 2>&1); GOMS Explorer needs Python 3.11 or newer: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/app-installed: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/test-installed: .venv/app-installed
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[test]"
	sh tests/browser/install_chromium.sh $(BIN)
	@touch $@

.venv/docs-installed: .venv/app-installed
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[docs]"
	@touch $@

clean:
	rm -rf .venv *.egg-info

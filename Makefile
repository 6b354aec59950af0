# The words of this project. `make help` explains them.
# POSIX sh; what a second run need not do again is remembered by stamps inside .venv.

SHELL = /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test check bench fidelity browser gallery lock clean venv

PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
BENCH = .venv-bench
PIP = $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
WORKERS ?= auto

help: ## explain these words
	@echo "make WORD, where WORD is one of"
	@sed -n 's/^\([a-z][a-z]*\):[^#]*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-12s%s\n", $$1, $$2 }'
	@echo "and may be followed by settings:"
	@echo "  PYTHON=python3.12     the Python that .venv is made with (3.11 or newer)"
	@echo "  ARGS='tests/write'    what to hand on to demo or to pytest"
	@echo "  WORKERS=0             test in one process (default: one per core)"
	@echo "  UPGRADE=--upgrade     let make lock take newer versions"

demo: $(VENV)/.installed ## install what is needed into .venv and run one issue from Markdown to report
	@$(BIN)/newsletter demo $(ARGS)

test: $(VENV)/.developed ## run the tests
	@$(BIN)/python -m pytest -q -n $(WORKERS) $(ARGS)

check: $(VENV)/.developed ## look at the code without running it: lint, types, import rules, docstrings
	@echo "ruff:"; $(BIN)/ruff check .
	@echo "mypy:"; $(BIN)/mypy
	@echo "import rules, purity, docstrings, locks:"; $(BIN)/python -m pytest -q tests/house

bench: $(BENCH)/.installed ## measure gathering, and how other readers do (installs those into .venv-bench)
	@$(BENCH)/bin/python bench/gather.py $(ARGS)

fidelity: $(VENV)/.installed bench/node_modules/.installed ## compare our MJML with node's by picture, and time letters
	@$(BIN)/python bench/fidelity/compare.py $(ARGS)
	@$(BIN)/python bench/compiling.py
	@$(BIN)/python bench/letters.py

browser: tests/browser/node_modules/.installed ## install axe-core and html-validate (npm); without them some tests skip

gallery: $(VENV)/.developed ## draw docs/gallery, every block as readers see it (Chromium)
	@$(BIN)/python docs/gallery/make.py

venv: $(VENV)/.developed ## make .venv with all that developers need

lock: $(VENV)/.developed ## work out requirements.lock, requirements-dev.lock and bench/requirements.txt
	@$(LOCK) pyproject.toml --group build --output-file requirements.lock
	@$(LOCK) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(LOCK) pyproject.toml bench/requirements.in --constraint requirements.lock --output-file bench/requirements.txt

clean: ## remove .venv, .venv-bench and what was built (never .newsletter, outbox, reports or private lists)
	rm -rf $(VENV) $(BENCH) bench/node_modules tests/browser/node_modules build dist demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find newsletter tests -type d -name __pycache__ -prune -exec rm -rf {} +

# One lock for all platforms, with every file's hash and no index named; 3.11 is the oldest Python we run on.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(UPGRADE)

$(VENV)/.made:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
		echo "make: there is no $(PYTHON) here. Install Python 3.11 or newer, or name one: make PYTHON=python3.12 ..." >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "make: $(PYTHON) is $$("$(PYTHON)" -V 2>&1), and newsletter needs 3.11 or newer." \
			"Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "make: $(PYTHON) lacks venv. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON) ..." >&2
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/.made
	@echo "Installing into $(VENV) ..." >&2
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.developed: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what developers need into $(VENV) ..." >&2
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Node's MJML is compared with as well. The lock names no registry: npm asks the one that it is set up for.
bench/node_modules/.installed: bench/package.json bench/package-lock.json
	@command -v npm >/dev/null 2>&1 || { echo "make: npm is missing. On Debian: apt install npm" >&2; exit 1; }
	@echo "Installing node's MJML into bench/node_modules ..." >&2
	@cd bench && npm ci --silent --no-audit --no-fund
	@touch $@

tests/browser/node_modules/.installed: tests/browser/package.json tests/browser/package-lock.json
	@command -v npm >/dev/null 2>&1 || { echo "make: npm is missing. On Debian: apt install npm" >&2; exit 1; }
	@echo "Installing axe-core and html-validate into tests/browser/node_modules ..." >&2
	@cd tests/browser && npm ci --silent --no-audit --no-fund
	@touch $@

# The other readers are compared with, never depended on: they have a room of their own. The lock is whole, and
# an older pip trips over one of its extras, so that nothing is worked out anew.
$(BENCH)/.installed: bench/requirements.txt | $(VENV)/.made
	@echo "Installing the other readers into $(BENCH) ..." >&2
	@$(BIN)/python -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip -qq --disable-pip-version-check --no-input install --no-deps --require-hashes \
		-r bench/requirements.txt
	@touch $@

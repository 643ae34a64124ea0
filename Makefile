# Two commands on a fresh machine do everything: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

# What was compiled once need not be compiled again: pytest spends fifteen seconds on it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check run format docs cards lock

demo: $(READY)
	@$(BIN)/papers demo

test: $(READY)
	@$(BIN)/pytest -n 2 --dist worksteal -q

check: $(READY)
	@$(BIN)/ruff format --check --quiet . || { echo "make format mends this"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

run: $(READY)
	@$(BIN)/papers run

format: $(READY)
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

docs: $(READY)
	@$(BIN)/python -m tools.reference

# The adapters' own JSON in pages of Discord's and Slack's look, as pictures; needs Chromium.
cards: $(READY)
	@$(BIN)/python -m tools.cards

# Needs uv; the lock names no registry host, so any mirror serves it.
lock:
	uv pip compile --generate-hashes --no-emit-index-url --all-extras --no-annotate --no-header \
		--python-version 3.11 --universal pyproject.toml -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("papers-bot needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "Setting up .venv (once; about half a minute) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

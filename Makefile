# `make demo` and `make test` set up what they need by themselves; `make check` before every commit.
# PYTHON picks the interpreter (3.11, 3.12 or 3.13), VENV where the environment lives.

VENV ?= .venv
# The first Python that runs and fits: a name on the PATH may be a shim of one that is not there.
PYTHON ?= $(shell for name in python3 python3.12 python3.11 python3.13; do \
  $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$name && break; done)
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test test-slow check format bench reference screenshots clean

demo: $(VENV)/.demo
	$(BIN)/slt demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2

test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2

bench: $(VENV)/.dev
	$(BIN)/python -m pytest -m bench -s

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What is generated from the settings: the JSON Schema of presets and config files, the list of flags.
reference: $(VENV)/.dev
	$(BIN)/slt flags --schema > presets/schema.json
	$(BIN)/slt flags > tests/contract/flags.txt

# The README's pictures, from the real commands and the real app; trains the runs that they show where missing.
screenshots: $(VENV)/.dev
	$(BIN)/python -m screenshots.render

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	@$(if $(strip $(PYTHON)),true,echo "no Python 3.11 to 3.13 on the PATH: install one, or name it: make PYTHON=... $(MAKECMDGOALS)" >&2; exit 1)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "no venv module: install it (Debian: apt install python3-venv)" >&2; exit 1; }

$(VENV)/.demo: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV): a few minutes the first time." >&2
	$(INSTALL) -e '.[demo]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV): a few minutes the first time." >&2
	$(INSTALL) -e '.[demo,dev,extract,tensorboard]'
	@touch $@ $(VENV)/.demo

# `make` alone says what there is to do. Needs Python 3.11 to 3.13 and make; everything else goes into .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test bench screenshots lint format clean constraints env setup setup-dev

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
TESTS ?=
ONLY ?=

# True for a Python that fits; a shim that only complains, or a Python without the venv module, does not.
FITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 22

run: setup ## Start the product on http://localhost:8000 (PORT=8001 for another port); Ctrl-C stops it
	@exec $(BIN)/python manage.py serve --port $(PORT)

test: setup-dev ## Run the tests (TESTS="tests/ml -k moods" for some of them)
	@$(BIN)/python -m pytest $(TESTS)

lint: setup-dev ## Check the style of the code, and that no migration is missing
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check .
	@$(BIN)/python manage.py makemigrations --check --dry-run

bench: setup-dev ## Measure the speed of everything (ONLY="hearing cold" for some of it); docs/speed.md has the table
	@$(BIN)/python -m tests.bench $(ONLY)

format: setup-dev ## Put the code into the style that `make lint` asks for
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

clean: ## Remove .venv and what tests and tools left behind; songs and database in var/ stay
	@rm -rf $(VENV) .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

screenshots: setup-dev ## Take the pictures in docs/screenshots anew (needs Chromium; a few minutes)
	@$(BIN)/python -m tests.screenshots

constraints: setup-dev ## Pin again what the requirements bring along (after changing requirements*.txt)
	@$(BIN)/python -m pip install --quiet uv
	@grep '^#' constraints.txt > $(VENV)/constraints.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links requirements-dev.txt >> $(VENV)/constraints.txt
	@mv $(VENV)/constraints.txt constraints.txt

env: .env ## Write the .env that docker-compose.yml needs, with a generated database password
.env:
	@umask 077 && printf 'POSTGRES_PASSWORD=%s\n' "$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" > .env
	@echo 'Wrote .env with a new database password. Keep the file: the database knows its password only from there.'

setup: REQUIREMENTS := requirements.txt
setup-dev: REQUIREMENTS := requirements-dev.txt

# A stamp named after what the requirements say shows what .venv holds, so that a second start installs nothing.
setup setup-dev:
	@if ! $(BIN)/python -c '$(FITS)' 2>/dev/null; then \
		found=; for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
			if $$python -c '$(FITS)' 2>/dev/null; then found=$$python; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo 'Found no Python 3.11, 3.12 or 3.13 with its venv module: install one (on Debian and Ubuntu:' \
				'apt install python3 python3-venv), or name one with make PYTHON=/path/to/python3.' >&2; \
			exit 1; \
		fi; \
		rm -rf $(VENV) && $$found -m venv $(VENV); \
	fi; \
	state=$$(cat requirements.txt requirements-dev.txt constraints.txt | cksum | tr ' ' '-'); \
	if [ ! -e $(VENV)/requirements-dev.txt-$$state ] && [ ! -e $(VENV)/$(REQUIREMENTS)-$$state ]; then \
		echo 'Installing $(REQUIREMENTS) into $(VENV); this happens once and takes a few minutes.'; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $(REQUIREMENTS) \
			--constraint constraints.txt && rm -f $(VENV)/$(REQUIREMENTS)-* && touch $(VENV)/$(REQUIREMENTS)-$$state; \
	fi

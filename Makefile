# `make` lists the targets. Needs Python 3.11 to 3.13 and make; everything else goes into .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help node_modules run test train bench scale corpus screenshots messages demo-songs audit fuzz chaos lint format clean constraints env setup setup-training setup-dev

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
TESTS ?=
ONLY ?=
ARGS ?=
DIR ?=
FULL ?=
DATA ?=
SEED ?=
COUNT ?= 20000
JOBS ?= 2
SONGS ?= 500
PIP_AUDIT := 2.10.1
ARCH ?= cnn1d

# True for a supported Python with the venv module; false for a pyenv shim that only prints an error.
SUPPORTED := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 22

run: setup ## Start Countermood on http://localhost:8000 (PORT=8001 for another port); Ctrl-C stops it
	@exec $(BIN)/python manage.py serve --port $(PORT)

test: setup-dev ## Run the tests (TESTS="tests/ml -k moods" runs some of them, JOBS=4 more at once)
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile $(TESTS)

train: setup-training ## Train a network on your own songs (DATA=folder, ARCH=cnn1d); docs/own-data.md has the options
	@if [ -z "$(DATA)" ]; then \
		echo 'Name the folder or table with your songs: make train DATA=path/to/songs. docs/own-data.md shows both forms.' >&2; \
		exit 1; \
	fi
	@$(BIN)/python -m ml.training.train --arch $(ARCH) --data "$(DATA)"

lint: setup-dev node_modules ## Run ruff, mypy, eslint and prettier, and check that no migration is missing
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@npm run --silent lint

bench: setup-dev ## Measure speed and memory (ONLY="analysis cold-start" runs some of it) and write the table in docs/speed.md
	@$(BIN)/python -m tests.bench $(ONLY)

scale: setup-dev ## Simulate the queue traffic of 200 worker hosts (ARGS="--songs 100000 --hosts 1 8" is quicker)
	@$(BIN)/python -m tests.scale $(ARGS)

format: setup-dev node_modules ## Format the code and fix what the linters can fix
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .
	@npm run --silent format

clean: ## Remove .venv, node_modules and caches; songs and database in var/ stay
	@rm -rf $(VENV) node_modules .pytest_cache .ruff_cache .mypy_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

corpus: setup-dev ## Run every file of DIR=folder through decoder and tags (FULL=1: the whole analysis), against ffprobe
	@$(BIN)/python -m tests.corpus $(if $(FULL),--full) "$(DIR)"

screenshots: setup-dev ## Take the screenshots in docs/screenshots (needs Chromium; a few minutes)
	@$(BIN)/python -m tests.screenshots

messages: setup-dev ## Bring the catalogues of translations up to date, and list the texts that lack a translation
	@DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -m tests.catalogues

demo-songs: setup ## Compose the demo songs and write them to classifier/demo_songs
	@$(BIN)/python -m ml.demo classifier/demo_songs

# In an environment of its own, since it needs 30 packages that nothing else does. The second audit runs even if the first finds something.
audit: $(VENV)/audit/bin/pip-audit ## Look up known vulnerabilities of every pinned Python and npm package (needs a network)
	@if ! command -v npm >/dev/null; then \
		echo 'npm is required to audit the JavaScript. Install Node.js 18 or newer (on Debian and Ubuntu: apt install nodejs npm).' >&2; \
		exit 1; \
	fi
	@status=0; \
	echo 'Python packages, constraints.txt:'; \
	$(VENV)/audit/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip --progress-spinner off || status=1; \
	echo 'npm packages, package-lock.json:'; \
	npm audit --package-lock-only || status=1; \
	exit $$status

$(VENV)/audit/bin/pip-audit: | setup
	@$(BIN)/python -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==$(PIP_AUDIT)

fuzz: setup-dev ## Send COUNT damaged files and requests through decoder, tags, sniffer and parsers (SEED=1 COUNT=20000)
	@$(BIN)/python -m tests.fuzz $(if $(SEED),--seed $(SEED)) --count $(COUNT)

chaos: setup-dev ## Kill processes at random while SONGS songs are analysed, on both set-ups (SONGS=500 SEED=1)
	@$(BIN)/python -m tests.chaos --songs $(SONGS) $(if $(SEED),--seed $(SEED))

constraints: setup-dev ## Write constraints.txt again (after changing requirements*.txt)
	@$(BIN)/python -m pip install --quiet uv
	@grep '^#' constraints.txt > $(VENV)/constraints.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links requirements-dev.txt >> $(VENV)/constraints.txt
	@mv $(VENV)/constraints.txt constraints.txt

# The JavaScript linter and formatter. npm writes this file last.
node_modules: node_modules/.package-lock.json
node_modules/.package-lock.json: package-lock.json
	@if ! command -v npm >/dev/null; then \
		echo 'npm is required to lint the JavaScript. Install Node.js 18 or newer (on Debian and Ubuntu: apt install nodejs npm).' >&2; \
		exit 1; \
	fi
	@npm ci --silent --no-audit --no-fund
	@touch $@

env: .env ## Write the .env file for docker-compose.yml, with a generated database password
.env:
	@umask 077 && printf 'POSTGRES_PASSWORD=%s\n' "$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" > .env
	@echo 'Wrote .env with a new database password. Keep this file: the password is stored nowhere else.'

setup: ## Install what `make run` needs
setup-training: ## Install what training needs as well
setup-dev: ## Install what tests and linters need as well

setup: REQUIREMENTS := requirements-serving.txt
setup: SUFFICIENT := requirements-serving.txt requirements.txt requirements-dev.txt
setup: DURATION := about a minute
setup-training: REQUIREMENTS := requirements.txt
setup-training: SUFFICIENT := requirements.txt requirements-dev.txt
setup-training: DURATION := a few minutes
setup-dev: REQUIREMENTS := requirements-dev.txt
setup-dev: SUFFICIENT := requirements-dev.txt
setup-dev: DURATION := a few minutes

# An empty file in .venv, named after the checksum of the requirements, records what is installed: the next start
# installs nothing.
setup setup-training setup-dev:
	@if ! $(BIN)/python -c '$(SUPPORTED)' 2>/dev/null; then \
		chosen=; for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
			if $$python -c '$(SUPPORTED)' 2>/dev/null; then chosen=$$python; break; fi; \
		done; \
		if [ -z "$$chosen" ]; then \
			echo 'Python 3.11, 3.12 or 3.13 with its venv module is required. Install it (on Debian and Ubuntu:' \
				'apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.' >&2; \
			exit 1; \
		fi; \
		rm -rf $(VENV) && $$chosen -m venv $(VENV); \
	fi; \
	state=$$(cat requirements*.txt constraints.txt | cksum | tr ' ' '-'); \
	for file in $(SUFFICIENT); do [ -e $(VENV)/$$file-$$state ] && exit 0; done; \
	echo 'Installing $(REQUIREMENTS) into $(VENV). This happens once and takes $(DURATION).'; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $(REQUIREMENTS) \
		--constraint constraints.txt && rm -f $(VENV)/requirements*.txt-* && touch $(VENV)/$(REQUIREMENTS)-$$state

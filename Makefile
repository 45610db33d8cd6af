# Run `make` to see the targets. Nothing but Python 3.11 or later has to be installed.

PYTHON ?= python3
VENV ?= .venv
DATASET ?= complete_journey
DEMO_ARGS ?=
DBT_ARGS ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=
MARKS ?= not slow and not engines
SOAK_ARGS ?=

VARS = segmentation_dataset: $(DATASET)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
DBT := $(BIN)/dbt
INSTALLED := $(VENV)/installed
INSTALLED_DEV := $(VENV)/installed-dev
INSTALLED_BENCH := $(VENV)/installed-bench
# Environments of their own for what needs other versions than the tests: MetricFlow,
# clients that read the served file, Dagster, dbt 2.0, Spark (and Java 17 besides), and
# adapters of warehouses for which SQL is written and never run.
METRICS := $(VENV)/metrics
READERS := $(VENV)/readers
DAGSTER := $(VENV)/dagster
DBT2 := $(VENV)/dbt2
SPARK := $(VENV)/spark
WAREHOUSES := $(VENV)/warehouses
# Installs into the environment of the target; what, and the words for pip.
define install_apart
	@echo "Installing $(1) into $(@D)"
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip --disable-pip-version-check -qq install --no-compile $(2)
endef
NPM_INSTALL = npm install --silent --no-audit --no-fund --prefix $(@D)

# The profile of this folder, whatever the caller's own dbt settings are.
export DBT_PROJECT_DIR := $(CURDIR)
export DBT_PROFILES_DIR := $(CURDIR)
export DBT_SEND_ANONYMOUS_USAGE_STATS := 0

SHELL := bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Whatever is no file.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' Makefile)

help: ## Print this list
	@echo "Targets (make TARGET):"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' Makefile

build: $(INSTALLED) ## Load the demo data, run dbt build, publish, write report.html
	@$(BIN)/segment demo load $(DATASET) $(DEMO_ARGS)
	@echo "Building and testing some 300 models: a minute"
	@set -o pipefail; \
		$(DBT) build --vars '$(VARS)' $(DBT_ARGS) \
		| grep --line-buffered -vE ' (START|PASS|OK|NO-OP) '
	@$(BIN)/segment report

report: $(INSTALLED) ## Write report.html from the last published release
	@$(BIN)/segment report

test: lint pytest ## Run the checks and tests of twenty minutes (PYTEST_ARGS='-k publish')

test-all: lint ## Run the slow tests too
	@$(MAKE) pytest MARKS='not engines'

pytest: $(INSTALLED_DEV)
	@echo "pytest"
	@$(BIN)/pytest -m '$(MARKS)' --numprocesses auto --maxprocesses 4 --dist loadfile \
		--no-loadscope-reorder $(PYTEST_ARGS)

test-engines: $(INSTALLED_DEV) ## Compare DuckDB and PostgreSQL on real data
	@$(BIN)/pytest -m engines tests/python/test_postgres.py $(PYTEST_ARGS)

test-metrics: build $(METRICS)/installed ## Compare MetricFlow with the tables
	@$(BIN)/python tests/metrics/compare_metrics.py --mf $(METRICS)/bin/mf

test-readers: build $(READERS)/installed ## Run the snippets of docs/bi.md
	@$(BIN)/python tests/readers/read_snippets.py --python $(READERS)/bin/python \
		$$(test -d $(READERS)/node_modules \
			&& echo --node-modules $(READERS)/node_modules)

test-dagster: $(INSTALLED) $(DAGSTER)/installed ## Materialise a refresh in Dagster
	@$(DAGSTER)/bin/python tests/dagster/materialise_refresh.py --segment $(BIN)/segment
test-spark: $(SPARK)/installed ## Compare DuckDB and Spark on a small company
	@$(SPARK)/bin/pytest tests/spark $(PYTEST_ARGS)

test-warehouses: $(WAREHOUSES)/installed ## Parse the SQL for warehouses never run
	@PYTHONPATH=scripts $(WAREHOUSES)/bin/python tests/warehouses/parse_warehouses.py

test-dbt2: $(INSTALLED_DEV) $(DBT2)/installed ## Build with dbt 2.0, compare with 1.12
	@PYTHONPATH=tests/python $(BIN)/python tests/dbt2/build_with_dbt2.py \
		--dbt2 $(DBT2)/bin/dbt \
		--library $(DBT2)/node_modules/@duckdb/node-bindings-linux-x64

soak: $(INSTALLED_DEV) ## Build 60 nights, kill some, compare with one build at once
	@PYTHONPATH=tests/python $(BIN)/python tests/soak/run_soak.py $(SOAK_ARGS)

lint: lint-python lint-sql lint-dbt ## Check style, types, conventions and layers

# Each step prints its name, and then only what is wrong.
lint-python: $(INSTALLED_DEV)
	@echo "ruff check"
	@$(BIN)/ruff check --quiet
	@echo "ruff format"
	@$(BIN)/ruff format --check --quiet --diff
	@echo "mypy"
	@$(BIN)/mypy --no-error-summary

lint-sql: $(INSTALLED_DEV)
	@echo "sqlfluff"
	@$(BIN)/sqlfluff lint --disable-progress-bar

# For each data set, whose staging is parsed only when it is chosen. A full parse: files
# that partial parsing skips would keep their deprecations quiet.
lint-dbt: $(INSTALLED_DEV)
	@for dataset in complete_journey omnichannel; do \
		$(MAKE) lint-dataset DATASET=$$dataset || exit 1; \
	done
	@echo "the picture in docs/architecture.md"
	@$(BIN)/python docs/architecture_picture.py --check

lint-dataset:
	@echo "dbt parse of $(DATASET), deprecations as errors"
	@$(DBT) --quiet parse --no-partial-parse --vars '$(VARS)' \
		--warn-error-options '{"error": ["Deprecations", "InvalidMacroAnnotation"]}'
	@echo "dbt parse of $(DATASET), v2 parser"
	@log=target/v2-parser.log; \
		$(DBT) --quiet parse --use-v2-parser --vars '$(VARS)' \
		--target-path target/v2 > $$log 2>&1 \
		&& ! grep -q '^\[warning\]' $$log || { cat $$log; exit 1; }
	@echo "dbt-bouncer on $(DATASET)"
	@log=target/dbt-bouncer.log found=target/dbt-bouncer.tap; rm -f $$found; \
		$(BIN)/dbt-bouncer run --output-format tap --output-only-failures \
		--output-file $$found > $$log 2>&1 \
		|| { grep -vE '^(TAP|1\.\.)' $$found || cat $$log; echo; exit 1; }

format: $(INSTALLED_DEV) ## Let ruff and sqlfluff rewrite what they can
	@$(BIN)/ruff check --quiet --fix-only
	@$(BIN)/ruff format --quiet
	@$(BIN)/sqlfluff fix --quiet

bench: $(INSTALLED_DEV) ## Compare what the project costs with a script by hand
	@PYTHONPATH=tests/python:tests/soak:tests/bench \
		$(BIN)/python tests/bench/bench_whole.py $(BENCH_ARGS)

bench-components: $(INSTALLED_DEV) ## Compare connected components with scipy
	@$(BIN)/python tests/bench/bench_components.py $(BENCH_ARGS)

bench-why: $(INSTALLED_DEV) ## Time "segment why" on a million records
	@$(BIN)/python tests/bench/bench_why.py $(BENCH_ARGS)

bench-identity: $(INSTALLED_BENCH) ## Compare identities with keys, rules and Splink
	@$(BIN)/python tests/bench/bench_identity.py $(BENCH_ARGS)

bench-gate: $(INSTALLED_DEV) ## Count what the gate of clusters accepts and finds
	@PYTHONPATH=tests/python $(BIN)/python tests/bench/bench_gate.py $(BENCH_ARGS)

bench-archetypes: $(INSTALLED_DEV) ## Say how well planted segments could be found
	@$(BIN)/python tests/bench/bench_archetypes.py $(BENCH_ARGS)

bench-clusters: $(INSTALLED_DEV) ## Time clusters, and count who leaves one and returns
	@PYTHONPATH=tests/python $(BIN)/python tests/bench/bench_clusters.py $(BENCH_ARGS)

bench-advice: $(INSTALLED_DEV) ## Count wrong advice, and what is found
	@PYTHONPATH=tests/python $(BIN)/python tests/bench/bench_advice.py $(BENCH_ARGS)

bench-drift: $(INSTALLED_DEV) ## Count false alarms of drift, and what is found
	@PYTHONPATH=tests/python $(BIN)/python tests/bench/bench_drift.py $(BENCH_ARGS)

bench-nightly: $(INSTALLED_DEV) ## Compare what a night costs with a full refresh
	@PYTHONPATH=tests/python:tests/soak \
		$(BIN)/python tests/bench/bench_nightly.py $(BENCH_ARGS)

bench-coverage: $(INSTALLED_DEV) ## Count how often intervals of experiments hold
	@PYTHONPATH=tests/python $(BIN)/python tests/bench/bench_coverage.py $(BENCH_ARGS)

bench-forecasts: $(INSTALLED_DEV) ## Count how often the interval of a forecast holds
	@PYTHONPATH=tests/python $(BIN)/python tests/bench/bench_forecasts.py $(BENCH_ARGS)

bench-questions: $(INSTALLED_DEV) ## Compare chosen questions with random ones
	@PYTHONPATH=tests/python $(BIN)/python tests/bench/bench_questions.py $(BENCH_ARGS)

bench-segments: $(INSTALLED_DEV) ## Time the segment layer on a million customers
	@PYTHONPATH=tests/python $(BIN)/python tests/bench/bench_segments.py $(BENCH_ARGS)

bench-value: $(INSTALLED_DEV) ## Judge forecasts beside lifetimes, time a million
	@PYTHONPATH=tests/python $(BIN)/python tests/bench/bench_value.py $(BENCH_ARGS)

picture: $(INSTALLED) ## Draw the flow of layers in docs/architecture.md anew
	@$(DBT) --quiet parse
	@$(BIN)/python docs/architecture_picture.py

docs: $(INSTALLED) ## Write the data catalogue, one HTML page, after a build
	@$(DBT) --quiet docs generate --static
	@echo "Catalogue: $(CURDIR)/target/static_index.html"

lock: ## Resolve pyproject.toml anew into the two requirements files
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --no-compile --editable '.[demo]'
	@{ echo "# Written by \`make lock\`: what \`make build\` needs."; \
		$(PIP) freeze --exclude-editable; } > requirements.txt
	@$(PIP) install --no-compile --constraint requirements.txt --editable '.[dev]'
	@{ echo "# Written by \`make lock\`: what \`make test\` needs beyond that."; \
		echo "-r requirements.txt"; \
		$(PIP) freeze --exclude-editable | grep -vxFf requirements.txt; \
		} > requirements-dev.txt
	@$(PIP) check
	@wc -l requirements.txt requirements-dev.txt

clean: ## Remove what commands write, except the data, its ledger and .venv
	@rm -rf target logs report.html .mypy_cache .pytest_cache .ruff_cache
	@rm -rf examples/*/target examples/*/logs examples/*/dbt_packages
	@find scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## Remove also the DuckDB files of this folder and the environments
	@rm -rf $(VENV) scripts/*.egg-info
	@rm -f {,examples/*/}*.duckdb{,.wal,.refresh.lock}
	@rm -rf {,examples/*/}kept_releases

$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
		"$(PYTHON) is older than 3.11. Name another: make PYTHON=python3.12" >&2; \
		exit 1; }
	@echo "Installing the pinned requirements into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --no-compile --requirement requirements.txt --editable .
	@touch $@

$(INSTALLED_DEV): $(INSTALLED) requirements-dev.txt
	@echo "Installing the tools for checks and tests into $(VENV)"
	@$(PIP) install --no-compile --requirement requirements-dev.txt
	@touch $@

# Not in the requirements files, as checks and tests do without.
$(INSTALLED_BENCH): $(INSTALLED_DEV)
	@echo "Installing the rivals of the benchmarks into $(VENV)"
	@$(PIP) install --no-compile --constraint requirements.txt --editable '.[bench]'
	@touch $@

$(METRICS)/installed: requirements.txt
	$(call install_apart,MetricFlow,--constraint requirements.txt --editable . \
		dbt-metricflow==0.15.0 numpy pandas)
	@touch $@

$(READERS)/installed: Makefile
	$(call install_apart,DuckDB 1.5 and clients of it,duckdb==1.5.6 \
		duckdb-engine==0.17.0 SQLAlchemy==2.1.9 pandas==2.3.3)
	@! command -v npm > /dev/null || $(NPM_INSTALL) @duckdb/node-api@1.5.6-r.1
	@touch $@

$(DAGSTER)/installed: examples/schedules/dagster/requirements.txt
	$(call install_apart,Dagster,--requirement $<)
	@touch $@

$(DBT2)/installed: Makefile
	@command -v npm > /dev/null || { echo "Found no npm, which brings the library of" \
		"DuckDB that dbt 2.0 loads: install Node.js" >&2; exit 1; }
	$(call install_apart,dbt 2.0,dbt==2.0.0rc178)
	@$(NPM_INSTALL) @duckdb/node-bindings-linux-x64@1.5.6-r.1
	@touch $@

$(WAREHOUSES)/installed: requirements.txt
	$(call install_apart,the adapters of other warehouses,dbt-core==1.12.0 \
		dbt-core-experimental-parser==2.0.0a4 dbt-snowflake==1.12.4 \
		dbt-bigquery==1.12.1 dbt-databricks==1.12.7 dbt-redshift==1.11.2 \
		sqlglot==30.31.0)
	@touch $@

# The jar of Iceberg for Spark's Scala goes where Spark looks for its own.
$(SPARK)/installed: requirements-dev.txt pyproject.toml
	$(call install_apart,Spark,--requirement requirements-dev.txt --editable '.[spark]')
	@ln -sf "$(CURDIR)"/$(SPARK)/lib/python3*/site-packages/snowpark_connect_deps_iceberg/jars/iceberg-spark-runtime-3.5_2.12-*.jar \
		$(SPARK)/lib/python3*/site-packages/pyspark/jars/
	@touch $@

# `make` prints the targets. Each sets up what it needs; only Python >= 3.11 and make have to be there.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help setup demo render test e2e soak bench lint format lock thresholds docs pictures clean programs runtimes browser viewer

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# One resolution for all platforms and Python versions; the files name no package index.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock'
ARGS ?=

# Workers of one test run. Tests that start programs share one of them, so that they do not starve each other.
PYTEST := $(BIN)/pytest --numprocesses=auto --maxprocesses=4 --dist=loadgroup

# Programs that tests and the demo start, and the formatter of alerts/, unpacked below build/debian.
DEBIAN_PACKAGES := prometheus prometheus-alertmanager jsonnet
# Three generations of containerd, which only three releases of Debian have together, and a registry to pull from.
DEBIAN_SUITES := bookworm trixie forky
SUITE_PACKAGES_bookworm := containerd docker-registry
SUITE_PACKAGES_trixie := containerd
# Rules are tested on Prometheus 3 as well, whose ranges leave out their first moment.
SUITE_PACKAGES_forky := containerd promtool kubectl

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: .venv/.demo programs ## Show a made cluster in terminal and browser (ARGS=--fast)
	@$(BIN)/pullwatch demo $(ARGS)

render: .venv/.dev ## Write alerts and dashboards to build/pack (ARGS="--set KEY=VALUE")
	@$(BIN)/pullwatch render $(ARGS)

test: .venv/.dev programs runtimes browser viewer ## Run all tests (ARGS="-k NAME" chooses)
	@$(PYTEST) $(ARGS)

e2e: .venv/.dev programs runtimes browser viewer ## Run only the tests that start real programs, and those that wait for real limits (5 minutes more)
	@PULLWATCH_FULL_LENGTH=1 $(BIN)/pytest tests/e2e $(ARGS)

soak: .venv/.dev ## Run longer tests: kills, churn, real times (25 minutes)
	PULLWATCH_SCHEDULES=10000 $(BIN)/pytest --timeout=1800 tests/app/test_exactly_once.py $(ARGS)
	PULLWATCH_MUTATIONS=100000 $(BIN)/pytest --timeout=1800 tests/app/test_mutated_frames.py $(ARGS)
	PULLWATCH_KILLS=200 $(BIN)/pytest tests/e2e/test_killed.py --capture=no $(ARGS)
	$(BIN)/pytest -m soak $(ARGS)

bench: .venv/.dev ## Measure costs (ARGS=--keep writes docs/performance.md)
	$(BIN)/python -m bench $(ARGS)

lint: .venv/.dev ## Check format, lint, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright
	$(BIN)/lint-imports --no-cache --no-logo

format: .venv/.dev programs ## Format the code and fix what can be fixed by rule
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	PATH="build/debian/root/usr/bin:$$PATH" jsonnetfmt --in-place alerts/*.libsonnet alerts/lib/*sonnet

thresholds: .venv/.dev ## Render alerts/config.libsonnet for report, serve and pages
	$(BIN)/python -m pullwatch.pack.rules

# A file that is generated and committed gets a line here, and a test that compares it with its source.
docs: thresholds ## Write anew each generated file that is committed
	$(BIN)/python -m grpc_tools.protoc --proto_path=exporter --python_out=exporter --pyi_out=exporter pullwatch/sources/containerd/containerd.proto
	$(BIN)/python -m pullwatch.publish.metrics_docs
	$(BIN)/python -m pullwatch.settings_page
	$(BIN)/python -m pullwatch.picture
	$(BIN)/python -m pullwatch.pack.manifests
	$(BIN)/python -m pullwatch.pack.deployed
	$(BIN)/python -m pullwatch.pack.values_page
	$(BIN)/python -m pullwatch.pack.jsonnet_dashboards

pictures: .venv/.dev programs browser viewer ## Draw each dashboard into docs/dashboards (ARGS=NAME chooses)
	$(BIN)/python -m tests.e2e.viewer.pictures $(ARGS)

lock: .venv/.dev ## Pin what pyproject.toml asks for (ARGS=--upgrade: newer)
	$(LOCK) pyproject.toml --extra agent --group build $(ARGS) --output-file requirements.lock
	$(LOCK) pyproject.toml --all-extras --group dev $(ARGS) --constraints requirements.lock --output-file requirements-dev.lock

setup: .venv/.dev programs runtimes browser viewer ## Set up all that the other targets need

clean: ## Remove all that make made
	rm -rf .venv build .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find exporter tests -name __pycache__ -prune -exec rm -rf {} +

programs:
	@.ci/debian fetch $(DEBIAN_PACKAGES) >/dev/null || echo "make: Prometheus and jsonnet are looked for in PATH; without them, what needs them is left out"

runtimes:
	@$(foreach suite,$(DEBIAN_SUITES),.ci/debian fetch --suite $(suite) $(SUITE_PACKAGES_$(suite)) >/dev/null \
	  || echo "make: without containerd of $(suite), what needs it is left out";)

browser:
	@.ci/chromium

viewer: .venv/.dev
	@.ci/viewer

# An interpreter that went away leaves a dangling link here, which make takes for missing: everything is made anew.
.venv/bin/python:
	@.ci/venv .venv

.venv/.runtime: .venv/bin/python requirements.lock pyproject.toml
	@echo "make: installing pullwatch into .venv"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# What the demo needs besides, at the version that the tests run with. It shows pulls without it, and no alerts.
.venv/.demo: .venv/.runtime requirements-dev.lock
	@mkdir -p build && awk '/^[^ ]/ { wanted = /^(go)?jsonnet==/ } wanted' requirements-dev.lock >build/demo.lock
	@$(PIP) install --require-hashes --requirement build/demo.lock && touch $@ || echo "make: the demo goes without alerts: no jsonnet"

.venv/.dev: .venv/bin/python requirements-dev.lock pyproject.toml
	@echo "make: installing pullwatch and its tools into .venv"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch .venv/.runtime $@

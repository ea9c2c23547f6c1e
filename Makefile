# make demo | test | torture | bench | check | fix | lock. Each sets up what it needs in .venv, once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
.PHONY: help demo test torture bench check fix lock clean

BIN := .venv/bin
# Newest lock wins: a changed lock file makes its stamp stale and nothing else.
DEMO := .venv/demo.stamp
DEV := .venv/dev.stamp
BENCH := .venv/bench.stamp
NODE := .venv/node.stamp
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install --require-hashes --only-binary :all:
EDITABLE := $(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps --no-build-isolation --editable .
OLD_NODE := const [major, minor] = process.versions.node.split(".").map(Number); \
	process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)

export PATH := $(CURDIR)/$(BIN):$(PATH)
ifdef NEO4J
export C360_NEO4J_VERSION := $(NEO4J)
endif

help:
	@echo "make demo    run everything: Neo4j, example data, the API and the explorer"
	@echo "make test    all tests (NEO4J=5.26.30 for the other supported database)"
	@echo "make torture write while connections are cut and the API and Neo4j are killed, and check that nothing is lost"
	@echo "make bench   measure beside the peers (OPTIONS='--seconds 1 --rounds 1' for a short run)"
	@echo "make check   lint, types, schema"
	@echo "make fix     repair what the linter can"
	@echo "make lock    renew requirements/*.txt"

demo: $(DEMO)
	@$(BIN)/python hatch_build.py
	exec c360 demo

test: $(DEV)
	@$(BIN)/python hatch_build.py
	status=0
	pytest tests --ignore=tests/browser || status=$$?
	if [ -d tests/browser ]; then pytest tests/browser || status=$$?; fi
	exit $$status

torture: $(DEV)
	@exec python -m tests.torture $(OPTIONS)

bench: $(BENCH)
	@exec python -m benchmarks $(OPTIONS)

check: $(DEV)
	@status=0
	ruff check . || status=$$?
	ruff format --check . || status=$$?
	mypy || status=$$?
	c360 schema --check || status=$$?
	exit $$status

fix: $(DEV)
	@ruff check --fix . || true
	ruff format .

lock: $(DEV)
	@compile() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make lock" $(UPGRADE) "$$@"; }
	compile pyproject.toml --extra local --group dev --output-file requirements/dev.txt
	compile pyproject.toml --extra local --group build --constraints requirements/dev.txt --output-file requirements/demo.txt
	compile pyproject.toml --group build --constraints requirements/dev.txt --output-file requirements/app.txt
	compile pyproject.toml --extra local --group bench --constraints requirements/dev.txt --output-file requirements/bench.txt
	compile requirements/node.in --output-file requirements/node.txt

clean:
	@rm -rf .venv

# Every name is tried, because a machine's python3 may be older than another Python beside it.
.venv/venv.stamp:
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
			echo "Setting up .venv with $$("$$python" --version)"
			"$$python" -m venv --clear .venv
			touch $@
			exit 0
		fi
	done
	echo "error: c360 needs Python 3.11 or newer with its venv module (on Debian: python3-venv)" >&2
	exit 1

# The explorer is built with Node.js while c360 is installed; one from PyPI stands in where the machine has none.
$(NODE): requirements/node.txt | .venv/venv.stamp
	@if ! { command -v npm && node -e '$(OLD_NODE)'; } >/dev/null 2>&1; then
		echo "Installing Node.js into .venv"
		$(PIP) -r requirements/node.txt
	fi
	touch $@

$(DEMO): requirements/demo.txt pyproject.toml $(NODE) | .venv/venv.stamp
	@echo "Installing requirements/demo.txt"
	$(PIP) -r requirements/demo.txt
	$(BIN)/python hatch_build.py
	echo "Installing c360"
	$(EDITABLE)
	touch $@

$(DEV): requirements/dev.txt $(DEMO) | .venv/venv.stamp
	@echo "Installing requirements/dev.txt"
	$(PIP) -r requirements/dev.txt
	touch $@

# The peer server's packages are npm's; the demo's Node.js runs it too.
$(BENCH): requirements/bench.txt benchmarks/peer/package-lock.json $(DEMO) | .venv/venv.stamp
	@echo "Installing requirements/bench.txt and benchmarks/peer"
	$(PIP) -r requirements/bench.txt
	$(BIN)/python -m benchmarks.node
	touch $@

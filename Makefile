# Truename: build, run, test. Each target works as the first command in a fresh checkout.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build

# The first Python that is new enough; `make PYTHON=/path/to/python` overrides.
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
    $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))

BIN := .venv/bin
CARGO := cargo
MANIFEST := rust/Cargo.toml

# What the tests and the bench talk to. Installing them starts no daemon (.ci/packages).
TEST_PACKAGES := nsd knot bind9 bind9-dnsutils bind9-utils ldnsutils openssl util-linux curl postgresql patch
FUZZ_PACKAGES := g++
BENCH_PACKAGES := nsd knot bind9 pdns-server pdns-backend-bind pdns-backend-sqlite3 dnsperf ldnsutils

RUST_SOURCES := $(shell find rust \( -name target -o -path rust/fuzz \) -prune -o \( -name '*.rs' -o -name '*.toml' -o -name Cargo.lock \) -print)

# These ask and compare. All others start processes, watch time and memory, and want the machine for themselves.
SIDE_BY_SIDE := tests/unit tests/property tests/rfc tests/signed

# Seconds that each fuzz target gets in `make fuzz`, and that `make soak` gives to each of its parts.
FUZZ_SECONDS ?= 60
SOAK_SECONDS ?= 3600

.PHONY: build run test check bench wheel docs soak fuzz sanitize clean packages

build: .venv/.core

# The stamps lie inside .venv, so that removing it is all that a clean start takes.
.venv/.made:
	@test -n "$(PYTHON)" || { echo "error: no Python >= 3.11 found" >&2; echo "hint: make PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' 'maturin>=1.7,<2'
	touch $@

.venv/.dev: .venv/.made pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --group dev
	touch $@

# Editable: an edit of a Python file needs no build, and only this rule knows when Rust does.
.venv/.core: .venv/.dev $(RUST_SOURCES)
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/maturin develop --release
	touch $@

run: build
	$(BIN)/truename serve --config examples/truename.toml --data truename-data examples/zones

packages:
	.ci/packages $(TEST_PACKAGES)

# The binding has no tests of its own to build: everything that Python runs goes through it.
test: build packages
	$(CARGO) test --manifest-path $(MANIFEST) --package truename-core
	$(BIN)/python -m pytest -n auto --dist worksteal $(SIDE_BY_SIDE)
	$(BIN)/python -m pytest tests $(SIDE_BY_SIDE:%=--ignore=%)
	$(MAKE) sanitize fuzz

# Packets, zone files and histories of changes that nobody thought of; see rust/fuzz/src/lib.rs.
fuzz:
	.ci/packages $(FUZZ_PACKAGES)
	$(CARGO) test --manifest-path rust/fuzz/Cargo.toml --lib --no-default-features
	rust/fuzz/run $(FUZZ_SECONDS)

# The core's tests with every access to memory checked; the listeners are what has unsafe code.
sanitize:
	rust/sanitize

check: build
	$(CARGO) fmt --manifest-path $(MANIFEST) --all --check
	$(CARGO) clippy --manifest-path $(MANIFEST) --workspace --all-targets --quiet -- -D warnings
	$(CARGO) fmt --manifest-path rust/fuzz/Cargo.toml --check
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest truename._core
	$(BIN)/python -m pytest -q tests/unit

bench: build
	.ci/packages $(BENCH_PACKAGES)
	$(BIN)/python bench/run.py

wheel: .venv/.made
	$(BIN)/maturin build --release --interpreter $(BIN)/python --out dist

docs: build
	$(BIN)/python docs/generate.py

soak: build packages
	SOAK_SECONDS=$(SOAK_SECONDS) $(BIN)/python -m pytest -m soak tests/soak
	$(MAKE) fuzz FUZZ_SECONDS=$(SOAK_SECONDS)

clean:
	rm -rf .venv dist rust/target rust/fuzz/target

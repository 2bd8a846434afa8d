# Every target works from a fresh clone; `make help` lists them.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# A target may import only what Package.swift says it depends on. Warnings are errors in Package.swift already.
strict := --explicit-target-dependency-import-check error
swift_files := Package.swift Sources Tests
scripts := $(wildcard tools/*.sh Benchmarks/*.sh setup.sh .ci/run)

##@ Use it

run: ## Install what is missing, build, and start everything in one process on http://127.0.0.1:3000
	tools/bootstrap.sh build
	swift build -c release --product image-api
	exec .build/release/image-api local

##@ Work on it

build: ## Build the program and all tests, for debugging
	tools/bootstrap.sh build
	swift build $(strict) --build-tests

test: check ## Everything that CI runs: check, build for debug and release, test
	swift build $(strict) --build-tests
	swift build $(strict) -c release --product image-api
	swift test --skip-build --parallel

check: bootstrap ## Look at format and scripts without building
	swift format lint --strict --parallel --recursive $(swift_files)
	shellcheck --external-sources $(scripts)

format: ## Rewrite the Swift sources in the one format
	swift format --in-place --parallel --recursive $(swift_files)

sanitize: bootstrap ## Run all tests under Thread Sanitizer, then under Address Sanitizer
	TSAN_OPTIONS="suppressions=$(CURDIR)/tools/sanitizers/thread.supp" \
		swift test --sanitize thread --scratch-path .build-tsan --no-parallel
	LSAN_OPTIONS="suppressions=$(CURDIR)/tools/sanitizers/leak.supp:print_suppressions=0" \
		swift test --sanitize address --scratch-path .build-asan --no-parallel

bench: ## Measure; prints the figures
	tools/bootstrap.sh bench
	Benchmarks/run.sh

bootstrap: ## Install what building and testing need
	tools/bootstrap.sh test

clean: ## Remove everything that was built; data and tools stay
	rm -rf .build .build-tsan .build-asan

help: ## Say what can be made
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run build test check format sanitize bench bootstrap clean help

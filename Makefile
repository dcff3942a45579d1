# Everything runs on the Node that comes with the packages (node_modules/.bin/node); an older one on the machine only
# starts npm.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

NODE := node_modules/.bin/node
# npm writes this file last; it is older than the lockfile when packages are missing.
PACKAGES := node_modules/.package-lock.json
IMAGE ?= drawbridge:0.1.0
T ?= test/**/*.test.ts
ARGS ?=
SEEDS ?= 1..10

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(PACKAGES): package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

.PHONY: packages
packages: $(PACKAGES)
	@$(NODE) -e 'process.exit(Number.parseInt(process.versions.node, 10) >= 24 ? 0 : 1)' 2>/dev/null || { \
	  echo 'node_modules/.bin/node is missing or older than 24: its install script was skipped.' >&2; \
	  echo 'Run: npm ci --ignore-scripts=false' >&2; exit 1; }

.PHONY: controlplane
controlplane: packages
	$(NODE) tools/setup.ts

.PHONY: setup
setup: packages ## Install packages, and build the test control plane, helm, Prometheus and the check of dashboards the first time (about ten minutes)
	$(NODE) tools/setup.ts --all

.PHONY: demo
demo: controlplane bundle ## Start a control plane and the operator, break things, watch them be repaired
	$(NODE) tools/demo.ts $(ARGS)

.PHONY: run
run: controlplane bundle ## As demo, but stay up and print the kubeconfig's path
	$(NODE) tools/demo.ts --keep $(ARGS)

.PHONY: test
test: setup ## Run all tests: unit, property, cluster
	$(NODE) tools/test.ts

.PHONY: test-one
test-one: setup ## Run some tests: make test-one T=test/core/govern.test.ts
	$(NODE) tools/test.ts $(ARGS) '$(T)'

.PHONY: chaos
chaos: controlplane ## Play random faults, attacks and crashes: make chaos SEEDS=1..50
	$(NODE) tools/chaos.ts $(ARGS) $(SEEDS)

.PHONY: lint
lint: packages ## Check style, layers and types
	$(NODE) node_modules/.bin/biome ci --error-on-warnings .
	$(NODE) node_modules/.bin/tsc --noEmit
	$(NODE) node_modules/.bin/tsc --noEmit -p src/operator/statusPage/browser
	$(NODE) node_modules/.bin/tsc --noEmit -p src/cli

.PHONY: fmt
fmt: packages ## Format, sort imports, apply safe fixes
	$(NODE) node_modules/.bin/biome check --write .

.PHONY: generate
generate: packages ## Write generated files: CRDs, RBAC, docs
	$(NODE) tools/generate.ts

.PHONY: bench
bench: controlplane bundle ## Measure convergence, repairs, writes and memory beside bare loops
	$(NODE) bench/main.ts $(ARGS)

.PHONY: bundle
bundle: packages ## Write dist/drawbridge.js, the program, and its parts
	$(NODE) tools/bundle.ts

.PHONY: sbom
sbom: packages ## Write dist/drawbridge.cdx.json, what is in the bundle (CycloneDX)
	$(NODE) tools/sbom.ts

.PHONY: image
image: ## Build the container image; IMAGE=name:tag
	docker build --tag '$(IMAGE)' .

.PHONY: clean
clean: ## Remove what was built; packages and the control plane stay
	rm -rf dist coverage .run

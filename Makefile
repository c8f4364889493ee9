# Everything runs in .venv, which is built from nothing and rebuilt when pyproject.toml changes.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null)
BIN := .venv/bin
INSTALL := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)
RUN := .venv/.run-stamp
DEV := .venv/.dev-stamp
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: derive
derive: $(RUN) ## derive and check the cross-entropy gradient for every n; writes build/derivations.tex and .html
	$(BIN)/python -m derive.cli.showcase

.PHONY: test
test: $(DEV) ## all tests but the long ones, and every code block of README; a few minutes
	$(PYTEST) -m "not long"

.PHONY: test-all
test-all: $(DEV) ## all tests: also the long ones, browsers, TeX, and every code block of docs
	$(PYTEST)

.PHONY: check
check: format lint types layers test-all ## all that must hold before a commit: format, lint, types, layers, tests

.PHONY: format
format: $(DEV)
	$(BIN)/ruff format --check .

.PHONY: lint
lint: $(DEV)
	$(BIN)/ruff check .

.PHONY: types
types: $(DEV)
	$(BIN)/mypy

.PHONY: layers
layers: $(DEV)
	$(BIN)/lint-imports

.PHONY: properties
properties: $(DEV) ## the property tests with a large budget: DERIVE_EXAMPLES=5000 examples a property
	HYPOTHESIS_PROFILE=properties $(PYTEST) -m hypothesis tests

.PHONY: docs
docs: $(DEV) ## build the documentation into build/docs; a broken link or any other warning is an error
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs
	@echo "written: build/docs/index.html"

.PHONY: playground
playground: $(DEV) ## a static folder, build/playground, in which all of derive runs in the browser; needs npm and the network
	$(BIN)/python docs/playground/build.py build/playground
	@echo "written: build/playground; to see it: $(BIN)/python -m http.server --directory build/playground"

N ?= 2000
SEED ?= 1

.PHONY: soundness
soundness: $(DEV) ## N=2000 random problems of SEED=1, true and false, put to both engines; what is wrong goes to build/soundness
	$(BIN)/python -m tests.soundness --count $(N) --seed $(SEED) $(if $(ARRAYS),--arrays $(ARRAYS))

.PHONY: bench
bench: $(DEV) ## measure, and write docs/benchmarks.md; some minutes; BENCH=--small asks SymPy at n = 2 and 5 alone
	$(BIN)/python tests/benchmarks $(BENCH)

.PHONY: certificates
certificates: $(DEV) ## have Coq check the certificates of the whole catalogue; SAMPLE=40 of them, JOBS=2 at once
	$(BIN)/python -m tests.certificates.everything $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(JOBS),--jobs $(JOBS)) $(if $(SEED_OF),--seed $(SEED_OF))

.PHONY: mutation
mutation: $(DEV) ## damage the kernel in N places (SEED, JOBS; AGAIN=1: last survivors) and write docs/mutation.md
	@$(BIN)/python -c 'import cosmic_ray' 2>/dev/null || $(INSTALL) --editable '.[mutation]'
	$(BIN)/python tests/mutation/run.py $(if $(N),--number $(N)) $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS)) $(if $(AGAIN),--again)

TORCH ?= torch>=2.9
.PHONY: torch
torch: $(DEV) ## the programs written in PyTorch, which it installs into .venv: TORCH=torch==2.13.0 says which
	@$(BIN)/python -c 'import torch' 2>/dev/null || $(INSTALL) '$(TORCH)'
	$(PYTEST) tests/torch

.PHONY: fuzz
fuzz: TARGET ?= text
fuzz: SECONDS ?= 1200
fuzz: $(DEV) ## throw inputs at a reader for SECONDS, guided by coverage; TARGET=text, latex or documents
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(INSTALL) --editable '.[fuzz]'
	$(BIN)/python -m tests.fuzz $(TARGET) $(SECONDS)

.PHONY: dev
dev: $(DEV) ## set up .venv with everything that the other targets need

.PHONY: clean
clean: ## remove .venv, build and every cache
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): pyproject.toml
	@rm -rf .venv
ifneq ($(UV),)
	$(UV) venv --quiet --python '>=3.11' .venv
else
	@command -v $(PYTHON) >/dev/null \
	  || { echo "derive needs Python 3.11 or newer, and there is no $(PYTHON): install it (Debian, Ubuntu: apt install python3 python3-venv)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "derive needs Python 3.11 or newer, and $(PYTHON) is older: install one and name it, as in: make $(firstword $(MAKECMDGOALS)) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "$(PYTHON) has no venv or no ensurepip: install them (Debian, Ubuntu: apt install python3-venv)"; exit 1; }
	$(PYTHON) -m venv .venv
endif
	$(INSTALL) --editable .
	@touch $@

$(DEV): $(RUN)
	$(INSTALL) --editable '.[dev]'
	@touch $@

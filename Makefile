# 智库 Zhiku. `make run` needs Debian 12 (or the like) with Python 3.11 and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help run reset setup check test bench clean
SETUP := python3 tools/setup.py
PORT ?= 8000

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

run: ## Prepare whatever is missing and serve the demo on 127.0.0.1:8000 (PORT=… for another)
	@$(SETUP) run --port $(PORT)

reset: ## Throw the demo's data away and load the world anew
	@$(SETUP) reset

setup: ## Prepare everything that running and testing need, without doing either
	@$(SETUP) setup

check: ## Run ruff, mypy and import-linter
	@$(SETUP) check

test: ## Install what the tests need and run all of them with the checks
	@$(SETUP) test

bench: ## Measure: medians, and ratios of the same run
	@$(SETUP) bench

clean: ## Remove everything that was made, the demo's data included
	rm -rf .venv .boot .state node_modules app/web/static/dist instance .screenshots .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

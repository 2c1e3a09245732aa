# Two commands: `make demo` shows Vonk, `make test` proves it. Both begin with `make env`.
PYTHON ?= python3
DATA ?= demo-data
PORT ?= 8000
ADS_PORT ?= 8001

.PHONY: demo test test-long env test-env clean

demo: env
	@.venv/bin/vonk demo --data $(DATA) --serve --port $(PORT) --ads-port $(ADS_PORT)

test: test-env
	@scripts/test

test-long: test-env
	@scripts/test-long

env: .venv/.installed

test-env: .venv/.installed-for-tests

# Catalogues too: installing compiles them.
CATALOGUES = $(wildcard vonk/locale/*/LC_MESSAGES/*.po)

.venv/.installed: pyproject.toml constraints.txt $(CATALOGUES)
	@scripts/environment $(PYTHON)
	@touch $@

.venv/.installed-for-tests: pyproject.toml constraints.txt $(CATALOGUES)
	@scripts/environment $(PYTHON) tests
	@touch .venv/.installed $@

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results

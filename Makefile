# Two commands on a fresh machine with Python >= 3.11, pip and make:  make solve,  make test.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: solve test fuzz bench lint schema clean

solve: .venv/installed
	$(BIN)/portfolio solve instances/japan-2026/instance.json

test: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 -m "not fuzz"

fuzz: .venv/tested
	$(BIN)/pytest -n 2 -m fuzz

bench: .venv/tested
	for b in benchmarks/*.py; do $(BIN)/python $$b; done

.venv/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/tested: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@

clean:
	rm -rf .venv build dist

# One place for what a developer and a newcomer type. `make demo` and `make test` need Python 3.11 or later and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# torch is named first and alone, so that pip takes the pinned build before it looks at any range.
INSTALLED := $(VENV)/.installed

.PHONY: demo test check light soak fuzz bench bench-linter docs clean
.DEFAULT_GOAL := test

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -q -c constraints.txt "$$(grep '^torch==' constraints.txt)"
	$(PIP) install -q -c constraints.txt -e ".[run,sweep,mlflow,dev]"
	@touch $@

demo: $(INSTALLED)  ## lint, compile, train, evaluate, export, judge and report the digits experiment
	$(BIN)/stdspec lint conf
	$(BIN)/stdspec run +experiment=digits

test: $(INSTALLED)  ## the whole suite
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(INSTALLED)  ## format, lint, types, import contracts, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m stdspec.lint.docs --check
	$(BIN)/python -m stdspec.standard.packed --check

light:  ## the wheel and the suite where only the light core is installed: no torch, no lightning
	$(PYTHON) -m venv --clear .venv-light
	.venv-light/bin/python -m pip --disable-pip-version-check install -q -c constraints.txt . pytest pytest-xdist hypothesis
	.venv-light/bin/python -c "import importlib.util as u, sys; sys.exit(any(u.find_spec(m) for m in ('torch', 'lightning', 'sklearn', 'numpy')))"
	cd .venv-light && bin/stdspec compile +experiment=digits -o plan.json && bin/stdspec explain DAT001 >/dev/null
	.venv-light/bin/python -m pytest -n 2 --dist loadfile

soak: $(INSTALLED)  ## 20,000 generated config trees, composed here and by Hydra; 300 kills of runs of every experiment
	STDSPEC_TREES=20000 $(BIN)/python -m pytest tests/compose/test_random_trees.py
	$(BIN)/python tests/run/kill/soak.py --kills 300

fuzz: $(INSTALLED)  ## 20,000 inputs that nobody would write: each ends in findings, in a sentence, or well
	$(BIN)/python tests/bench/fuzz.py

bench: $(INSTALLED)  ## ratios against named rivals, printed as Markdown
	$(BIN)/python tests/bench/main.py

bench-linter: $(INSTALLED)  ## every figure that lint is held to, with its bar: faults, baseline, times, fuzz, hook, editor
	$(BIN)/python tests/bench/linter.py

docs: $(INSTALLED)  ## write the generated pages, and the packed form of the shipped standards
	$(BIN)/python -m stdspec.lint.docs
	$(BIN)/python -m stdspec.standard.packed

clean:
	rm -rf .venv .venv-light outputs .stdspec .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

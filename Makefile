# make demo   runs the sample domain        make test   runs every check and test
# Both need Python 3.11 or newer and set up everything else in .venv, by ordinary pip.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
COVERED := 95
SECONDS ?= 600
CASES ?= 100000
comma := ,
blank := $() $()

# The parts that read no file, no clock and no terminal: their branches must be covered.
PURE := dominocli/names.py dominocli/labels.py dominocli/schedule.py dominocli/documents/*.py dominocli/checks/*.py \
	$(patsubst %,dominocli/replication/%.py,revision compare resolve observe) \
	$(patsubst %,dominocli/routing/%.py,network table internet explain graph levels planes columns reach exits \
	removal impact single_points changes differences)

.PHONY: soak model demo test lint types tests coverage bench completions golden clean real-parts

demo: $(VENV)/installed
	@$(BIN)/dominocli demo "$$(mktemp -d -t dominocli-demo.XXXXXX)/demo"

test: lint types tests coverage

lint: $(VENV)/installed-for-tests
	$(BIN)/ruff check dominocli tests
	$(BIN)/ruff format --check dominocli tests

types: $(VENV)/installed-for-tests
	$(BIN)/mypy dominocli

tests: $(VENV)/installed-for-tests real-parts
	$(BIN)/python -m pytest -n $(JOBS) --cov --cov-report=

coverage: tests
	$(BIN)/python -m coverage report --skip-covered --fail-under=$(COVERED) \
		--include='$(subst $(blank),$(comma),$(strip $(PURE)))'

# Plays random histories of replicas for as long as asked: make soak SECONDS=600
soak: $(VENV)/installed-for-tests
	$(BIN)/python tests/simulation/soak.py --seconds $(SECONDS)

# Compares so many routes with the plain model of the rules, more than make test does, over a hundredth as many random
# networks: make model CASES=1000000; each part prints its seed, which repeats it: make model SEED=1a2b3c4d
model: $(VENV)/installed-for-tests
	DOMINOCLI_MODEL_CASES=$(CASES) $(if $(SEED),DOMINOCLI_MODEL_SEED=$(SEED)) \
		$(BIN)/python -m pytest -q tests/model -k new_cases

bench: $(VENV)/bin/python
	$(BIN)/python -m tests.bench.run $(PARTS)

completions: $(VENV)/installed
	@for shell in bash zsh fish powershell; do \
		case $$shell in powershell) ending=ps1;; *) ending=$$shell;; esac; \
		$(BIN)/dominocli completion $$shell > completions/dominocli.$$ending || exit 1; \
		echo "completions/dominocli.$$ending"; \
	done

golden: $(VENV)/installed-for-tests
	DOMINOCLI_UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q -n $(JOBS)
	git status --short tests completions

clean:
	rm -rf $(VENV) .cache .coverage .coverage.* .hypothesis .mypy_cache .ruff_cache .pytest_cache dist build

# Shells and other programs that the tests drive for real; Debian's packages, where they can be installed.
real-parts:
	@sh tests/engines/install.sh

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		found=$$($(PYTHON) --version 2>/dev/null | head -n 1); \
		echo "dominocli needs Python 3.11 or newer; $(PYTHON) is $${found:-not there}." >&2; \
		echo "Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make a virtual environment. Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing dominocli and what it imports into $(VENV):"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/python -m pip list --disable-pip-version-check --format=freeze | sed 's/^/  /'
	@touch $@

$(VENV)/installed-for-tests: pyproject.toml | $(VENV)/bin/python
	@echo "Installing dominocli, what it imports and what its tests need into $(VENV):"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@$(BIN)/python -m pip list --disable-pip-version-check --format=freeze | sed 's/^/  /'
	@touch $@ $(VENV)/installed

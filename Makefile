# Every target makes the environment first, if it is not there or its lock file changed.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup reports lab check test test-slow docs benchmarks trust licences audit release lock

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 setup"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock; \
	else \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock; \
	fi
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --no-deps -e .; \
	else \
	  $(BIN)/python -m pip install --quiet --no-deps -e .; \
	fi
	@# Uncompiled packages, as some installers leave them, triple the start of every process.
	-@$(BIN)/python -m compileall -qq -j 0 "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" src
	@$(BIN)/python -m ipykernel install --sys-prefix --name cjm --display-name "cjm_research" >/dev/null 2>&1
	@touch $@

reports: $(READY)  ## the demo reports, from made-up raw files to reports/index.html
	$(BIN)/cjm demo retail
	$(BIN)/cjm demo freight
	$(BIN)/cjm run retail
	$(BIN)/cjm run freight

lab: $(READY)  ## JupyterLab with a kernel that has the package
	$(BIN)/jupyter lab --notebook-dir=.

check: $(READY)  ## the quick door: format, lint, types, layers, fast tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -m "not slow and not path"

test: $(READY)  ## everything but slow tests
	$(BIN)/pytest -q -m "not slow"

test-slow: $(READY)
	$(BIN)/pytest -q -m slow

docs: $(READY)  ## the documentation as build/docs/index.html: offline, a warning is an error
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet -b html docs build/docs

benchmarks: $(READY)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.scaling

trust: $(READY)  ## simulations and labelled data: docs/trust-*.md and the figures of the method cards
	$(BIN)/python -m benchmarks.simulated

licences: $(READY)  ## docs/licences.md: what an installation brings
	$(BIN)/python -m release.licences docs/licences.md

audit: $(READY)  ## every pinned package looked up among known flaws; needs a network
	$(BIN)/python -m release.audit

release: $(READY)  ## builds wheel and sdist, installs the wheel elsewhere, makes a first report there
	$(BIN)/python -m release.try_it

lock:  ## compile the lock from pyproject.toml; needs uv
	uv pip compile pyproject.toml --extra lab --extra cluster --extra dev --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --quiet -o requirements.lock

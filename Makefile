# make demo     the tour: a photograph, network layers, a signal; every algorithm side by side
# make examples the tour, and all pages of the gallery
# make test     builds and runs the tests
# make test-dask    the tests of arrays of Dask, on several schedulers and two workers
# make test-large   the tests that need 4 GB of memory
# make check    lint, types, C warnings as errors, spilled vector registers
# make wheel    builds a wheel, installs it into an empty environment, and runs it there
# make bench    a quick pass of the benchmarks; FASTCONV_BENCH=smoke make bench times one problem of
#               each suite, FASTCONV_BENCH=all make bench all of them (see benchmarks/README.md)
# make docs     the site in build/site/html; FASTCONV_DOCS=quick make docs without the long examples
# make report   measures fastconv beside other libraries, and writes docs/measured (20 minutes)
# make asv-report   times of this commit and the last tag, or BASE=commit, for the site
# make build    compiles what has changed, a line per object
# make clean    removes all that make makes
#
# Needs Python >= 3.11 with venv (PYTHON=... names another one) and a C compiler. Everything else
# is installed into .venv.

PYTHON ?= python3
#: extras whose tests `make test` runs besides those that need none
EXTRAS ?= onnx
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check
ASV := $(VENV)/bin/asv

BUILT := $(VENV)/built
SOURCES := setup.py pyproject.toml \
	$(shell find fastconv src -name '*.pyx' -o -name '*.pxd' -o -name '*.[ch]')
BUILD_NEEDS := import tomllib; \
	print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")

.PHONY: demo examples test test-dask test-large check wheel bench docs report asv-report build clean

# fastconv itself is installed by then: of "fastconv[extra]" pip installs what the extra lists
demo: $(BUILT)
	$(PIP) install "fastconv[cli,examples]"
	$(PY) examples/demo.py

examples: $(BUILT)
	$(PIP) install "fastconv[cli,examples,onnx,dask]"
	for f in examples/*.py; do $(PY) $$f || exit 1; done

test: $(BUILT)
	$(PIP) install "fastconv[cli,test,$(EXTRAS)]"
	$(PY) -m pytest -q -n auto --doctest-modules --ignore tests/on_dask tests fastconv

test-dask: $(BUILT)
	$(PIP) install "fastconv[test,dask,test-dask]"
	$(PY) -m pytest -q -n auto --doctest-modules tests/on_dask fastconv/dask

test-large: $(BUILT)
	$(PIP) install "fastconv[cli,test]"
	FASTCONV_TEST_LARGE=1 $(PY) -m pytest -q tests/test_scipy_suite.py -k large

check: $(BUILT)
	$(PIP) install "fastconv[dev]"
	$(VENV)/bin/ruff check .
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" cython-lint fastconv
	FASTCONV_WERROR=1 $(PY) setup.py --quiet build_ext \
		--build-temp build/check/temp --build-lib build/check/lib
	$(PY) tools/check_spills.py
	$(PY) tools/check_types.py

wheel: $(BUILT)
	$(PIP) install "fastconv[wheel]"
	tools/check_wheel.sh

bench: $(BUILT)
	$(PIP) install "fastconv[bench]"
	grep -qs "\"$$(uname -n)\"" ~/.asv-machine.json || $(ASV) machine --yes > /dev/null
	FASTCONV_BENCH="$${FASTCONV_BENCH:-quick}" $(ASV) run --environment existing:$(PY) --dry-run --show-stderr \
		--attribute rounds=1 --attribute warmup_time=0 --attribute "repeat=(1,5,0.2)"

docs: $(BUILT)
	$(PIP) install "fastconv[docs]"
	$(PY) -m sphinx -q -W --keep-going -b html -d build/site/doctrees docs build/site/html
	@echo "site: build/site/html/index.html"

report: $(BUILT)
	$(PIP) install "fastconv[cli,peers,workloads]"
	$(PY) benchmarks/report.py

# a short list of problems, for this commit and BASE: the last tag, or the commit before
BASE ?= $(shell git describe --tags --abbrev=0 2> /dev/null || git rev-parse --short HEAD~1)
asv-report: $(BUILT)
	$(PIP) install "fastconv[bench]"
	grep -qs "\"$$(uname -n)\"" ~/.asv-machine.json || $(ASV) machine --yes > /dev/null
	for commit in $(BASE) HEAD; do FASTCONV_BENCH=quick $(ASV) run --skip-existing-successful \
		--bench "(dense|image|pool|signal|small)" "$$commit^!" || exit 1; done
	$(ASV) compare $(BASE) HEAD > .asv/compare.md
	$(ASV) publish
	@echo "table: .asv/compare.md, and .asv/html has pages of it; make docs puts both into the site"

build: $(BUILT)

# the stamp has the time of the start: what is edited during a build is newer
$(BUILT): $(SOURCES) | $(PY)
	touch $(VENV)/building
	$(PY) -c '$(BUILD_NEEDS)' > $(VENV)/build-needs.txt
	$(PIP) install -r $(VENV)/build-needs.txt
	$(PY) setup.py --quiet build_ext
	$(PIP) install --no-build-isolation --editable .
	mv $(VENV)/building $@

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python >= 3.11 is needed: make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

clean:
	rm -rf $(VENV) build dist demo pictures examples/demo examples/pictures docs/api docs/gallery __pycache__ .asv .pytest_cache .ruff_cache .hypothesis *.egg-info
	find fastconv benchmarks examples tests tools \
		'(' -name '*.so' -o -name __pycache__ ')' -prune -exec rm -rf '{}' +

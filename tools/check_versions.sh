#!/usr/bin/env bash
# Run tests with the oldest and the newest versions of NumPy and SciPy.
#
#     tools/check_versions.sh [python3.12 /opt/python3.13/bin/python3.13 ...]
#
# The lowest versions that pyproject.toml allows run on the Python of .venv, with what `make build`
# compiled there. On every Python that is named, fastconv is compiled and runs with the newest versions
# for it. A Python that is not on this machine is left out, and the script says so.
#
# FASTCONV_VERSIONS_SAMPLE=5 runs one of five tests; those of threads run on every Python as a whole,
# and calls in four threads for two minutes where there is no GIL.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$root/build/versions
tests=(tests/test_public_api.py tests/test_against_scipy.py tests/test_signal.py tests/test_ndimage.py
    tests/test_nd.py tests/test_plans.py tests/test_linalg.py tests/test_morphology.py
    tests/test_scipy_suite.py)

run() { # name, python, packages
    local venv=$work/$1
    "$2" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --prefer-binary \
        pytest pytest-xdist hypothesis "${@:3}"
    cd "$work/$1/tree"
    "$venv/bin/python" -c "import numpy, scipy, sys; print('NumPy', numpy.__version__, \
'SciPy', scipy.__version__, 'Python', sys.version.split()[0])"
    "$venv/bin/python" -m pytest -q -n auto -p no:cacheprovider \
        --sample "${FASTCONV_VERSIONS_SAMPLE:-1}" "${tests[@]}"
    "$venv/bin/python" -m pytest -q -n auto -p no:cacheprovider tests/test_threads.py
    if "$venv/bin/python" -c "import sys; sys.exit(getattr(sys, '_is_gil_enabled', lambda: True)())"; then
        PYTHONPATH=$PWD "$venv/bin/python" tools/soak.py --minutes 2 --calls 60
    fi
    cd "$root"
}

copy() { # name: a folder with the sources, so that nothing of this checkout changes
    mkdir -p "$work/$1/tree"
    git ls-files -z | xargs -0 cp --parents --update --target-directory "$work/$1/tree"
}

lowest=$(.venv/bin/python -c 'import tomllib
print(*(d.replace(">=", "==") for d in tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]))')
copy oldest
find fastconv -name '*.so' -print0 | xargs -0 cp --parents --update --target-directory "$work/oldest/tree"
(cd "$work/oldest/tree" && "$root/.venv/bin/python" setup.py --quiet egg_info)
run oldest .venv/bin/python $lowest

for python in "$@"; do
    if ! "$python" -c "" 2> /dev/null; then
        echo "check_versions: there is no $python: not checked"
        continue
    fi
    name=$(basename "$python")
    copy "$name"
    mkdir -p "$work/$name/tree/build"
    cp -r build/kernels.* "$work/$name/tree/build/" # they know nothing of Python
    "$python" -m venv "$work/$name"
    "$work/$name/bin/python" -m pip install --quiet --disable-pip-version-check --prefer-binary \
        setuptools "cython>=3.1,<4" numpy scipy platformdirs
    (cd "$work/$name/tree" && "$work/$name/bin/python" setup.py --quiet build_ext --inplace &&
        "$work/$name/bin/python" setup.py --quiet egg_info)
    run "$name" "$python" numpy scipy platformdirs
done

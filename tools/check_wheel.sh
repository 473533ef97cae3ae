#!/usr/bin/env bash
# Build a wheel, look at it, install it into an empty environment, and use it there.
#
#     tools/check_wheel.sh
#
# Objects that `make build` has compiled are used again. auditwheel puts libgomp into the wheel if
# this system's C library has a tag among those that it knows, as manylinux wheels need. Whoever
# installs the result needs no compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
most=6000000 # bytes of a wheel
python=$root/.venv/bin/python
out=$root/build/wheel
rm -rf "$out" build/bdist.*
"$python" -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps \
    --wheel-dir "$out" .
small() { # the wheel, and whether it has few enough bytes
    local bytes
    bytes=$(stat -c %s "$1")
    echo "wheel: $(basename "$1"), $bytes bytes"
    test "$bytes" -le "$most" && return
    echo "wheel: more than $most bytes; these files take the most:"
    "$python" -m zipfile -l "$1" | sort -k4 -n | tail -5
    return 1
}
wheel=$(echo "$out"/*.whl)
small "$wheel"
for library in $(find build/lib.* -name '*.so' -newer "$out" -o -name 'simd*.so'); do
    if readelf -d "$library" | grep -E 'R(UN)?PATH'; then
        echo "wheel: $library searches folders of the machine that built it"
        exit 1
    fi
done
"$python" -m auditwheel show "$wheel"
if PATH="$root/.venv/bin:$PATH" "$python" -m auditwheel repair -z 9 --wheel-dir "$out/repaired" "$wheel"; then
    wheel=$(echo "$out"/repaired/*.whl)
    small "$wheel"
else
    echo "wheel: it is not repaired here; manylinux images do that"
fi

empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
start=$SECONDS
"$python" -m venv "$empty/venv"
cd "$empty"
export FASTCONV_CACHE_DIR=$empty/cache
CC=/bin/false venv/bin/python -m pip install --quiet --disable-pip-version-check "$wheel"
venv/bin/python "$root/tools/smoke.py"
venv/bin/python -m fastconv info
venv/bin/python -m fastconv compare conv2d input=1,64,56,56 weight=64,64,3,3 padding=1
echo "wheel: installed and run in $((SECONDS - start)) seconds"
venv/bin/fastconv --help > /dev/null
venv/bin/python "$root/tools/check_without_extras.py"

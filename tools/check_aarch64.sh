#!/usr/bin/env bash
# Build fastconv for aarch64 with a cross-compiler, and run tests on it under qemu-user.
#
#     tools/check_aarch64.sh [arguments for pytest]
#
# Without arguments, the core of the test suite runs, which takes an hour or more on two CPUs. What
# is needed, on Debian with an index of arm64 packages:
#
#     dpkg --add-architecture arm64 && apt-get update
#     apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
#
# Nothing of arm64 is installed: packages of Python and wheels of NumPy and SciPy are unpacked below
# build/aarch64. The C files that Cython made for this machine (`make build`) are compiled again.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD/build/aarch64
python=${FASTCONV_ARM_PYTHON:-3.11}
root=$here/root
mkdir -p "$here/packages" "$root"

if ! test -e "$here/unpacked"; then
    needed=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
        --no-replaces --no-enhances "libpython$python-dev:arm64" "python$python:arm64" \
        libgomp1:arm64 libstdc++6:arm64 | grep '^[a-z].*:arm64$' | grep -v '^libc6-dev\|^linux-libc-dev')
    (cd "$here/packages" && apt-get download $needed)
    for package in "$here"/packages/*.deb; do dpkg -x "$package" "$root"; done
    .venv/bin/python -m pip download --quiet --only-binary :all: --dest "$here/wheels" \
        --python-version "$python" --platform manylinux_2_17_aarch64 \
        --platform manylinux_2_27_aarch64 --platform manylinux_2_28_aarch64 \
        numpy scipy platformdirs pytest hypothesis setuptools cython
    for wheel in "$here"/wheels/*.whl; do
        .venv/bin/python -m zipfile -e "$wheel" "$here/site"
    done
    touch "$here/unpacked"
fi

# The kernel of this machine runs no program of another one, so tests that start Python start this.
cat > "$here/python" <<END
#!/bin/sh
exec qemu-aarch64 -L "$root" -0 "$here/python" "$root/usr/bin/python$python" "\$@"
END
chmod +x "$here/python"
cat > "$here/site/sitecustomize.py" <<END
import sys

sys.executable = sys._base_executable = "$here/python"
END
export PYTHONPATH="$here/tree:$here/site"

mkdir -p "$here/tree/build/temp"
git ls-files -z | xargs -0 cp --parents --update --target-directory "$here/tree"
cp -r build/temp.*/cython "$here/tree/build/temp/"
cd "$here/tree"
CC=aarch64-linux-gnu-gcc CFLAGS="-I$root/usr/include/python$python -I$root/usr/include" \
    "$here/python" setup.py --quiet build_ext --inplace --build-temp build/temp
"$here/python" setup.py --quiet egg_info

if test $# = 0; then
    set -- -q -x tests/test_registry.py tests/test_awkward_arrays.py tests/test_bad_input.py \
        tests/test_half.py tests/test_exact.py tests/test_pooling.py tests/test_nan_inf.py \
        tests/test_threads.py
fi
exec "$here/python" -m pytest "$@"

#!/usr/bin/env bash
# Build fastconv with sanitizers, and run tests and a fuzz on the build.
#
#     tools/sanitize.sh address [seconds of the fuzz] [arguments for pytest]
#     tools/sanitize.sh thread [seconds of the fuzz] [arguments for pytest]
#
# `address` is AddressSanitizer with UndefinedBehaviorSanitizer, `thread` is ThreadSanitizer, both
# of Clang. GCC's AddressSanitizer takes a quarter of an hour for the largest room, where Clang
# takes less than one. Clang's OpenMP runtime tells ThreadSanitizer, by way of archer, which
# pieces of parallel loops wait for which, so that no race has to be suppressed; GCC's runtime
# tells nothing. Python and NumPy are not instrumented: ThreadSanitizer knows their locks, but
# takes no notice of what they read and write. The runtime of ThreadSanitizer is GCC's: that of
# Clang 14 crashes in every program that loads it as a library. Debian has all of it: apt-get
# install gcc clang libclang-rt-dev libomp-dev. Without Clang, or where Python does not start with the
# runtime of the sanitizer, the script says so and does nothing.
#
# FASTCONV_BUILD_ISAS is avx2 unless it is set. FASTCONV_SANITIZE_SAMPLE=20 runs one of 20 tests.
# Everything is built in build/sanitize: the checkout's own build stays as it is. The exit status is 9
# where the compiler fails.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=$1
seconds=${2:-600}
shift $(($# < 2 ? $# : 2))
export FASTCONV_BUILD_ISAS=${FASTCONV_BUILD_ISAS-avx2}
export CC=${CC:-clang}
if ! command -v "$CC" > /dev/null; then
    echo "sanitize: there is no $CC here: not run"
    exit 0
fi
tree=$PWD/build/sanitize/$kind
python=$PWD/.venv/bin/python
case $kind in
address)
    export FASTCONV_SANITIZE=address,signed-integer-overflow,shift,bounds,float-cast-overflow
    shared=-shared-libsan
    preload=$($CC -print-file-name="libclang_rt.asan-$(uname -m).so")
    # Python itself never frees everything. NumPy asks for more memory than there is, and tests it.
    options=(ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
        UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 PYTHONMALLOC=malloc)
    tests=(tests/test_registry.py tests/test_bad_input.py tests/test_bad_out.py
        tests/test_bad_parameters.py tests/test_awkward_arrays.py tests/test_extreme_sizes.py)
    ;;
thread)
    export FASTCONV_SANITIZE=thread
    shared= # the runtime is the one that is loaded first
    preload=$(realpath "$(gcc -print-file-name=libtsan.so)")
    # Debian has archer beside the OpenMP runtime, in a folder where no program looks for libraries.
    archer=$(dirname "$(realpath "$($CC -print-file-name=libomp.so.5)")")/libarcher.so
    # Tests start processes, of which the runtime thinks that they are forked with threads.
    options=(TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=0:exitcode=66:die_after_fork=0
        OMP_TOOL_LIBRARIES="$archer")
    tests=(tests/test_threads.py)
    ;;
*)
    sed -n '3,5p' "$0"
    exit 2
    ;;
esac
# Python is not linked with the runtime of a sanitizer, so it has to be loaded first; what is
# compiled would not find it if it brought its own. Loops that stay as they are at -O1 are not
# worth a warning.
export CFLAGS="${CFLAGS:-} $shared -Wno-pass-failed"
if ! test -e "$preload"; then
    echo "sanitize: there is no $preload: not run"
    exit 0
fi
# These runtimes want addresses that a kernel with much randomness gives to something else.
fixed=()
if setarch "$(uname -m)" -R true 2> /dev/null; then
    fixed=(setarch "$(uname -m)" -R)
fi
run() {
    ${fixed[@]+"${fixed[@]}"} env "${options[@]}" LD_PRELOAD="$preload" PYTHONPATH="$tree" \
        "$python" "$@"
}
if ! run -c "import numpy, scipy"; then
    echo "sanitize: Python does not run with $preload: not run"
    exit 0
fi

mkdir -p "$tree/build/temp"
git ls-files -z | xargs -0 cp --parents --update --target-directory "$tree"
test -d "$tree/build/temp/cython" || cp -r build/temp.*/cython "$tree/build/temp/"
cd "$tree"
"$python" setup.py --quiet build_ext --inplace --build-temp build/temp || exit 9
"$python" setup.py --quiet egg_info
run -c "import fastconv; assert fastconv.__file__.startswith('$tree'), fastconv.__file__"
if test $# = 0; then
    set -- -q -p no:cacheprovider --sample "${FASTCONV_SANITIZE_SAMPLE:-1}" "${tests[@]}"
fi
run -m pytest "$@"
run tools/fuzz.py --seconds "$seconds"
if test "$kind" = thread; then
    run tools/soak.py --minutes "$(((seconds + 59) / 60))" --calls 50
fi

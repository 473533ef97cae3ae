"""Run the tests of the installed SciPy with fastconv's functions in place of SciPy's.

Each of its test modules runs in a process of its own, with the plugin `scipy_stand_in`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import scipy
from scipy_stand_in import NAMES

#: by version of SciPy whose tests were looked at: tests that fail because that version's functions
#: differ from those of SciPy 1.17, which fastconv's faces follow
OTHERWISE = {"1.15": (), "1.16": (), "1.17": (), "1.18": ()}
VERSION = ".".join(scipy.__version__.split(".")[:2])
pytestmark = pytest.mark.skipif(
    VERSION not in OTHERWISE,
    reason=f"SciPy {scipy.__version__} is installed; tests are known of {', '.join(OTHERWISE)}",
)

#: SciPy's test modules, and functions of other packages that they test
MODULES = {
    "signal": tuple(
        f"scipy.signal.tests.test_{name}"
        for name in ("signaltools", "upfirdn", "savitzky_golay", "bsplines", "splines",
                     "result_type")
    ),
    "ndimage": ("scipy.ndimage.tests.test_filters", "scipy.ndimage.tests.test_morphology"),
}
#: tests of SciPy that need 4 GB
LARGE = ("scipy.signal.tests.test_signaltools", "test_large_array")
#: tests that are left out: none of SciPy 1.17. Tests of SciPy's internals (`_upfirdn_modes`,
#: `_pad_test`, `_normalize_sequence`, ...) run SciPy's code and pass.


def run(modules, selected, calls):
    """Run SciPy's tests in `modules` and return how often each of our functions was called."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(here.parent), str(here), os.environ.get("PYTHONPATH", "")])
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "scipy_stand_in", "-p",
        "no:cacheprovider", "-k", selected, "--pyargs", *modules,
    ]  # fmt: skip
    done = subprocess.run(
        command,
        cwd=calls.parent,
        env={**os.environ, "PYTHONPATH": path, "FASTCONV_SCIPY_CALLS": str(calls)},
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    return json.loads(calls.read_text())


@pytest.mark.slow
@pytest.mark.parametrize("package", MODULES)
def test_scipys_own_tests(package, tmp_path):
    left_out = " or ".join((LARGE[1], *OTHERWISE[VERSION]))
    calls = run(MODULES[package], f"not ({left_out})", tmp_path / "calls.json")
    never = [name for name in NAMES[package] if calls[f"{package}.{name}"] == 0]
    assert not never, f"SciPy's tests did not call {never}"


@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("FASTCONV_TEST_LARGE"),
    reason="needs 4 GB of memory: make test-large",
)
def test_scipys_large_tests(tmp_path):
    calls = run((LARGE[0],), LARGE[1], tmp_path / "calls.json")
    assert calls["signal.convolve2d"] > 0

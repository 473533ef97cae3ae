"""Run scikit-image's own tests of filters and features under `fastconv.accel`.

They run in a process of their own, with the plugin `accelerated`. docs/accelerate.md names the
tests of scikit-image that fail, and why.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("skimage")

#: scikit-image's test modules
MODULES = tuple(
    f"skimage.{name}"
    for name in (
        "filters.tests.test_edges", "filters.tests.test_gabor", "filters.tests.test_gaussian",
        "filters.tests.test_median", "filters.tests.test_ridges",
        "filters.tests.test_unsharp_mask", "feature.tests.test_canny",
        "feature.tests.test_corner", "feature.tests.test_template",
        "metrics.tests.test_structural_similarity",
    )
)  # fmt: skip
#: tests of what is left of a difference of equal numbers: they need the last bits of SciPy's sums
LAST_BITS = (
    "test_2d_null_matrix", "test_3d_null_matrix", "test_2d_linearity",
    "test_3d_cropped_camera_image", "test_mssim_vs_legacy",
)
#: functions that these tests call with arrays that fastconv computes
CALLED = ("gaussian_filter", "sobel", "convolve", "median_filter", "uniform_filter")


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("skimage.filters.tests") is None,
    reason="this release of scikit-image comes without its tests",
)
def test_scikit_images_own_tests(tmp_path):
    here, calls = Path(__file__).parent, tmp_path / "calls.json"
    path = os.pathsep.join([str(here.parent), str(here), os.environ.get("PYTHONPATH", "")])
    selected = " and ".join(f"not {name}" for name in LAST_BITS)
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "accelerated", "-p", "no:cacheprovider",
            "-k", selected, "--pyargs", *MODULES,
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "FASTCONV_ACCEL_CALLS": str(calls)},
        capture_output=True,
        text=True,
        timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    answered = json.loads(calls.read_text())
    never = [name for name in CALLED if not answered.get(f"scipy.ndimage.{name}")]
    assert not never, f"scikit-image's tests did not call {never}"

"""Test that kernels read and write nothing past the ends of arrays: pages there have no access."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pages are protected by mprotect")


@pytest.mark.parametrize("seed", range(3))
def test_convolutions_stay_inside(seed):
    script = Path(__file__).parent / "guarded.py"
    ran = subprocess.run(
        [sys.executable, "-X", "faulthandler", script, str(seed), "120"],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]

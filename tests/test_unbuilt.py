"""Test that importing a checkout says so if its extensions were never compiled."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fastconv

COMPILED = ("*.so", "*.pyd", "__pycache__")


@pytest.mark.parametrize("module", ["fastconv", "fastconv.ndimage"])
def test_an_unbuilt_checkout_says_what_to_do(tmp_path, module):
    source = Path(fastconv.__file__).parent
    shutil.copytree(source, tmp_path / "fastconv", ignore=shutil.ignore_patterns(*COMPILED))
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0
    error = done.stderr.strip().splitlines()[-1]
    assert error == (
        f"ImportError: fastconv is not built in {tmp_path}: run `make build`, or leave this folder "
        "to import the installed one"
    )


def test_another_fault_of_an_extension_is_not_hidden(tmp_path):
    """Test that an extension that cannot be loaded raises the loader's error."""
    source = Path(fastconv.__file__).parent
    shutil.copytree(source, tmp_path / "fastconv", ignore=shutil.ignore_patterns(*COMPILED))
    name = next(p.name for p in source.glob("loops/epilogue.*") if p.suffix in (".so", ".pyd"))
    (tmp_path / "fastconv" / "loops" / name).write_bytes(b"")
    done = subprocess.run(
        [sys.executable, "-c", "import fastconv"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "not built" not in done.stderr and name in done.stderr

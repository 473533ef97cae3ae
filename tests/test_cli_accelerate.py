"""Test the command ``accelerate``, which runs a program with fastconv's functions in it."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import numpy as np
from scipy import ndimage
print(__name__, sys.argv, sys.path[0] == {folder!r}, __file__)
print(np.convolve.__module__, ndimage.sobel.__module__)
ndimage.gaussian_filter(np.ones((30, 30)), 1)
if "fail" in sys.argv:
    raise KeyError("its own error")
if "leave" in sys.argv:
    sys.exit(3)
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.format(folder=str(tmp_path)))
    return path


def accelerate(*words, cwd=None):
    command = [sys.executable, "-m", "fastconv", "accelerate", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=cwd)


def test_a_script_runs_as_main(program):
    done = accelerate(program, "--report", "-m", "x")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    first, second = done.stdout.splitlines()
    assert first == f"__main__ [{str(program)!r}, '--report', '-m', 'x'] True {program}"
    assert second == "fastconv.accel.functions fastconv.accel.functions"


def test_a_module_runs_as_main(program):
    done = accelerate("-m", "program", "--report", cwd=program.parent)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout.startswith(f"__main__ [{str(program)!r}, '--report'] True")


def test_the_report_goes_to_standard_error(program):
    done = accelerate("--report", program)
    assert done.returncode == 0
    header, row = done.stderr.splitlines()
    assert " ".join(header.split()) == "function calls answered by fastconv handed back seconds"
    assert row.split()[:4] == ["scipy.ndimage.gaussian_filter", "1", "1", "0"]


def test_errors_and_statuses_are_the_programs(program):
    done = accelerate("--report", program, "fail")
    assert done.returncode == 1
    assert "its own error" in done.stderr and "gaussian_filter" in done.stderr
    assert accelerate(program, "leave").returncode == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "there is no program"), (("--report",), "there is no program"),
        (("-m",), "there is no program"), (("--fast", "a.py"), "unknown option --fast"),
        (("no_such_file.py",), "no_such_file.py: No such file"),
    ],
)  # fmt: skip
def test_wrong_arguments(words, message):
    done = accelerate(*words)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith(f"fastconv: {message}") and done.stderr.count("\n") == 1


def test_help():
    done = accelerate("--help")
    assert done.returncode == 0 and done.stdout.startswith("usage: python -m fastconv accelerate")
    done = subprocess.run(
        [sys.executable, "-m", "fastconv", "--help"], capture_output=True, text=True, timeout=60
    )
    assert "accelerate" in done.stdout

"""What documents show must run, and the problems that benchmarks name must be right."""

import re
from pathlib import Path

import pytest

from fastconv.comparison import compare_problem
from fastconv.problem import parse

ROOT = Path(__file__).parent.parent
PROBLEMS = ROOT / "benchmarks" / "problems"


def blocks():
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        found = re.findall(r"^```python\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE)
        for number, code in enumerate(found, start=1):
            yield pytest.param(code, id=f"{path.name}-{number}")


def keys(*names):
    for name in names or [path.stem for path in sorted(PROBLEMS.glob("*.txt"))]:
        for line in (PROBLEMS / f"{name}.txt").read_text().splitlines():
            key = line.split("#")[0].strip()
            if key:
                yield key


@pytest.mark.parametrize("code", list(blocks()))
def test_examples_run(code):
    exec(compile(code, "example", "exec"), {})


def test_keys_are_keys():
    for key in keys():
        assert parse(key).key() == key


def test_quick_problems_stand_in_a_file():
    others = [path.stem for path in PROBLEMS.glob("*.txt") if path.stem != "quick"]
    assert set(keys("quick")) <= set(keys(*others))


@pytest.mark.parametrize("key", list(keys("tails", "regression")))
def test_error_bounds_at_awkward_sizes(key):
    for row in compare_problem(parse(key), repeat=1).rows:
        if row.error is not None and row.error_bound is not None:
            assert row.error <= row.error_bound, row.algorithm

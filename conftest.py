"""Tests and doctests must not read or write the user's wisdom.

With ``FASTCONV_REQUIRE_EXTRAS=1`` a test that is skipped because an extra is missing fails.
"""

import importlib.util
import os
import re
import tempfile

import pytest

_folder = tempfile.TemporaryDirectory(prefix="fastconv-tests-")
os.environ["FASTCONV_CACHE_DIR"] = _folder.name

# their modules cannot be imported without the packages of these names
collect_ignore_glob = [
    f"fastconv/{name}/*"
    for name in ("dask", "onnx", "torch")
    if importlib.util.find_spec(name) is None
]


def pytest_addoption(parser):
    parser.addoption("--sample", type=int, default=1, help="run one of so many tests")


def pytest_collection_modifyitems(config, items):
    items[:] = items[:: config.getoption("--sample")]


#: what the reasons of such tests say, among them that of `pytest.importorskip`
_MISSING = re.compile("not installed|could not import|has not fetched")


def _required(report):
    """Let the report of a test, or of a file of tests, fail if it was skipped for an extra."""
    if os.environ.get("FASTCONV_REQUIRE_EXTRAS", "") == "1" and report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if _MISSING.search(reason):
            report.outcome = "failed"
            report.longrepr = f"{report.nodeid}: {reason} (FASTCONV_REQUIRE_EXTRAS=1)"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _required((yield))

"""Test what makes the site and the measured pages: names, links, docstrings, tables, crossovers."""

import importlib
import importlib.util
import json
import sys
from pathlib import Path

import pytest

import fastconv as fc

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def extension():
    def load(name):
        spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "_ext" / f"{name}.py")
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def test_every_public_name_has_its_page(extension):
    api = extension("api_pages")
    texts = {page.package: api.page_text(page) for page in api.PAGES if not page.names}
    given = {name for page in api.PAGES for name in page.names if page.package == "fastconv"}
    layers = {n for line in texts["fastconv.nn"].splitlines() if (n := line.strip()).isidentifier()}
    modules = {"config", "grad", "kernels", "linalg", "ndimage", "signal", "wisdom", "__version__"}
    assert set(fc.__all__) <= given | layers | modules
    for name in ("grad", "kernels", "linalg"):
        listed = {line.strip() for line in texts[f"fastconv.{name}"].splitlines()}
        assert set(getattr(fc, name).__all__) <= listed
    assert "   gaussian_filter\n" in texts["fastconv.ndimage"]
    assert "``zoom``" in texts["fastconv.ndimage"]  # SciPy's own


def test_listed_names_exist(extension):
    api = extension("api_pages")
    for page in api.PAGES:
        for name in page.names:
            thing = fc
            for part in name.split("."):
                thing = getattr(thing, part)
        for name in api.RESULTS.get(page.file, ()):
            module = pytest.importorskip("onnx") if page.file == "onnx" else None
            path, _, last = name.rpartition(".")
            module = importlib.import_module(f"fastconv.{path}")
            assert hasattr(module, last), name


def test_links_between_folders(extension):
    links = extension("pages_elsewhere")
    docs = ROOT / "docs"
    here = docs / "networks.md"
    text = "[a](../benchmarks/README.md#problems), [b](accuracy.md), [c](https://x.org), [d](#e)"
    found = links.relinked(text, here, here)
    assert found == "[a](benchmarks.md#problems), [b](accuracy.md), [c](https://x.org), [d](#e)"
    text = "[a](docs/glossary.md), [b](setup.py), ![c](docs/measured/overview.svg)"
    found = links.relinked(text, ROOT / "CONTRIBUTING.md", docs / "contributing.md")
    assert found == "[a](glossary.md), b, ![c](docs/measured/overview.svg)"
    assert links.relinked("[a](../examples/lenet.py)", here, here) == "[a](gallery/lenet.rst)"


def test_stars_in_docstrings(extension):
    escaped = extension("docstrings").escaped
    assert escaped("shape (N, C, *spatial) or (*k)") == r"shape (N, C, \*spatial) or (\*k)"
    for line in ("see *Deep Learning*, 2016", "``(N, *k)``", ">>> f(a, *b)", "C*prod(k)"):
        assert escaped(line) == line


# -------------------------------------------------------------------------------------- the report

plots = pytest.importorskip("benchmarks.measured.plots") if importlib.util.find_spec(
    "matplotlib") else None  # fmt: skip


def rows():
    return [
        {"class": "a", "problem": "x", "threads": 1, "algorithm": "fft",
         "seconds": {"fastconv": 1e-3, "torch": 4e-3, "scipy": 2e-3}},
        {"class": "a", "problem": "y", "threads": 1, "algorithm": "fft",
         "seconds": {"fastconv": 1e-3, "torch": 1e-3}},
    ]  # fmt: skip


def test_ratios_are_means_over_the_problems_of_a_class():
    from benchmarks.measured import tables

    line = tables.summary(rows()).splitlines()[-1]
    assert line == "| a | 2 | 2.00 | 2.00 | 1.00 |"
    assert "| `y` | fft | 1.00 ms | 1.00 ms |  |" in tables.everything(rows())


def test_families_of_the_overview_are_listed():
    from benchmarks.measured import sections, tables

    families = {f for _, f in (*tables.LAYERS, *tables.FILTERS)} | set(tables.WHOLE.values())
    assert families == set(tables.OVERVIEW)
    assert set(tables.WHOLE) < set(sections.BY_NAME)
    assert sum(section.share for section in sections.SECTIONS) == pytest.approx(1)
    row = {"class": "filters, maximum_filter u8"}
    assert tables.family("images", row) == "maxima, medians, morphology"
    assert tables.family("layers", {"class": "conv2d_weight f32"}) == "gradients of layers"


def test_crossovers_are_where_curves_cross():
    if plots is None:
        pytest.skip("matplotlib is not installed")
    points = [
        {"value": v, "seconds": {"square": v**2 * 1e-6, "line": v * 1e-4}} for v in (10, 50, 200)
    ]
    assert plots.crossovers(points, "seconds", ["square", "line"]) == pytest.approx([100])


def test_spread_begins_with_every_file():
    from benchmarks.measured.taking import spread

    problems = [(f"{name}{i}", "", name) for name in "abc" for i in range(4)]
    found = spread(problems)
    assert sorted(found) == problems
    assert {p[2] for p in found[:3]} == set("abc")


def test_stored_rows_make_the_pages():
    """Test that the pages in docs/measured are those of the rows beside them."""
    from benchmarks.measured import pages, sections

    for name, result in pages.stored(ROOT / "docs" / "measured").items():
        assert set(result) >= {"machine", "load", "threads", "rows", "date"}
        text = (ROOT / "docs" / "measured" / f"{name}.md").read_text()
        assert text.startswith(f"# {sections.BY_NAME[name].title}\n")
        assert pages.machine_text(result) in text
    assert json.loads((ROOT / "docs" / "measured" / "networks.json").read_text())["rows"]

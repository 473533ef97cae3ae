"""Test the documents: examples run, names exist, and the problems of benchmarks are valid."""

import functools
import re
import shlex
from pathlib import Path

import pytest

from fastconv.cli import main
from fastconv.comparison import compare_problem
from fastconv.problem import parse

ROOT = Path(__file__).parent.parent
PROBLEMS = ROOT / "benchmarks" / "problems"
PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
#: pages in other folders, which name files of these folders without the folder
LINKED = (*PAGES, ROOT / "benchmarks" / "README.md", ROOT / "src" / "README.md")
#: the function that docs/add-a-function.md adds
TO_BE_ADDED = "global_avg_pool2d"

#: text between backquotes, and blocks of code, which contain no backquotes
CODE = re.compile(r"^```.*?^```$|`([^`]+)`", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*(?:/|\.(?:py|pyx|pxd|md|toml|txt|h|c|cu|cuh))")
COMMAND = re.compile(r"^    python -m fastconv (?:explain|compare) (.+)$", re.MULTILINE)


def page_id(path):
    return path.relative_to(ROOT).as_posix()


def blocks():
    for path in PAGES:
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


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_run(page, capsys):
    for words in COMMAND.findall(page.read_text()):
        name, *pairs = shlex.split(words)
        if name == TO_BE_ADDED:
            continue
        assert main(["explain", name, *pairs]) == 0, words
    capsys.readouterr()


def anchors(page):
    """Return the names by which GitHub links headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", LINKED, ids=page_id)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


def exists(name):
    """Return whether a path exists from the root. A name without a folder may be anywhere."""
    if any(ROOT.glob(name.rstrip("/"))):
        return True
    return "/" not in name and any(Path(f).match(name) for f in tracked_files())


@functools.cache
def tracked_files():
    folders = ("fastconv", "src", "tests", "benchmarks", "docs", "examples", "tools")
    return tuple(p for folder in folders for p in (ROOT / folder).rglob("*") if p.is_file())


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_files_that_pages_name_exist(page):
    for name in CODE.findall(page.read_text()):
        if FILE.fullmatch(name):
            assert exists(name), name


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_names_that_pages_place_in_a_file_are_there(page):
    """Test phrases such as: `REGISTRY` in `fastconv/algorithms/registry.py`."""
    found = re.findall(r"`([\w]+)`\s+(?:in|of)\s+`([\w./]+\.\w+)`", page.read_text())
    for name, path in found:
        files = [p for p in tracked_files() if p.as_posix().endswith(f"/{path}")]
        assert any(re.search(rf"\b{name}\b", p.read_text()) for p in files), (name, path)


@pytest.mark.parametrize("name", ["add-a-function.md", "add-an-algorithm.md"])
def test_names_that_pages_mention_are_in_the_code(name):
    files = [p for p in tracked_files() if p.suffix in (".py", ".pyx", ".h", ".c")]
    words = set(re.findall(r"\w+", "\n".join(p.read_text() for p in files)))
    for code in CODE.findall((ROOT / "docs" / name).read_text()):
        call = re.fullmatch(r"([A-Za-z_][\w.]*)(\(.*\))?", code)
        if call:
            assert call[1].rpartition(".")[2] in words, code


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

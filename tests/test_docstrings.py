"""Test docstrings of public functions: numpydoc sections, a description of every parameter."""

import importlib.util
import inspect
import re
from types import ModuleType

import pytest
from signatures import sections

import fastconv as fc
import fastconv.astropy
from fastconv import comparison, config

#: Order of the sections in numpydoc.
ORDER = (
    "Parameters", "Attributes", "Returns", "Yields", "Raises", "Warns", "See Also", "Notes",
    "References", "Examples",
)  # fmt: skip
MODULES = ("fastconv", "astropy", "grad", "ndimage", "signal", "kernels", "linalg", "wisdom")
if importlib.util.find_spec("dask") is not None:
    import fastconv.dask  # noqa: F401 - makes it an attribute of fastconv

    MODULES += ("dask",)
if importlib.util.find_spec("torch") is not None:
    import fastconv.torch  # noqa: F401 - makes it an attribute of fastconv

    MODULES += ("torch",)
#: Verbs with which a docstring may begin. Others may be added.
VERBS = (
    "Add", "Apply", "Blur", "Change", "Choose", "Collect", "Compute", "Convolve", "Copy",
    "Correlate", "Cross-correlate", "Delete", "Filter", "Free", "Measure", "Merge", "Print", "Put",
    "Reduce", "Replace", "Return", "Run", "Set", "Smooth", "Undo", "Upsample", "Write",
)  # fmt: skip


def public_functions():
    """Yield the name and the function of everything public that fastconv defines itself."""
    for place in MODULES:
        module = fc if place == "fastconv" else getattr(fc, place)
        for name in sorted(getattr(module, "__all__", None) or dir(module)):
            function = getattr(module, name)
            own = getattr(function, "__module__", "") or ""
            if name.startswith("_") or isinstance(function, (type, ModuleType)):
                continue
            if callable(function) and own.split(".")[0] == "fastconv":
                yield f"{place}.{name}", function


FUNCTIONS = dict(public_functions())
CLASSES = {"config.isa": config.isa, "threads": fc.threads}
METHODS = {
    "compare_problem": comparison.compare_problem,
    "Comparison.row": comparison.Comparison.row,
    "Comparison.to_dict": comparison.Comparison.to_dict,
    "Comparison.plot": comparison.Comparison.plot,
}


def entries(text):
    """Return the entries of a section as pairs: names such as ``a, b``, and the description."""
    pairs = []
    for line in text.strip("\n").splitlines():
        if line.strip() and not line.startswith(" "):
            pairs.append((line.split(" : ")[0], []))
        elif pairs:
            pairs[-1][1].append(line.strip())
    return [(names, " ".join(lines).strip()) for names, lines in pairs]


def described(text):
    """Return the names of a Parameters section that have a description, without stars."""
    return [
        name.strip().lstrip("*")
        for names, description in entries(text)
        for name in names.split(",")
        if re.search(r"\w+ \w+|\w\.$", description)
    ]


def parameters(function):
    """Return the parameters of a signature that a caller gives."""
    return [name for name in inspect.signature(function).parameters if name != "self"]


def test_entries():
    """Test that names in a list share a description, and that an entry may lack one."""
    text = "\na : int\nb, *c\n    Two words.\n\n    - more\n**d : object\n    Three words more.\n"
    assert described(text) == ["b", "c", "d"]
    assert entries("\na : int\nb\n")[1] == ("b", "")


def test_there_are_functions_to_look_at():
    for name in ("conv2d", "plan", "compare", "calibrate", "convolve", "set_num_threads"):
        assert f"fastconv.{name}" in FUNCTIONS
    assert {"grad.conv2d_bias", "ndimage.sobel", "signal.upfirdn"} < set(FUNCTIONS)
    assert {"kernels.separate", "linalg.toeplitz", "wisdom.load"} < set(FUNCTIONS)
    assert len(FUNCTIONS) >= 120


@pytest.mark.parametrize("name", [*FUNCTIONS, *CLASSES, *METHODS])
def test_every_parameter_has_a_description(name):
    function = {**FUNCTIONS, **CLASSES, **METHODS}[name]
    found = described(sections(function).get("Parameters", ""))
    assert sorted(found) == sorted(parameters(function))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_sections(name):
    found = sections(FUNCTIONS[name])
    assert list(found) == [title for title in ORDER if title in found]
    assert {"Returns", "Examples"} <= set(found)
    assert ">>> " in found["Examples"]
    for what, description in entries(found["Returns"]):
        assert description or what == "None", f"what is returned in {what}?"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_first_line_is_a_sentence_that_starts_with_a_verb(name):
    first = inspect.getdoc(FUNCTIONS[name]).split("\n")[0]
    assert first.split()[0].rstrip(",") in VERBS
    assert first.endswith(".")

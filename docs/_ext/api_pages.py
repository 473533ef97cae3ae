"""Write the pages of the reference, docs/api/*.rst, from the packages themselves.

Every public name has a page, grouped by the module that defines it. A new function appears without
a change here. Names that only SciPy computes are listed, but not described again.
"""

import inspect
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

API = Path(__file__).resolve().parents[1] / "api"

#: titles of modules, in the order in which pages show them; others follow under their own names
TITLES = {
    "fastconv.nn.convolution": "Convolutions",
    "fastconv.nn.transposed": "Transposed convolutions",
    "fastconv.nn.unshared": "Local and tiled convolutions",
    "fastconv.nn.max_pooling": "Max pooling",
    "fastconv.nn.average_pooling": "Average pooling",
    "fastconv.nn.norms": "Lp pooling and maxout",
    "fastconv.nn.adaptive": "Adaptive pooling",
    "fastconv.nn.unpooling": "Max unpooling",
    "fastconv.nn.blocks": "Windows as columns of a matrix",
    "fastconv.grad.convolution": "Convolutions: inputs",
    "fastconv.grad.weight": "Convolutions: weights",
    "fastconv.grad.transposed": "Transposed convolutions: inputs",
    "fastconv.grad.transposed_weight": "Transposed convolutions: weights",
    "fastconv.grad.bias": "Biases",
    "fastconv.grad.unshared": "Local convolutions",
    "fastconv.grad.tiled": "Tiled convolutions",
    "fastconv.grad.unshared_bias": "Biases of local and tiled convolutions",
    "fastconv.grad.max_pooling": "Max pooling",
    "fastconv.grad.average_pooling": "Average pooling",
    "fastconv.grad.adaptive": "Adaptive pooling",
    "fastconv.grad.norms": "Lp pooling and maxout",
    "fastconv.grad.unpooling": "Max unpooling",
    "fastconv.ndimage.convolutions": "Convolution and correlation",
    "fastconv.ndimage.blurs": "Gaussian and uniform filters",
    "fastconv.ndimage.derivatives": "Edges and derivatives",
    "fastconv.ndimage.ranks": "Maxima and minima",
    "fastconv.ndimage.medians": "Medians and ranks",
    "fastconv.ndimage.grey": "Morphology of grey images",
    "fastconv.ndimage.tophats": "Gradients and top-hats of morphology",
    "fastconv.ndimage.binary": "Morphology of boolean images",
    "fastconv.signal.convolutions": "Convolution and correlation",
    "fastconv.signal.transforms": "By Fourier transform",
    "fastconv.signal.images": "Two axes",
    "fastconv.signal.filters": "FIR and Savitzky-Golay filters",
    "fastconv.signal.resampling": "Changes of the sampling rate",
}
#: packages whose pages have a section for each module
SECTIONED = ("fastconv.nn", "fastconv.grad", "fastconv.ndimage", "fastconv.signal")
#: objects that functions return: (package, name, module that has the class)
RESULTS = {
    "planning": ("plans.Plan", "comparison.Comparison", "comparison.Row"),
    "accel": ("accel.counts.Report",),
    "onnx": ("onnx.report.Table",),
}


@dataclass
class Page:
    """A page of the reference: its file, title, text, package, and some of the package's names."""

    file: str
    title: str
    text: str
    package: str
    names: tuple = ()


PAGES = (
    Page("arrays", "Arrays of any number of axes",
         "Convolution and correlation with SciPy's modes, and more in one call.", "fastconv",
         ("convolve", "correlate", "match_template")),
    Page("layers", "Layers of networks",
         "The functions of ``torch.nn.functional`` with their names, arguments and defaults, for "
         "NumPy arrays in the order (N, C, H, W).", "fastconv.nn"),
    Page("grad", "fastconv.grad: gradients",
         "The gradient of every layer with respect to each of its arrays.", "fastconv.grad"),
    Page("ndimage", "fastconv.ndimage: filters of images",
         "The functions of ``scipy.ndimage``. All other names of that module are SciPy's own.",
         "fastconv.ndimage"),
    Page("signal", "fastconv.signal: filters of signals",
         "The functions of ``scipy.signal``. All other names of that module are SciPy's own.",
         "fastconv.signal"),
    Page("planning", "Plans and reasons",
         "Prepare a call once, ask why an algorithm was chosen, time all of them, and keep what "
         "was measured.", "fastconv",
         ("plan", "compare", "record", "calibrate", "wisdom.export", "wisdom.load",
          "wisdom.forget", "UnsupportedAlgorithm")),
    Page("settings", "Threads, memory and instruction sets", "Settings of the process.",
         "fastconv",
         ("set_num_threads", "get_num_threads", "threads", "config.isa", "config.available_isas",
          "config.current_isa", "release_memory", "show_config")),
    Page("kernels", "fastconv.kernels: well-known kernels",
         "Functions that return kernels for ``convolve`` and ``correlate``.", "fastconv.kernels"),
    Page("linalg", "fastconv.linalg: convolutions as matrices",
         "A convolution is a linear map. These functions return it as a matrix, or as an operator "
         "for the solvers of SciPy.", "fastconv.linalg"),
    Page("accel", "fastconv.accel: programs as they are",
         "Put fastconv's functions in the place of NumPy's, SciPy's and astropy's. "
         ":doc:`/accelerate` has a description.", "fastconv.accel"),
    Page("astropy", "fastconv.astropy", "The functions of ``astropy.convolution``. "
         ":doc:`/missing-values` has a description.", "fastconv.astropy"),
    Page("onnx", "fastconv.onnx: trained networks",
         "Run networks that are stored as ONNX models. :doc:`/networks` has a description.",
         "fastconv.onnx"),
    Page("torch", "fastconv.torch: tensors and modules of PyTorch",
         "Convolutions of tensors with gradients, and networks whose layers run on them. "
         ":doc:`/torch` has a description.", "fastconv.torch"),
    Page("dask", "fastconv.dask: arrays larger than memory",
         "What there is besides the functions that take arrays of Dask. :doc:`/larger-than-memory` "
         "has a description.", "fastconv.dask"),
)  # fmt: skip


def own_names(package):
    """Return the public names of a package that fastconv defines, by the module that does so."""
    groups, others = {}, []
    for name in sorted(package.__all__, key=str.lower):
        thing = getattr(package, name)
        module = getattr(thing, "__module__", "") or ""
        if name.startswith("_") or inspect.ismodule(thing):
            continue
        if module.split(".")[0] == "fastconv":
            groups.setdefault(module, []).append(name)
        else:
            others.append(name)
    return groups, others


def listed(names, package):
    """Return reST: a table of names, each with a page of its own."""
    lines = [f".. currentmodule:: {package}", "", ".. autosummary::", "   :toctree: generated", ""]
    return [*lines, *(f"   {name}" for name in names), ""]


def titled(text, line):
    """Return a title in reST."""
    return [text, line * len(text), ""]


def first_sentence(module):
    """Return the first line of a module's docstring in reST."""
    line = (import_module(module).__doc__ or "").partition("\n")[0]
    return line.replace("`", "``")


def page_text(page):
    """Return the text of a page, or None if there is no such package."""
    lines = [*titled(page.title, "="), page.text, ""]
    if page.names:
        return "\n".join([*lines, *listed(page.names, page.package), *results(page)])
    try:
        package = import_module(page.package)
    except ModuleNotFoundError as error:
        if error.name == page.package:
            return None
        return _not_there(lines, page)
    except ImportError:
        return _not_there(lines, page)
    groups, others = own_names(package)
    if not groups:
        return None
    shown = "fastconv" if page.package == "fastconv.nn" else page.package
    order = list(TITLES)
    for module in sorted(groups, key=lambda m: order.index(m) if m in TITLES else len(order)):
        if page.package in SECTIONED:
            words = module.rpartition(".")[2].replace("_", " ").capitalize()
            lines += [*titled(TITLES.get(module, words), "-"), first_sentence(module), ""]
        lines += listed(groups[module], shown)
    lines += results(page)
    if others:
        names = ", ".join(f"``{name}``" for name in others)
        lines += [*titled("SciPy's own", "-"), f"{names}", ""]
    return "\n".join(lines)


def _not_there(lines, page):
    extra = page.package.rpartition(".")[2]
    return "\n".join(
        [*lines, f"This page is empty because the extra ``[{extra}]`` was not installed where the "
         "site was built.", ""]
    )  # fmt: skip


def results(page):
    """Return reST for the objects that the functions of a page return."""
    names = RESULTS.get(page.file, ())
    if not names:
        return []
    return [*titled("What they return", "-"), *listed(names, "fastconv")]


def write(app, config):
    """Write all pages that have changed."""
    API.mkdir(exist_ok=True)
    texts = {page.file: page_text(page) for page in PAGES}
    there = [file for file, text in texts.items() if text is not None]
    texts["index"] = "\n".join(
        [*titled("API reference", "="),
         "Every function has the shapes and dtypes of its arrays, the errors that it raises, an "
         "example that the tests run, and the source of the method.", "",
         ".. toctree::", "   :maxdepth: 2", "", *(f"   {file}" for file in there), ""]
    )  # fmt: skip
    for file, text in texts.items():
        path = API / f"{file}.rst"
        if text is not None and not (path.exists() and path.read_text() == text):
            path.write_text(text)


def setup(app):
    """Write the pages before Sphinx looks for pages, of which autosummary reads the tables."""
    app.connect("config-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

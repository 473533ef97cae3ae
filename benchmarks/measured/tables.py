"""Means of ratios, and tables in Markdown."""

import statistics

from fastconv.planner.text import seconds_text

#: libraries by the name of their package, in the order of columns
LIBRARIES = {
    "torch": "PyTorch", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO",
    "opencv-python-headless": "OpenCV", "scipy": "SciPy", "numpy": "NumPy",
}  # fmt: skip
#: classes of the overview, in the order of its rows
OVERVIEW = (
    "whole networks", "layers 1 x 1", "layers 3 x 3", "layers 5 x 5 and larger",
    "layers, grouped", "layers, depthwise", "layers in 1-D", "layers in 3-D",
    "layers, transposed", "gradients of layers", "poolings", "image filters, any kernel",
    "Gaussian, uniform and edge filters", "maxima, medians, morphology", "signal filters",
    "random calls of SciPy's functions", "whole SciPy programs",
)  # fmt: skip
#: beginnings of the classes of layers, and their classes in the overview
LAYERS = (
    ("conv2d 1x1", "layers 1 x 1"), ("conv2d up to 3x3, grouped", "layers, grouped"),
    ("conv2d up to 3x3", "layers 3 x 3"), ("conv2d 5x5", "layers 5 x 5 and larger"),
    ("conv2d depthwise", "layers, depthwise"), ("conv1d_", "gradients of layers"),
    ("conv2d_", "gradients of layers"), ("conv3d_", "gradients of layers"),
    ("conv_transpose", "layers, transposed"), ("conv1d", "layers in 1-D"),
    ("conv3d", "layers in 3-D"),
)  # fmt: skip
#: words of the names of filters, and their classes in the overview
FILTERS = (
    (("maximum", "minimum", "median", "rank", "percentile", "erosion", "dilation", "opening",
      "closing", "morpho", "tophat", "grey", "binary"), "maxima, medians, morphology"),
    (("gaussian", "uniform", "sobel", "prewitt", "laplace"), "Gaussian, uniform and edge filters"),
    (("",), "image filters, any kernel"),
)  # fmt: skip
#: the classes of the overview that are a whole section
WHOLE = {
    "networks": "whole networks", "programs": "whole SciPy programs", "signals": "signal filters",
    "poolings": "poolings", "calls": "random calls of SciPy's functions",
}  # fmt: skip


def libraries(rows):
    """Return the names of the libraries in some rows, in the order of columns."""
    found = {name for row in rows for name in row["seconds"]} - {"fastconv"}
    return [name for name in LIBRARIES if name in found] + sorted(found - set(LIBRARIES))


def shown(name):
    """Return the name of a library as it is written."""
    return LIBRARIES.get(name, name)


def ratios(rows, library):
    """Return the times of a library divided by ours."""
    times = [row["seconds"] for row in rows]
    return [t[library] / t["fastconv"] for t in times if library in t]


def mean(values):
    """Return the geometric mean."""
    return statistics.geometric_mean(values)


def classes(rows):
    """Return {class: rows} in the order of the rows."""
    found = {}
    for row in rows:
        found.setdefault(row["class"], []).append(row)
    return found


def family(section, row):
    """Return the class of a row in the overview, or None if it has none."""
    title = row["class"]
    if section == "layers":
        return next((f for start, f in LAYERS if title.startswith(start)), None)
    if section == "images":
        return next(f for words, f in FILTERS if any(word in title for word in words))
    return WHOLE.get(section)


def table(header, lines):
    """Return a table in Markdown; all columns but the first are numbers."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, rule, *lines))


def summary(rows):
    """Return a table of classes: the geometric mean of the ratio to each library.

    If no class has more than one problem, there is nothing to say about their spread.
    """
    names, lines = libraries(rows), []
    single = all(len(some) == 1 for some in classes(rows).values())
    for title, some in classes(rows).items():
        cells = []
        for name in names:
            found = ratios(some, name)
            cells.append(f"{mean(found):.2f}" if found else "")
        best = [min(r["seconds"][n] for n in names if n in r["seconds"]) / r["seconds"]["fastconv"]
                for r in some if any(n in r["seconds"] for n in names)]  # fmt: skip
        worst = f"{min(best):.2f}" if best else ""
        lines.append([title, *cells] if single else [title, str(len(some)), *cells, worst])
    header = [""] if single else ["class", "problems"]
    return table([*header, *map(shown, names), *([] if single else ["worst"])], lines)


def everything(rows):
    """Return a table of all rows: the time of each library."""
    names, lines = libraries(rows), []
    for row in rows:
        times = row["seconds"]
        cells = [seconds_text(times[n]) if n in times else "" for n in ("fastconv", *names)]
        lines.append([f"`{row['problem']}`".replace("|", "/"), row["algorithm"], *cells])
    return table(["problem", "algorithm", "fastconv", *map(shown, names)], lines)


def sweep_table(rows):
    """Return a table of one sweep: measured times, in brackets what was predicted."""
    names = list(dict.fromkeys(n for row in rows for n in row["seconds"]))
    lines = []
    for row in rows:
        cells = []
        for name in names:
            measured, predicted = row["seconds"].get(name), row["predicted"].get(name)
            text = "" if measured is None else seconds_text(measured)
            if text and predicted is not None:
                text += f" ({seconds_text(predicted)})"
            cells.append(f"**{text}**" if name == row["algorithm"] and text else text)
        lines.append([str(row["value"]), *cells])
    return table(["taps", *names], lines)

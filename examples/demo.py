"""
All algorithms on six tasks
===========================

`make demo` runs this example.
The tasks blur a photograph, find its edges, compute three layers of ResNet-50, filter a 1-D signal
and pool maxima. Each table shows the time, the error and the memory of every algorithm, and marks
the algorithm that fastconv chooses. The demo writes pictures to the folder ``demo``::

    python examples/demo.py [--out FOLDER] [--quick]
"""

import argparse
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import fastconv as fc
from fastconv import kernels
from fastconv.cli.output import show_comparison, show_table
from fastconv.comparison.plot import draw_bars, new_figure
from fastconv.comparison.text import machine_text
from fastconv.planner.text import seconds_text

SECONDS = 3.0  # limit for the timing of each task
LAYERS = (
    ("ResNet-50 first layer, 7x7 stride 2", (3, 224), (64, 7), {"stride": 2, "padding": 3}),
    ("ResNet-50 stage 2, 3x3, 64 channels", (64, 56), (64, 3), {"padding": 1}),
    ("ResNet-50 stage 4, 1x1, 256 to 1024 channels", (256, 14), (1024, 1), {}),
)


@dataclass
class Task:
    """A call to compare, and a title that describes it."""

    title: str
    op: str
    args: tuple
    options: dict = field(default_factory=dict)

    def compare(self, seconds):
        """Compare the algorithms of the call, with a limit for the time of measuring."""
        return fc.compare(self.op, *self.args, time_limit=seconds, **self.options)


def photograph():
    """Return a colour photograph (H, W, 3) of 8 bits from an installed package, and its name."""
    try:
        from skimage.data import coffee

        return coffee(), "coffee, from scikit-image"
    except ImportError:
        pass
    try:
        from sklearn.datasets import load_sample_image

        return load_sample_image("china.jpg"), "china, from scikit-learn"
    except ImportError:
        raise SystemExit("the demo needs a photograph: pip install fastconv[examples]") from None


def tasks(photo, quick):
    """Yield the tasks of the demo; `quick` makes all of them small."""
    rng = np.random.default_rng(0)
    planes, grey = channels(photo)
    edge = {"mode": "same", "boundary": "symm"}
    yield Task(
        f"Photograph {photo.shape[0]} x {photo.shape[1]}, 3 colours: Gaussian blur, 15x15",
        "correlate", (planes, gaussian()[None]), {**edge, "axes": (1, 2)},
    )  # fmt: skip
    yield Task("Photograph, grey: Sobel, 3x3", "correlate", (grey, sobel(1)), edge)
    for title, (c, size), (k, taps), options in LAYERS:
        if quick:
            c, k, size, title = min(c, 8), min(k, 8), 16, f"{title}, made small"
        x = rng.standard_normal((1, c, size, size), np.float32)
        w = rng.standard_normal((k, c, taps, taps), np.float32) / np.sqrt(
            c * taps * taps, dtype="f4"
        )
        yield Task(title, "conv2d", (x, w), options)
    samples = 10_000 if quick else 1_000_000
    signal = rng.standard_normal(samples, np.float32)
    yield Task(
        f"Signal of {samples:,} samples: low-pass filter, 513 taps", "convolve",
        (signal, low_pass(513)), {"mode": "same"},
    )  # fmt: skip
    x = rng.standard_normal((1, 8 if quick else 64, 112, 112), np.float32)
    yield Task(
        f"Max pooling of {x.shape[1]} channels 112 x 112, 3x3 stride 2", "max_pool2d", (x, 3, 2, 1)
    )


def channels(photo):
    """Return the colours (3, H, W) and the brightness (H, W) of a picture, float32 from 0 to 1."""
    planes = np.ascontiguousarray(photo.transpose(2, 0, 1), np.float32) / 255
    grey = np.tensordot(np.float32([0.2126, 0.7152, 0.0722]), planes, 1)
    return planes, grey


def gaussian():
    """Return the Gaussian kernel of the demo."""
    return kernels.gaussian(15, 3.0).astype(np.float32)


def sobel(axis):
    """Return the Sobel kernel for one axis, in float32."""
    return kernels.sobel(axis).astype(np.float32)


def low_pass(taps, cutoff=0.05):
    """Return a windowed sinc, which passes frequencies below `cutoff` times the sampling rate."""
    position = np.arange(taps) - (taps - 1) / 2
    window = np.hamming(taps) * 2 * cutoff * np.sinc(2 * cutoff * position)
    return (window / window.sum()).astype(np.float32)


def filtered(photo):
    """Return the blurred photograph (H, W, 3), and its edges (H, W) from 0 to 1."""
    planes, grey = channels(photo)
    blurred = fc.correlate(planes, gaussian()[None], "same", axes=(1, 2), boundary="symm")
    slopes = [fc.correlate(grey, sobel(axis), "same", boundary="symm") for axis in (0, 1)]
    magnitude = np.hypot(*slopes)
    return blurred.transpose(1, 2, 0), np.clip(magnitude / np.quantile(magnitude, 0.99), 0, 1)


def draw_pictures(photo, path):
    """Draw the photograph, its blur and its edges side by side into a file."""
    blurred, edges = filtered(photo)
    shape = photo.shape[0] / photo.shape[1]
    figure = new_figure(13, 13 / 3 * shape + 0.3)
    pictures = (
        ("photograph", photo, None), ("Gaussian blur, 15x15", np.clip(blurred, 0, 1), None),
        ("edges: Sobel magnitude", edges, "gray"),
    )  # fmt: skip
    for axes, (title, picture, colours) in zip(figure.subplots(1, 3), pictures, strict=True):
        axes.imshow(picture, cmap=colours, interpolation="lanczos")
        axes.set_title(title, fontsize=11)
        axes.set_axis_off()
    figure.savefig(path, dpi=130)


def draw_comparisons(titles, comparisons, path):
    """Draw all comparisons as bars into a file, two in a row."""
    rows = -(-len(titles) // 2)
    most = max(sum(r.seconds is not None for r in c.rows) for c in comparisons)
    figure = new_figure(13, rows * (1.0 + 0.32 * most) + 0.5)
    grid = figure.subplots(rows, 2, squeeze=False).ravel()
    figure.suptitle(
        f"Time of one call on {machine_text(comparisons[0])}. Orange is what auto chose, "
        "| what the cost model predicted",
        fontsize=12,
    )
    for axes, title, comparison in zip(grid, titles, comparisons, strict=False):
        draw_bars(axes, comparison, title, slots=most, legend=False)
    for axes in grid[len(titles) :]:
        axes.set_visible(False)
    figure.savefig(path, dpi=110)


def summary(titles, comparisons):
    """Print for each task the choice of auto, the fastest algorithm and the gain over naive."""
    lines = []
    for title, comparison in zip(titles, comparisons, strict=True):
        chosen, naive = comparison.row(comparison.chosen), comparison.row("naive")
        times_naive = "-"
        if chosen.seconds and naive.seconds:
            factor = naive.seconds / chosen.seconds
            times_naive = f"{factor:.{1 if factor < 100 else 0}f}x"
        lines.append(
            [title, comparison.chosen, seconds_text(chosen.seconds), comparison.best, times_naive]
        )
    show_table(["task", "auto chose", "time", "fastest", "against naive"], lines, left=(0, 1, 3))


def main(argv=None):
    """Run the demo; return the paths of the pictures."""
    parser = argparse.ArgumentParser(description="Compare all algorithms.")
    parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the pictures")
    parser.add_argument("--quick", action="store_true", help="use small problems, to test the demo")
    arguments = parser.parse_args(argv)
    begin = time.perf_counter()
    photo, name = photograph()
    if arguments.quick:
        photo = photo[:96, :128]
    print(f"The photograph is {name}.\n")
    titles, comparisons = [], []
    for task in tasks(photo, arguments.quick):
        print(f"--- {task.title}")
        comparison = task.compare(0.05 if arguments.quick else SECONDS)
        show_comparison(comparison)
        print(flush=True)
        titles.append(task.title)
        comparisons.append(comparison)
    summary(titles, comparisons)
    arguments.out.mkdir(parents=True, exist_ok=True)
    paths = [arguments.out / "comparison.png", arguments.out / "filtered.png"]
    draw_comparisons(titles, comparisons, paths[0])
    draw_pictures(photo, paths[1])
    print(f"\n{time.perf_counter() - begin:.0f} s in all. Pictures:")
    for path in paths:
        print(f"  {path}")
    return paths


if __name__ == "__main__":
    main()

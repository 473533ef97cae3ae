"""The sections of the report: what is timed, and which share of the time each one has."""

from dataclasses import dataclass
from functools import partial

from . import taking


@dataclass(frozen=True)
class Section:
    """A section of the report, which is a page.

    Parameters
    ----------
    name, title : str
        Name of the files, and title of the page.
    text : str
        What the page says before its tables.
    share : float
        Share of the time, of all sections together.
    take : callable
        ``take(clock, threads)`` returns the rows.
    kind : {"ratios", "sweep"}
        How the rows are drawn.
    """

    name: str
    title: str
    text: str
    share: float
    take: object
    kind: str = "ratios"


SECTIONS = (
    Section(
        "networks", "Networks",
        "One image of 224 x 224 pixels runs through well-known networks with noise for weights, "
        "loaded by [`fastconv.onnx`](../networks.md). ONNX Runtime and OpenVINO run the same "
        "model, PyTorch a frozen module in `channels_last`. Ratios are times of a library divided "
        "by those of fastconv.",
        0.29, taking.whole_networks,
    ),
    Section(
        "layers", "Layers",
        "Convolutions of networks, their gradients and transposed convolutions. A plan of "
        "fastconv, which writes into an existing array, is compared with the best that each "
        "library offers: prepared weights, other layouts and compiled models count.",
        0.24, partial(taking.problem_sets, sets=("dense", "local"), mode="plan"),
    ),
    Section(
        "images", "Images",
        "Filters of images and volumes: any kernel, Gaussians, edges, maxima, medians, "
        "morphology, in floats and in integers. All libraries are called plainly, as a user calls "
        "them.",
        0.16, partial(
            taking.problem_sets, mode="eager",
            sets=("filters", "image", "colour", "integers", "volumes", "morphology"),
        ),
    ),
    Section(
        "signals", "Signals",
        "Convolutions along one axis, filters without feedback, and changes of the sampling rate. "
        "All libraries are called plainly.",
        0.08, partial(
            taking.problem_sets, mode="eager", sets=("signal", "lines", "resampling")
        ),
    ),
    Section(
        "poolings", "Poolings",
        "Poolings over windows, gradients of layers and poolings, unfold and fold. All libraries "
        "are called plainly.",
        0.05, partial(taking.problem_sets, mode="eager", sets=("pool", "backward")),
    ),
    Section(
        "programs", "SciPy programs",
        "Programs of scikit-image, librosa, astropy and nilearn, as their documentation calls "
        "them, [run without a change](../accelerate.md). The table of all programs has the share "
        "of the time that is spent in functions which fastconv has: it bounds the gain. "
        "`benchmarks/workloads.py` has the programs.",
        0.07, taking.whole_programs,
    ),
    Section(
        "calls", "Random calls of SciPy's functions",
        "Calls that are drawn at random, with the sizes, boundaries and dtypes that a program "
        "might have (`benchmarks/random_calls`), so that nobody can tune to them.",
        0.05, taking.random_calls,
    ),
    Section(
        "sweeps", "Predicted and measured times",
        "Each algorithm over a range of kernel sizes, on one thread. Solid lines are measured, "
        "dashed ones are what the cost model predicted. Triangles show the crossovers, where "
        "another algorithm becomes the fastest: black ones are measured, white ones predicted. "
        "Rings mark what `auto` chose.",
        0.06, taking.sweeps, "sweep",
    ),
)  # fmt: skip
BY_NAME = {section.name: section for section in SECTIONS}

"""The command ``filter``: convolve a picture with a kernel of `fastconv.kernels`."""

import argparse
import inspect
import re

import numpy as np

from .. import kernels
from ..comparison import compare
from ..nd import correlate
from .compare import add_timing
from .output import UsageError, show_comparison, usage
from .picture_files import check_output, save
from .pictures import load
from .problems import add_threads, literal

_NAMES = (
    "box", "emboss", "gabor", "gaussian", "laplacian", "log", "prewitt", "scharr", "sharpen",
    "sobel",
)  # fmt: skip
_GRADIENTS = ("prewitt", "scharr", "sobel")
#: Kernels whose response has either sign; the picture shows its magnitude.
_SIGNED = (*_GRADIENTS, "gabor", "laplacian", "log")
_BRIGHT = 0.995  # share of the pixels of a magnitude that are darker than white
_BOUNDARIES = ("symm", "mirror", "nearest", "wrap", "fill")


def add_commands(commands):
    """Add the command to the parser."""
    command = commands.add_parser(
        "filter",
        help="convolve a picture with a kernel",
        description="Kernels: gaussian:SIZE[:SIGMA], box:SIZE, sharpen, emboss, laplacian, "
        "log:SIZE[:SIGMA], gabor:SIZE:FREQUENCY:THETA:SIGMA, sobel, prewitt, scharr (magnitude of "
        "the gradient) or sobel:AXIS (one direction). SIZE is 15 or 15x9. Edges and waves are "
        "shown as magnitudes, scaled so that the strongest are white. Samples of 8 and 16 bits are "
        "rounded and clipped; pictures of other numbers keep their values, unscaled, and need a "
        ".tif as output. All pages of a picture are filtered.",
    )
    command.add_argument("picture")
    command.add_argument("--kernel", required=True, metavar="NAME:ARGUMENTS")
    command.add_argument("-o", "--output", required=True, metavar="FILE")
    command.add_argument(
        "--boundary", default="symm", choices=_BOUNDARIES,
        help="values outside of the picture: its reflection with the edge repeated (symm) or not "
        "repeated (mirror), the edge (nearest), the other side (wrap), or black (fill)",
    )  # fmt: skip
    command.add_argument(
        "--page", type=_page_number, metavar="N", help="filter page N only; the first is 1"
    )
    command.add_argument("--algorithm", default="auto", help="run this algorithm")
    command.add_argument("--compare", action="store_true", help="time every algorithm")
    add_timing(command)
    add_threads(command)
    command.set_defaults(run=_filter)


def _filter(arguments):
    """Run the command ``filter``."""
    with usage():
        kernel_list, signed = parse_kernel(arguments.kernel)
    pages = load(arguments.picture, arguments.page)
    check_output(arguments.output, pages)
    options = {"mode": "same", "boundary": arguments.boundary, "axes": (1, 2)}
    results = []
    for page in pages:
        planes = page.planes()
        weights = [kernel.astype(planes.dtype) for kernel in kernel_list]
        with usage():
            responses = [
                correlate(planes, w, **options, algorithm=arguments.algorithm) for w in weights
            ]
        planes = magnitude(responses, page.white) if signed else responses[0]
        results.append(page.filtered(planes))
    save(arguments.output, results)
    if arguments.compare:
        with usage():
            comparison = compare(
                "correlate", page.planes(), weights[0], **options, repeat=arguments.repeat,
                time_limit=arguments.time_limit,
            )  # fmt: skip
        show_comparison(comparison)
    print(f"picture: {arguments.output}" + (f" ({len(pages)} pages)" if len(pages) > 1 else ""))


def _page_number(text):
    """Return the number of a page, at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no page; the first page is 1")
    return int(text)


def parse_kernel(text):
    """Return the kernels that a text such as ``gaussian:15:2.5`` describes.

    Returns
    -------
    found : list of ndarray of float64, shape (1, rows, columns)
        One kernel, or two for the components of a gradient.
    signed : bool
        Whether the response has either sign, so that the picture should show its magnitude.
    """
    name, *words = text.split(":")
    if name not in _NAMES:
        raise UsageError(f"kernel {name!r} is unknown; there are {', '.join(_NAMES)}")
    function = getattr(kernels, name)
    arguments = [_argument(word) for word in words]
    if name in ("gaussian", "log") and len(arguments) == 1:
        # By default, the size holds three standard deviations on each side of the centre.
        sizes = np.atleast_1d(arguments[0])
        arguments.append(tuple(float(s) / 6 for s in (*sizes, *sizes)[:2]))
    gradient = name in _GRADIENTS and not arguments
    calls = [(0,), (1,)] if gradient else [arguments]
    try:
        inspect.signature(function).bind(*calls[0])
    except TypeError as error:
        raise UsageError(f"kernel {text!r}: {error}") from None
    try:
        return [function(*call)[None] for call in calls], name in _SIGNED
    except MemoryError as error:
        raise UsageError(f"kernel {text!r} does not fit in memory: {error}") from None


def _argument(word):
    """Return an argument of a kernel: two sizes such as ``15x9``, or a Python literal."""
    if re.fullmatch(r"\d+x\d+", word):
        return tuple(int(size) for size in word.split("x"))
    return literal(word)


def magnitude(responses, white):
    """Return the length of the responses.

    Unless `white` is None, it is scaled such that the brightest half percent has that value.
    """
    length = np.sqrt(sum(r * r for r in responses))
    if white is None:
        return length
    bright = np.quantile(length, _BRIGHT) or length.max()
    return length * np.float32(white / bright) if bright > 0 else length

"""The command ``filter``: convolve a picture with a kernel of `fastconv.kernels`."""

import inspect
import re

import numpy as np

from .. import kernels
from ..comparison import compare
from ..nd import correlate
from .compare import add_timing
from .output import UsageError, show_comparison, usage
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
_WHITE = 255.0


def add_commands(commands):
    """Add the command to the parser."""
    command = commands.add_parser(
        "filter",
        help="convolve a picture with a kernel",
        description="Kernels: gaussian:SIZE[:SIGMA], box:SIZE, sharpen, emboss, laplacian, "
        "log:SIZE[:SIGMA], gabor:SIZE:FREQUENCY:THETA:SIGMA, sobel, prewitt, scharr (magnitude of "
        "the gradient) or sobel:AXIS (one direction). SIZE is 15 or 15x9. Edges and waves are "
        "shown as magnitudes, scaled so that the strongest are white.",
    )
    command.add_argument("picture")
    command.add_argument("--kernel", required=True, metavar="NAME:ARGUMENTS")
    command.add_argument("-o", "--output", required=True, metavar="FILE")
    command.add_argument(
        "--boundary", default="symm", choices=_BOUNDARIES,
        help="values outside of the picture: its reflection with the edge repeated (symm) or not "
        "repeated (mirror), the edge (nearest), the other side (wrap), or black (fill)",
    )  # fmt: skip
    command.add_argument("--algorithm", default="auto", help="run this algorithm")
    command.add_argument("--compare", action="store_true", help="time every algorithm")
    add_timing(command)
    add_threads(command)
    command.set_defaults(run=_filter)


def _filter(arguments):
    """Run the command ``filter``."""
    with usage():
        kernel_list, signed = parse_kernel(arguments.kernel)
    planes, alpha = load(arguments.picture)
    options = {"mode": "same", "boundary": arguments.boundary, "axes": (1, 2)}
    with usage():
        responses = [
            correlate(planes, kernel, **options, algorithm=arguments.algorithm)
            for kernel in kernel_list
        ]
    save(arguments.output, magnitude(responses) if signed else responses[0], alpha)
    if arguments.compare:
        with usage():
            comparison = compare(
                "correlate", planes, kernel_list[0], **options, repeat=arguments.repeat,
                time_limit=arguments.time_limit,
            )  # fmt: skip
        show_comparison(comparison)
    print(f"picture: {arguments.output}")


def parse_kernel(text):
    """Return the kernels that a text such as ``gaussian:15:2.5`` describes.

    Returns
    -------
    found : list of ndarray of float32, shape (1, rows, columns)
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
    return [function(*call)[None].astype(np.float32) for call in calls], name in _SIGNED


def _argument(word):
    """Return an argument of a kernel: two sizes such as ``15x9``, or a Python literal."""
    if re.fullmatch(r"\d+x\d+", word):
        return tuple(int(size) for size in word.split("x"))
    return literal(word)


def magnitude(responses):
    """Return the length of the responses, scaled such that the brightest half percent is white."""
    length = np.sqrt(sum(r * r for r in responses))
    bright = np.quantile(length, _BRIGHT) or length.max()
    return length * np.float32(_WHITE / bright) if bright > 0 else length


def load(path):
    """Return a picture as float32 planes (C, H, W) from 0 to 255, and its alpha channel or None."""
    image, ops = _pillow()
    try:
        picture = ops.exif_transpose(image.open(path))
    except image.DecompressionBombError as error:
        raise UsageError(str(error)) from None
    alpha = picture.getchannel("A") if "A" in picture.getbands() else None
    if picture.mode.startswith(("I", "F")):
        raise UsageError(f"{path} has pixels of mode {picture.mode}; 8-bit pictures are supported")
    grey = picture.mode in ("1", "L", "LA")
    values = np.asarray(picture.convert("L" if grey else "RGB"), np.float32)
    planes = values[None] if grey else values.transpose(2, 0, 1)
    return np.ascontiguousarray(planes), alpha


def save(path, planes, alpha=None):
    """Round and clip planes (C, H, W), and write them as a picture of 8 bits."""
    image, _ = _pillow()
    pixels = np.clip(np.rint(planes), 0, _WHITE).astype(np.uint8)
    picture = image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0).copy())
    if alpha is not None:
        picture.putalpha(alpha)
    with usage():
        picture.save(path)


def _pillow():
    """Import Pillow, or raise ImportError that names the extra."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise ImportError("pictures need pillow: pip install fastconv[cli]") from None
    return Image, ImageOps

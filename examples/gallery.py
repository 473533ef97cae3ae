"""
Filters of a photograph, beside SciPy
=====================================

The filters blur, sharpen, emboss, find edges, take maxima and apply a bank of Gabor kernels. The
example writes each picture to a folder, and prints the time of the filter and the time that SciPy
takes for it. The two differ only in their import: ``from fastconv import ndimage`` replaces
``from scipy import ndimage``::

    python examples/gallery.py [--out FOLDER]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import scipy.ndimage

from fastconv import kernels, ndimage

try:
    from matplotlib.figure import Figure
    from skimage.data import coffee
except ImportError:
    raise SystemExit("the gallery needs a photograph: pip install fastconv[examples]") from None

ANGLES = 6
TEXT = {"fontsize": 9}


def blur(package, photo):
    """Blur an (H, W, 3) image of bytes along both axes, each channel separately."""
    return package.gaussian_filter(photo, 4, axes=(0, 1))


def sharpen(package, photo):
    """Sharpen by unsharp masking: add twice the difference between the image and its blur."""
    picture = photo.astype(np.float32)
    detail = picture - package.gaussian_filter(picture, 1.5, axes=(0, 1))
    return np.clip(picture + 2 * detail, 0, 255).astype(np.uint8)


def edges(package, photo):
    """Return the slope of the brightness from the two Sobel filters."""
    grey = brightness(photo)
    return np.hypot(package.sobel(grey, 0), package.sobel(grey, 1))


def emboss(package, photo):
    """Return the brightness as a relief with light from the upper left."""
    return package.correlate(brightness(photo), kernels.emboss().astype(np.float32))


def dilate(package, photo):
    """Return the largest value of each channel in a square of 9 x 9 pixels."""
    return package.maximum_filter(photo, 9, axes=(0, 1))


def gabor(package, photo):
    """Return the responses (ANGLES, H, W) of Gabor kernels, one for each direction of stripes."""
    grey = brightness(photo)
    angles = np.arange(ANGLES) * np.pi / ANGLES
    bank = [kernels.gabor(25, 0.12, a, 4.0).astype(np.float32) for a in angles]
    return np.stack([np.abs(package.correlate(grey, k - k.mean())) for k in bank])


def brightness(photo):
    """Return the brightness (H, W) of a photograph, float32 from 0 to 1."""
    return photo.astype(np.float32) @ np.float32([0.2126, 0.7152, 0.0722]) / 255


def scaled(values):
    """Return values scaled to 0 to 1 for display; bytes stay as they are."""
    if values.dtype == np.uint8:
        return values
    return np.clip(values / np.quantile(values, 0.995), 0, 1)


FILTERS = {
    "blur": ("Gaussian blur, sigma 4, bytes", blur),
    "sharpen": ("Unsharp masking", sharpen),
    "edges": ("Edges: Sobel", edges),
    "emboss": ("Emboss, 3x3", emboss),
    "dilate": ("Maximum, 9x9, bytes", dilate),
}


def timed(function, *arguments):
    """Return the function's result, and the seconds of the fastest of three later calls."""
    result, seconds = function(*arguments), []
    for _ in range(3):
        start = time.perf_counter()
        function(*arguments)
        seconds.append(time.perf_counter() - start)
    return result, min(seconds)


def draw(path, pictures, columns):
    """Draw pictures with their titles into a file, `columns` of them in a row."""
    rows = -(-len(pictures) // columns)
    height, width = pictures[0][1].shape[:2]
    side = 4.2
    figure = Figure((side * columns, (side * height / width + 0.3) * rows), layout="constrained")
    for place, (title, picture) in enumerate(pictures, start=1):
        axes = figure.add_subplot(rows, columns, place)
        axes.imshow(picture, cmap="gray", vmin=0, vmax=1 if picture.ndim == 2 else None)
        axes.set_title(title, **TEXT)
        axes.set_axis_off()
    figure.savefig(path, dpi=110)


def main(argv=None):
    """Filter the photograph and draw the results; return the paths of the pictures."""
    parser = argparse.ArgumentParser(description="Filter a photograph.")
    parser.add_argument("--out", type=Path, default=Path("pictures"), metavar="FOLDER")
    out = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    photo = coffee()
    print(f"a photograph of {photo.shape[0]} x {photo.shape[1]}: coffee, from scikit-image")
    paths = []
    for name, (title, function) in FILTERS.items():
        after, seconds = timed(function, ndimage, photo)
        _, theirs = timed(function, scipy.ndimage, photo)
        paths.append(out / f"{name}.png")
        draw(paths[-1], [("before", photo), (title, scaled(after))], 2)
        _tell(title, seconds, theirs, paths[-1])
    answers, seconds = timed(gabor, ndimage, photo)
    _, theirs = timed(gabor, scipy.ndimage, photo)
    answers = scaled(answers)
    degrees = [f"{180 * i // ANGLES} degrees" for i in range(ANGLES)]
    strongest = np.stack(
        [ndimage.gaussian_filter(answers[i : i + 2].max(0), 1) for i in range(0, ANGLES, 2)], -1
    )
    pictures = [("before", photo), *zip(degrees, answers, strict=True)]
    pictures.append(("two directions each in red, green and blue", strongest))
    paths.append(out / "gabor.png")
    draw(paths[-1], pictures, 4)
    _tell(f"Gabor filters, {ANGLES} of 25x25", seconds, theirs, paths[-1])
    return paths


def _tell(title, seconds, theirs, path):
    """Print the time of a filter, the time of SciPy, and the path of the picture."""
    ratio = theirs / seconds
    print(
        f"{title:32s} {seconds * 1e3:8.2f} ms   SciPy {theirs * 1e3:8.1f} ms, {ratio:4.0f} times"
        f"   {path}"
    )


if __name__ == "__main__":
    main()

"""
Deblur a photograph by least squares
====================================

The camera moved and was out of focus, so that every pixel of the picture is a weighted sum of
pixels of the scene. This is a convolution, and thus a matrix with one row per pixel. The matrix is
not stored: `fastconv.linalg.linear_operator` applies it and its transpose. The solver
`scipy.sparse.linalg.lsqr` (C. C. Paige and M. A. Saunders, ACM TOMS 8(1), 1982) estimates the
scene, and stops early to keep the noise small. The example writes its picture to the folder
``pictures``::

    python examples/deblur.py [--out FOLDER] [--iterations N] [--quick]
"""

import argparse
import time
from pathlib import Path

import numpy as np
from scipy.sparse.linalg import lsqr

import fastconv as fc
from fastconv import kernels, linalg
from fastconv.comparison.plot import new_figure

NOISE = 0.002  # standard deviation; grey values go from 0 to 1


def photograph():
    """Return a grey photograph (H, W) from 0 to 1 that comes with an installed package."""
    try:
        from skimage.data import camera

        return camera().astype(np.float32) / 255
    except ImportError:
        pass
    try:
        from sklearn.datasets import load_sample_image

        return load_sample_image("china.jpg").mean(axis=2).astype(np.float32) / 255
    except ImportError:
        raise SystemExit("a photograph is needed: pip install fastconv[examples]") from None


def shake(size=15, focus=1.0):
    """Return a blur (size, size) that sums to 1: a path of the camera, out of focus."""
    path = np.zeros((size, size))
    t = np.linspace(0, 1, 400)
    across = (size - 5) * (t - 0.5) + size // 2
    down = 3.0 * np.sin(5 * t) + size // 2 - 1
    np.add.at(path, (down.round().astype(int), across.round().astype(int)), 1)
    blur = fc.convolve(path, kernels.gaussian(5, focus), mode="same")
    return (blur / blur.sum()).astype(np.float32)


def likeness(picture, scene):
    """Return the peak signal-to-noise ratio in decibels, without the edges, which are not known."""
    inside = (slice(20, -20),) * 2
    error = np.mean((picture[inside].astype(np.float64) - scene[inside]) ** 2)
    return 10 * np.log10(1 / error)


def main(argv=None):
    """Blur and deblur a photograph; return the likeness before and after."""
    parser = argparse.ArgumentParser(description="Deblur a photograph.")
    parser.add_argument("--out", type=Path, default=Path("pictures"), help="folder for the picture")
    parser.add_argument("--iterations", type=int, default=30, help="largest number of iterations")
    parser.add_argument("--quick", action="store_true", help="use a part of the picture")
    arguments = parser.parse_args(argv)
    scene = photograph()
    if arguments.quick:
        scene = scene[100:228, 180:308]
    blur = shake()
    # There is no padding. Pixels at the edge of the picture depend on parts of the scene outside of
    # it, so the scene is larger than the picture.
    camera = linalg.linear_operator(blur[None, None], (1, *scene.shape))
    seen_shape = tuple(n - len(blur) + 1 for n in scene.shape)
    rng = np.random.default_rng(0)
    noise = rng.normal(0, NOISE, camera.shape[0]).astype(np.float32)
    seen = camera @ scene.ravel() + noise

    shown = np.pad(seen.reshape(seen_shape), len(blur) // 2, mode="edge")

    begin = time.perf_counter()
    # The solver starts from the picture and computes the difference to the scene.
    missing = seen - camera @ shown.ravel()
    solution = lsqr(camera, missing, damp=0.02, iter_lim=arguments.iterations)
    found = shown + solution[0].reshape(scene.shape)
    seconds = time.perf_counter() - begin
    before, after = likeness(shown, scene), likeness(found, scene)
    steps = solution[2]
    print(f"{scene.shape[1]} x {scene.shape[0]} pixels, a blur of {len(blur)} x {len(blur)}: "
          f"{steps} iterations, {2 * steps} convolutions in {seconds:.2f} s")  # fmt: skip
    entries = np.count_nonzero(blur) * camera.shape[0]
    print(f"the matrix would have {camera.shape[0]:,} rows and {entries:,} entries")
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "deblurred.png"
    draw(scene, shown, found, blur, (before, after), path)
    print(f"picture: {path}")
    print(f"likeness {before:.1f} dB before, {after:.1f} dB after")
    return before, after


def draw(scene, shown, found, blur, decibels, path):
    """Draw the scene, the camera's picture with its blur in a corner, and the estimated scene."""
    figure = new_figure(13, 4.8)
    panels = figure.subplots(1, 3)
    titles = ("the scene", f"the camera's picture: {decibels[0]:.1f} dB",
              f"after least squares: {decibels[1]:.1f} dB")  # fmt: skip
    for axes, picture, title in zip(panels, (scene, shown, found), titles, strict=True):
        axes.imshow(np.clip(picture, 0, 1), cmap="gray", vmin=0, vmax=1)
        axes.set_title(title, fontsize=11)
        axes.set_axis_off()
    corner = panels[1].inset_axes((0.02, 0.02, 0.2, 0.2))
    corner.imshow(blur, cmap="gray")
    corner.set(xticks=[], yticks=[])
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()

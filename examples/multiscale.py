"""
An image larger than memory
===========================

The image, a field of stars in a nebula, is made block by block, and written as a multiscale zarr.
``fastconv.dask.pyramid`` blurs and decimates each level in one convolution with a stride, and Dask
writes the levels into one zarr group with the metadata of OME-Zarr 0.5, as viewers read it. No step
holds more than a few blocks, so the image may be larger than memory. It needs the extra
``[dask]``::

    python examples/multiscale.py [--size 4096] [--chunk 1024] [--out FOLDER]
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np

import fastconv as fc

try:
    import dask.array as da
    import zarr
    from PIL import Image

    import fastconv.dask
except ImportError as error:
    raise SystemExit(
        "the example needs Dask, zarr and Pillow: pip install 'fastconv[dask]' pillow"
    ) from error

#: side of the smallest level
SMALLEST = 64


def sky(size, chunk, seed=0):
    """Return an image of stars and a nebula, uint16, that is made block by block."""
    made = da.random.default_rng(seed).random((size, size), chunks=chunk, dtype="f4")
    stars = da.where(made > 1 - 4e-4, (made - (1 - 4e-4)) * 1.5e9, 0)
    points = fc.ndimage.gaussian_filter(stars, 1.2)
    noise = da.random.default_rng(seed + 1).normal(0, 1, (size, size), chunks=chunk)
    nebula = fc.ndimage.gaussian_filter(noise.astype("f4"), size / 40, truncate=3, mode="wrap")
    nebula = da.maximum(nebula * size, 0) * 700
    return da.clip(points + nebula + 300 * made, 0, 65535).astype(np.uint16)


def write(image, path):
    """Write the levels of an image into a zarr group, and return their number."""
    levels = 1 + max(0, round(math.log2(min(image.shape) / SMALLEST)))
    root = zarr.open_group(str(path), mode="w")
    image.to_zarr(str(path / "0"))
    datasets = []
    for number in range(levels):
        if number:
            # from the level on disk, so that it is computed once
            below = da.from_zarr(str(path / str(number - 1)))
            fastconv.dask.pyramid(below, 2)[1].to_zarr(str(path / str(number)))
        scale = float(2**number)
        datasets.append({
            "path": str(number),
            "coordinateTransformations": [
                {"type": "scale", "scale": [scale, scale]},
                {"type": "translation", "translation": [(scale - 1) / 2] * 2},
            ],
        })  # fmt: skip
    axes = [{"name": name, "type": "space"} for name in "yx"]
    root.attrs["ome"] = {
        "version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}],
    }  # fmt: skip
    return levels


def picture(path, levels, side=512):
    """Return a picture of the levels of at most `side` pixels, side by side."""
    shown = []
    for number in range(levels):
        level = da.from_zarr(str(path / str(number)))
        if level.shape[0] <= side:
            shown.append(np.sqrt(level.compute() / 65535))
    height = shown[0].shape[0]
    canvas = np.ones((height, sum(s.shape[1] for s in shown) + 4 * len(shown)), "f4")
    left = 0
    for level in shown:
        canvas[: level.shape[0], left : left + level.shape[1]] = level / max(level.max(), 1e-6)
        left += level.shape[1] + 4
    return Image.fromarray((255 * canvas).astype(np.uint8))


def main(arguments=None):
    """Run the command line, and return the path of the picture."""
    parser = argparse.ArgumentParser(description="Write an image as a multiscale zarr.")
    parser.add_argument("--size", type=int, default=4096, help="side of the image (4096)")
    parser.add_argument("--chunk", type=int, default=1024, help="side of a block (1024)")
    parser.add_argument("--out", type=Path, default=Path("pictures"), help="folder (pictures)")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    target = given.out / "sky.zarr"
    start = time.perf_counter()
    levels = write(sky(given.size, given.chunk), target)
    seconds = time.perf_counter() - start
    result = given.out / "multiscale.png"
    picture(target, levels).save(result)
    print(f"{levels} levels of {given.size} x {given.size} pixels in {seconds:.1f} s: {target}")
    print(f"the levels side by side: {result}")
    return result


if __name__ == "__main__":
    main()

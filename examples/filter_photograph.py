"""
Filter a photograph
===================

Blur, sharpen and find edges. A colour photograph is an array (H, W, 3) of bytes; every filter takes
it as it is. The example writes its pictures to the folder ``pictures``::

    python examples/filter_photograph.py
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from skimage.data import coffee

import fastconv as fc
from fastconv import ndimage

PICTURES = Path("pictures")
PICTURES.mkdir(exist_ok=True)


def show(name, **pictures):
    """Draw pictures side by side, with their names as titles, into a file."""
    figure = Figure((4.2 * len(pictures), 3.2), layout="constrained")
    panels = np.atleast_1d(figure.subplots(1, len(pictures)))
    for axes, (title, picture) in zip(panels, pictures.items(), strict=True):
        axes.imshow(picture, cmap="gray")
        axes.set_title(title.replace("_", " "))
        axes.set_axis_off()
    figure.savefig(PICTURES / f"{name}.png", dpi=110)


photo = coffee()
print(photo.shape, photo.dtype)

# %%
# Blur and sharpen
# ----------------
#
# ``axes=(0, 1)`` filters rows and columns, and leaves the colours apart. The result has the
# dtype of the photograph. Unsharp masking adds the difference between a picture and its blur.

blurred = ndimage.gaussian_filter(photo, 5, axes=(0, 1))

wide = photo.astype(np.float32)
detail = wide - ndimage.gaussian_filter(wide, 1.5, axes=(0, 1))
sharpened = np.clip(wide + 2 * detail, 0, 255).astype(np.uint8)

show("photograph", photograph=photo, blurred=blurred, sharpened=sharpened)

# %%
# Find edges
# ----------
#
# The two Sobel filters are slopes of the brightness along the rows and along the columns. The
# length of the slope is large at edges. A maximum over windows of 5 x 5 makes them thick.

grey = wide @ np.float32([0.2126, 0.7152, 0.0722])
edges = np.hypot(ndimage.sobel(grey, 0), ndimage.sobel(grey, 1))
thick = ndimage.maximum_filter(edges, 5)

show("edges", brightness=grey, edges=edges, thick_edges=thick)

# %%
# A kernel of your own
# --------------------
#
# ``fc.convolve`` takes any kernel. Here it is a disk, the blur of a lens that is out of focus.
# It combines what SciPy spreads over several functions: axes, boundaries, strides.

y, x = np.mgrid[-12:13, -12:13]
disk = (np.hypot(x, y) < 12).astype(np.float32)
disk /= disk.sum()
unfocused = fc.convolve(wide, disk[..., None], "same", axes=(0, 1), boundary="symm")

show("lens", photograph=photo, out_of_focus=unfocused.astype(np.uint8))

# %%
# Which algorithm was it?
# -----------------------
#
# ``fc.record`` tells what runs in a block, and ``fc.plan(...).explain()`` tells why.

with fc.record() as calls:
    fc.convolve(wide, disk[..., None], "same", axes=(0, 1), boundary="symm")
    ndimage.gaussian_filter(photo, 5, axes=(0, 1))
print(*(algorithm for _, algorithm in calls))

plan = fc.plan("convolve", in1=wide.shape, in2=disk[..., None], dtype=wide.dtype, mode="same",
               axes=(0, 1), boundary="symm")  # fmt: skip
print(plan.explain())

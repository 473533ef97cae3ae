"""
Find a template in a picture
============================

`fastconv.match_template` computes the normalized correlation of a template with every window of a
picture (J. P. Lewis, "Fast normalized cross-correlation", 1995). It is 1 where both agree up to
brightness and contrast. The example writes its picture to the folder ``pictures``::

    python examples/template_matching.py
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from skimage.data import coins

import fastconv as fc
from fastconv import ndimage

PICTURES = Path("pictures")
PICTURES.mkdir(exist_ok=True)

# %%
# The template is one coin. The picture in which it is sought is darker, and has noise.

photo = coins().astype(np.float32) / 255
template = photo[170:220, 75:130]
rng = np.random.default_rng(0)
picture = 0.4 * photo + rng.normal(0, 0.03, photo.shape).astype(np.float32)

score = fc.match_template(picture, template)
top, left = np.unravel_index(score.argmax(), score.shape)
print(f"best match at row {top}, column {left}: {score.max():.2f}")
assert (top, left) == (170, 75)

# %%
# Other coins are less like it. A maximum filter finds peaks that are the largest ones of their
# neighbourhood.

peaks = (score == ndimage.maximum_filter(score, 41)) & (score > 0.35)
rows, columns = np.nonzero(peaks)
print(f"{rows.size} places are similar")

figure = Figure((12, 3.6), layout="constrained")
panels = figure.subplots(1, 3, width_ratios=(1, 3, 3))
titles = ("the template", "the picture, and what was found", "how similar each window is")
for axes, shown, title in zip(panels, (template, picture, score), titles, strict=True):
    axes.imshow(shown, cmap="gray" if title != titles[2] else "magma")
    axes.set_title(title, fontsize=10)
    axes.set_axis_off()
size = template.shape[::-1]
for row, column in zip(rows, columns, strict=True):
    best = (row, column) == (top, left)
    frame = Rectangle((column, row), *size, fill=False, linewidth=2)
    frame.set_edgecolor("#d9541e" if best else "#8fb3d9")
    panels[1].add_patch(frame)
figure.savefig(PICTURES / "template.png", dpi=110)

# %%
# Several templates of several sizes are several calls. Each one takes milliseconds, because the
# sums under the template come from running sums, and the correlation from the fastest
# algorithm.

plan = fc.plan("match_template", image=picture.shape, template=template, dtype=picture.dtype)
print(plan.explain())

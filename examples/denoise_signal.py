"""
Denoise a signal
================

Four ways to take the noise out of a signal, and one for missing samples. The example writes its
pictures to the folder ``pictures``::

    python examples/denoise_signal.py
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import fastconv as fc
from fastconv import ndimage, signal

PICTURES = Path("pictures")
PICTURES.mkdir(exist_ok=True)
RATE = 500  # samples per second

rng = np.random.default_rng(0)
time = np.arange(4 * RATE) / RATE
clean = np.sin(2 * np.pi * 1.5 * time) * np.exp(-((time - 2) ** 2)) + 0.4 * np.sign(
    np.sin(2 * np.pi * 0.5 * time)
)
noisy = clean + rng.normal(0, 0.25, time.size)
noisy[rng.integers(0, time.size, 15)] += 4  # spikes


def draw(name, curves):
    """Draw the noisy signal and some curves into a file, one panel for each."""
    figure = Figure((10, 1.9 * len(curves)), layout="constrained")
    panels = np.atleast_1d(figure.subplots(len(curves), 1, sharex=True, sharey=True))
    for axes, (title, curve) in zip(panels, curves.items(), strict=True):
        error = np.sqrt(np.nanmean((curve - clean) ** 2))
        axes.plot(time, noisy, color="0.8", linewidth=0.7)
        axes.plot(time, clean, color="0.3", linewidth=0.8, linestyle="--")
        axes.plot(time, curve, color="#d9541e", linewidth=1.3)
        axes.set_title(f"{title}: error {error:.3f}", loc="left", fontsize=10)
        axes.set_ylim(-1.7, 1.9)
    panels[-1].set_xlabel("seconds")
    figure.savefig(PICTURES / f"{name}.png", dpi=110)


# %%
# Four filters
# ------------
#
# A median removes the spikes. Then a moving average smooths, a low-pass filter keeps what is
# slower than 8 Hz, and the filter of Savitzky and Golay fits polynomials, which keeps steps
# steeper. All of them are SciPy's functions with SciPy's arguments; the import differs.

calm = ndimage.median_filter(noisy, 9)
low_pass = signal.firwin(101, 8, fs=RATE)
curves = {
    "median": calm,
    "moving average of 31": ndimage.uniform_filter1d(calm, 31),
    "low-pass filter, 101 taps": signal.filtfilt(low_pass, 1, calm),
    "Savitzky-Golay": signal.savgol_filter(calm, 51, 3),
}
draw("denoised", curves)

# %%
# Missing samples
# ---------------
#
# Mark what is missing by NaN. ``nan_policy="omit"`` computes each output from the samples that
# are there, and ``normalize=True`` divides the kernel by its sum.

broken = noisy.copy()
broken[np.abs(noisy - calm) > 1] = np.nan  # the spikes
broken[700:760] = np.nan  # and a gap
smooth = fc.convolve(broken, np.hanning(91), "same", nan_policy="omit", normalize=True)
assert np.isfinite(smooth).all()
draw("missing", {"60 missing samples, made up for": smooth})

# %%
# How long it takes
# -----------------
#
# ``fc.compare`` times every algorithm for a signal of a million samples.

long = rng.standard_normal(1_000_000)
print(fc.compare("convolve", long, low_pass, mode="same", time_limit=2))

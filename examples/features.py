"""Features that nobody trained: random, Gabor and k-means kernels under a linear classifier.

A convolution with fixed kernels, a rectifier and pooling turn each picture into a few hundred
numbers, and a linear classifier learns from those alone. The kernels are random, or Gabor
functions, or the centres of clusters of patches (`fastconv.unfold` cuts them out), made comparable
by whitening. Raw pixels are the measure. See A. Coates, A. Ng and H. Lee, "An analysis of
single-layer networks in unsupervised feature learning", AISTATS 2011, and K. Jarrett et al., "What
is the best multi-stage architecture for object recognition?", ICCV 2009 (random kernels). A picture
of the kernels goes to the folder ``pictures``.

    python examples/features.py [--out FOLDER] [--quick]
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

import fastconv as fc
from fastconv import kernels
from fastconv.cli.output import show_table
from fastconv.comparison.plot import new_figure

TAPS, KERNELS, GRID = 7, 32, 4
#: pictures that the classifier learns from; with many more, raw pixels are good enough
LABELLED = 200


def digits(rng):
    """(pictures (N, 1, 28, 28), labels) to learn from, and to be tested on."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise SystemExit("this needs scikit-learn: pip install fastconv[examples]") from None
    data = load_digits()
    # bilinear: row i of the enlarged picture lies at (i + 1/2) * 8/28 - 1/2 of the small one
    at = (np.arange(28) + 0.5) * 8 / 28 - 0.5
    weights = np.maximum(0, 1 - abs(np.clip(at, 0, 7)[:, None] - np.arange(8)))
    pictures = (weights @ (data.images / 16) @ weights.T).astype(np.float32)[:, None]
    order = rng.permutation(len(pictures))
    learn, test = np.split(order, [len(order) // 2])
    return (pictures[learn], data.target[learn]), (pictures[test], data.target[test])


# ----------------------------------------------------------------------------------------- kernels


def unit(bank):
    """Kernels (K, 1, TAPS, TAPS) without mean and of length 1: they answer to shape alone."""
    flat = bank.reshape(len(bank), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    return flat.reshape(-1, 1, TAPS, TAPS).astype(np.float32)


def random_kernels(rng):
    """White noise."""
    return unit(rng.standard_normal((KERNELS, TAPS, TAPS)))


def gabor_kernels():
    """Eight directions, two frequencies, two phases."""
    bank = [
        kernels.gabor(TAPS, frequency, theta, sigma=0.4 / frequency, phase=phase)
        for frequency in (0.12, 0.2)
        for phase in (0, np.pi / 2)
        for theta in np.arange(8) * np.pi / 8
    ]
    return unit(np.array(bank))


def kmeans_kernels(pictures, rng, patches=20_000):
    """Centres of clusters of whitened patches, brought back to pixels.

    Clustering compares directions: every patch goes to the centre with the largest product, and a
    centre is the normalized sum of its patches (Coates and Ng, "Learning feature representations
    with k-means", 2012).
    """
    columns = fc.unfold(pictures, TAPS, stride=2)  # (N, TAPS * TAPS, blocks)
    rows = columns.transpose(0, 2, 1).reshape(-1, TAPS * TAPS).astype(np.float64)
    rows = rows[rows.std(axis=1) > 0.05]  # something must be on it
    rows = rows[rng.permutation(len(rows))[:patches]]
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows /= rows.std(axis=1, keepdims=True) + 0.1
    values, directions = np.linalg.eigh(np.cov(rows.T))
    whiten = (directions / np.sqrt(np.maximum(values, 0) + 0.1)) @ directions.T
    white = rows @ whiten
    centres = white[rng.choice(len(white), KERNELS, replace=False)]
    for _ in range(20):
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        products = white @ centres.T
        owner = products.argmax(axis=1)
        strength = products[np.arange(len(white)), owner]
        sums = np.zeros_like(centres)
        np.add.at(sums, owner, strength[:, None] * white)
        alone = np.linalg.norm(sums, axis=1) < 1e-9
        sums[alone] = white[rng.choice(len(white), alone.sum())]
        centres = sums
    return unit(centres / np.linalg.norm(centres, axis=1, keepdims=True) @ whiten)


# ---------------------------------------------------------------------------------------- features


def features(pictures, bank):
    """Both signs of each kernel's answer, rectified, means over a grid of cells: (N, features)."""
    answers = [fc.conv2d(pictures, w, padding="same", activation="relu") for w in (bank, -bank)]
    pooled = [fc.adaptive_avg_pool2d(a, GRID) for a in answers]
    return np.concatenate(pooled, axis=1).reshape(len(pictures), -1)


def accuracy(learn, labels, test, test_labels):
    """Of a linear classifier on standardized features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2000))
    return classifier.fit(learn, labels).score(test, test_labels)


def draw(banks, path):
    """All kernels, a row of panels for each kind."""
    figure = new_figure(11, 1.6 * len(banks))
    for part, (name, bank) in zip(figure.subfigures(len(banks), 1), banks.items(), strict=True):
        part.suptitle(name, fontsize=10)
        grid = part.subplots(2, KERNELS // 2)
        for axes, kernel in zip(grid.ravel(), bank, strict=True):
            bound = abs(kernel).max()
            axes.imshow(kernel[0], cmap="gray", vmin=-bound, vmax=bound)
            axes.set(xticks=[], yticks=[])
    figure.savefig(path, dpi=110)


def main(argv=None):
    """Compare the kernels; return the accuracies by name."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("pictures"), help="folder for the picture")
    parser.add_argument("--quick", action="store_true", help="one draw of labelled pictures")
    arguments = parser.parse_args(argv)
    rng = np.random.default_rng(0)
    (pictures, labels), (test, test_labels) = digits(rng)
    banks = {
        "random kernels": random_kernels(rng),
        "Gabor kernels": gabor_kernels(),
        "k-means kernels": kmeans_kernels(pictures, rng),
    }
    plain = pictures.reshape(len(pictures), -1), test.reshape(len(test), -1)
    everything, seconds = {"raw pixels": plain}, {"raw pixels": 0.0}
    for name, bank in banks.items():
        begin = time.perf_counter()
        everything[name] = features(pictures, bank), features(test, bank)
        seconds[name] = time.perf_counter() - begin
    draws = [rng.permutation(len(pictures))[:LABELLED] for _ in range(1 if arguments.quick else 5)]
    found, lines = {}, []
    for name, (learn, other) in everything.items():
        each = [accuracy(learn[some], labels[some], other, test_labels) for some in draws]
        found[name] = float(np.mean(each))
        lines.append([name, str(learn.shape[1]), f"{seconds[name] * 1e3:.0f} ms",
                      f"{found[name] * 100:.1f} %"])  # fmt: skip
    print(f"{LABELLED} labelled digits, {len(test)} to be tested on, mean of {len(draws)} draws\n")
    show_table(["features", "numbers", "time", "test accuracy"], lines)
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "features.png"
    draw(banks, path)
    print(f"\npicture: {path}")
    return found


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

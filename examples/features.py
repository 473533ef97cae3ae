"""
Features without training
=========================

Compare random, Gabor and k-means kernels, and raw pixels.

A convolution with fixed kernels, a rectifier and pooling convert each picture to a few hundred
numbers. A linear classifier learns from these numbers only. The kernels are random, Gabor
functions, or centres of clusters of whitened patches, which `fastconv.unfold` cuts out of the
pictures. See A. Coates, A. Ng and H. Lee, "An analysis of single-layer networks in unsupervised
feature learning", AISTATS 2011, and K. Jarrett et al., "What is the best multi-stage architecture
for object recognition?", ICCV 2009 (random kernels). The example writes a picture of the kernels to
the folder ``pictures``::

    python examples/features.py [--out FOLDER] [--quick]
"""

import argparse
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import fastconv as fc
from fastconv import kernels
from fastconv.cli.output import show_table
from fastconv.comparison.plot import new_figure

TAPS, KERNELS, GRID = 7, 32, 4
#: Number of pictures that the classifier learns from. With many more, raw pixels are as good.
LABELLED = 200


def digits(rng):
    """Return pictures (N, 1, 28, 28) with their labels to learn from, and others to test on."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise SystemExit("this needs scikit-learn: pip install fastconv[examples]") from None
    data = load_digits()
    # The enlargement is bilinear: row i of the large picture corresponds to the position
    # (i + 1/2) * 8/28 - 1/2 of the small one.
    at = (np.arange(28) + 0.5) * 8 / 28 - 0.5
    weights = np.maximum(0, 1 - abs(np.clip(at, 0, 7)[:, None] - np.arange(8)))
    pictures = (weights @ (data.images / 16) @ weights.T).astype(np.float32)[:, None]
    order = rng.permutation(len(pictures))
    learn, test = np.split(order, [len(order) // 2])
    return (pictures[learn], data.target[learn]), (pictures[test], data.target[test])


# ----------------------------------------------------------------------------------------- kernels


def unit(bank):
    """Return kernels (K, 1, TAPS, TAPS) with mean 0 and norm 1, so that only their shape counts."""
    flat = bank.reshape(len(bank), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    return flat.reshape(-1, 1, TAPS, TAPS).astype(np.float32)


def random_kernels(rng):
    """Return kernels of white noise."""
    return unit(rng.standard_normal((KERNELS, TAPS, TAPS)))


def gabor_kernels():
    """Return Gabor kernels of eight directions, two frequencies and two phases."""
    bank = [
        kernels.gabor(TAPS, frequency, theta, sigma=0.4 / frequency, phase=phase)
        for frequency in (0.12, 0.2)
        for phase in (0, np.pi / 2)
        for theta in np.arange(8) * np.pi / 8
    ]
    return unit(np.array(bank))


def kmeans_kernels(pictures, rng, patches=20_000):
    """Return the centres of clusters of whitened patches, transformed back to pixels.

    The clustering compares directions. Every patch belongs to the centre with the largest product,
    and a centre is the normalized sum of its patches (A. Coates and A. Ng, "Learning feature
    representations with k-means", 2012).
    """
    columns = fc.unfold(pictures, TAPS, stride=2)  # (N, TAPS * TAPS, blocks)
    rows = columns.transpose(0, 2, 1).reshape(-1, TAPS * TAPS).astype(np.float64)
    rows = rows[rows.std(axis=1) > 0.05]  # skip patches that are nearly constant
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
    """Return features (N, features) of pictures.

    They are the means, over a grid of cells, of both signs of each kernel's response, rectified.
    """
    answers = [fc.conv2d(pictures, w, padding="same", activation="relu") for w in (bank, -bank)]
    pooled = [fc.adaptive_avg_pool2d(a, GRID) for a in answers]
    return np.concatenate(pooled, axis=1).reshape(len(pictures), -1)


def accuracy(learn, labels, test, test_labels):
    """Return the accuracy of a linear classifier on standardized features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2000))
    with threadpool_limits(1, user_api="blas"):  # its matrices are small
        return classifier.fit(learn, labels).score(test, test_labels)


def draw(banks, path):
    """Draw all kernels into a file, with a row of panels for each kind."""
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
    """Compare the kernels; return the accuracy of each kind by its name."""
    parser = argparse.ArgumentParser(description="Compare features.")
    parser.add_argument("--out", type=Path, default=Path("pictures"), help="folder for the picture")
    parser.add_argument("--quick", action="store_true", help="use one draw of labelled pictures")
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
    print(f"{LABELLED} labelled digits, {len(test)} to test on, mean of {len(draws)} draws\n")
    show_table(["features", "numbers", "time", "test accuracy"], lines)
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "features.png"
    draw(banks, path)
    print(f"\npicture: {path}")
    return found


if __name__ == "__main__":
    main()

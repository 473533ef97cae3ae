"""
Train LeNet from NumPy
======================

The digits are handwritten. The network is that of Y. LeCun et al., "Gradient-based learning applied
to document recognition", Proceedings of the IEEE 86(11), 1998, with sigmoids and average pooling.
It consists of a 5x5 convolution to 6 channels, pooling, a 5x5 convolution to 16 channels, pooling,
and layers of 120, 84 and 10 units. The digits are the 1797 of scikit-learn, enlarged from 8 x 8 to
28 x 28 pixels. One fifth of them is kept for the test. If PyTorch is installed, it trains the same
network for a few epochs, to compare the time. The example writes pictures to the folder
``pictures``::

    python examples/lenet.py [--epochs N] [--out FOLDER] [--quick]
"""

import argparse
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import fastconv as fc
from fastconv.cli.output import terminal
from fastconv.comparison.plot import new_figure

BATCH = 64
#: Step size of Adam at the beginning. It decreases to zero along half a period of a cosine.
RATE = 6e-3


# %%
# Layers
# ------
#
# A layer has `shapes`, the shapes of its parameters. `forward` returns its output. `backward` takes
# the gradient with respect to the output, writes those with respect to the parameters into
# `gradients`, and returns the gradient with respect to the input.


def through_sigmoid(grad, y):
    """Return the gradient with respect to the input of a sigmoid with output y."""
    slope = np.multiply(y, y)
    np.subtract(y, slope, out=slope)
    return np.multiply(slope, grad, out=slope)


class Conv:
    """A layer of convolution, bias and sigmoid, which one call computes."""

    def __init__(self, channels, features, taps, padding=0, first=False):
        self.shapes = (features, channels, taps, taps), (features,)
        self.fan = channels * taps * taps, features * taps * taps
        self.padding, self.first = padding, first

    def forward(self, x):
        self.x, (weight, bias) = x, self.parameters
        self.y = fc.conv2d(x, weight, bias, padding=self.padding, activation="sigmoid")
        return self.y

    def backward(self, grad):
        weight, (grad_weight, grad_bias) = self.parameters[0], self.gradients
        grad = through_sigmoid(grad, self.y)
        fc.grad.conv2d_bias(grad, out=grad_bias)
        fc.grad.conv2d_weight(
            self.x, weight.shape, grad, padding=self.padding, out=grad_weight
        )  # fmt: skip
        if self.first:  # the gradient with respect to the picture is not needed
            return None
        return fc.grad.conv2d_input(self.x.shape, weight, grad, padding=self.padding)


class AvgPool:
    """A layer that averages 2 x 2 pixels."""

    shapes = ()

    def forward(self, x):
        self.shape = x.shape
        return fc.avg_pool2d(x, 2)

    def backward(self, grad):
        return fc.grad.avg_pool2d_input(grad, self.shape, 2)


class Dense:
    """A fully connected layer with a bias, and with a sigmoid unless it is the last layer."""

    def __init__(self, inputs, outputs, last=False):
        self.shapes = (outputs, inputs), (outputs,)
        self.fan = inputs, outputs
        self.last = last

    def forward(self, x):
        self.shape, (weight, bias) = x.shape, self.parameters
        self.x = x.reshape(len(x), -1)
        self.y = self.x @ weight.T
        self.y += bias
        if not self.last:
            np.negative(self.y, out=self.y)
            np.exp(self.y, out=self.y)
            self.y += 1
            np.reciprocal(self.y, out=self.y)
        return self.y

    def backward(self, grad):
        weight, (grad_weight, grad_bias) = self.parameters[0], self.gradients
        if not self.last:
            grad = through_sigmoid(grad, self.y)
        np.sum(grad, axis=0, out=grad_bias)
        np.matmul(grad.T, self.x, out=grad_weight)
        return (grad @ weight).reshape(self.shape)


# %%
# The network
# -----------


class LeNet:
    """The network. All parameters are views of one vector, and all gradients of another."""

    def __init__(self, rng):
        self.layers = [
            Conv(1, 6, 5, padding=2, first=True), AvgPool(), Conv(6, 16, 5), AvgPool(),
            Dense(400, 120), Dense(120, 84), Dense(84, 10, last=True),
        ]  # fmt: skip
        shapes = [s for layer in self.layers for s in layer.shapes]
        self.values = np.zeros(sum(map(np.prod, shapes)), np.float32)
        self.gradients = np.zeros_like(self.values)
        at = 0
        for layer in self.layers:
            layer.parameters, layer.gradients = [], []
            for shape in layer.shapes:
                own = slice(at, at := at + int(np.prod(shape)))
                layer.parameters.append(self.values[own].reshape(shape))
                layer.gradients.append(self.gradients[own].reshape(shape))
            if layer.shapes:  # keeps the variance about the same in both directions
                bound = np.sqrt(6 / sum(layer.fan))
                layer.parameters[0][...] = rng.uniform(-bound, bound, layer.shapes[0])

    def forward(self, x):
        """Return the scores (N, 10) of pictures (N, 1, 28, 28)."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def step(self, x, labels):
        """Return the mean cross-entropy, and write its gradients."""
        scores = self.forward(x)
        scores -= scores.max(axis=1, keepdims=True)
        grad = np.exp(scores)
        total = grad.sum(axis=1, keepdims=True)
        grad /= total
        rows = np.arange(len(x))
        loss = np.mean(np.log(total[:, 0]) - scores[rows, labels])
        grad[rows, labels] -= 1
        grad /= len(x)
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return float(loss)

    def accuracy(self, x, labels):
        """Return the share of pictures whose highest score is that of their label."""
        return float(np.mean(self.forward(x).argmax(axis=1) == labels))


class Adam:
    """The optimizer Adam, with decay rates 0.9 and 0.999.

    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    """

    def __init__(self, size):
        self.mean, self.square, self.scratch = np.zeros((3, size), np.float32)
        self.steps = 0

    def update(self, values, gradients, rate):
        """Change the values by one step of size `rate`."""
        self.steps += 1
        step, mean, square = self.scratch, self.mean, self.square
        np.subtract(gradients, mean, out=step)
        step *= 0.1
        mean += step
        np.multiply(gradients, gradients, out=step)
        step -= square
        step *= 0.001
        square += step
        np.sqrt(square, out=step)
        step /= np.sqrt(1 - 0.999**self.steps)
        step += 1e-8
        np.divide(mean, step, out=step)
        step *= rate / (1 - 0.9**self.steps)
        values -= step


# %%
# Training
# --------


def digits(rng):
    """Return pictures with their labels to train with, and others to test with."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise SystemExit("the digits are scikit-learn's: pip install fastconv[examples]") from None
    data = load_digits()
    # The enlargement is bilinear: row i of the large picture corresponds to the position
    # (i + 1/2) * 8/28 - 1/2 of the small one.
    at = (np.arange(28) + 0.5) * 8 / 28 - 0.5
    weights = np.maximum(0, 1 - abs(np.clip(at, 0, 7)[:, None] - np.arange(8)))
    pictures = (weights @ (data.images / 16) @ weights.T).astype(np.float32)[:, None]
    order = rng.permutation(len(pictures))
    test, train = np.split(order, [len(order) // 5])
    return (pictures[train], data.target[train]), (pictures[test], data.target[test])


@contextmanager
def progress(total):
    """Return a context with a function that shows a line of text after every epoch.

    On a terminal it shows a progress bar.
    """
    console = terminal()
    if console is None:
        every, done = max(1, total // 10), [0]

        def plain(text):
            done[0] += 1
            if done[0] % every == 0:
                print(f"epoch {done[0]:3} of {total}: {text}", flush=True)

        yield plain
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    shown = TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), "{task.description}"
    with Progress(*shown, console=console) as bar:
        task = bar.add_task("", total=total)
        yield lambda text: bar.update(task, advance=1, description=text)


def batches(rng, count):
    """Return the numbers of the pictures in each full batch of an epoch, in random order."""
    return np.split(rng.permutation(count)[: count // BATCH * BATCH], count // BATCH)


def train(net, pictures, labels, epochs, rng, show):
    """Train the network; return the loss of every step and the seconds of every epoch."""
    optimizer, losses, seconds = Adam(net.values.size), [], []
    steps = epochs * (len(pictures) // BATCH)
    for _ in range(epochs):
        begin = time.perf_counter()
        for some in batches(rng, len(pictures)):
            losses.append(net.step(pictures[some], labels[some]))
            rate = RATE * 0.5 * (1 + np.cos(np.pi * len(losses) / steps))
            optimizer.update(net.values, net.gradients, rate)
        seconds.append(time.perf_counter() - begin)
        show(f"loss {np.mean(losses[-len(pictures) // BATCH :]):.4f}, {seconds[-1] * 1e3:.0f} ms")
    return losses, seconds


def torch_seconds(pictures, labels, epochs, rng):
    """Return the seconds of every epoch of the same training by PyTorch, or None without it."""
    try:
        import torch
    except ImportError:
        return None
    from torch import nn

    torch.set_num_threads(fc.get_num_threads())
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5),
        nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(),
        nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10),
    )  # fmt: skip
    optimizer, loss_of = torch.optim.Adam(net.parameters(), RATE), nn.CrossEntropyLoss()
    x, y, seconds = torch.from_numpy(pictures), torch.from_numpy(labels), []
    for _ in range(epochs):
        begin = time.perf_counter()
        for some in batches(rng, len(pictures)):
            optimizer.zero_grad()
            loss = loss_of(net(x[some]), y[some])
            loss.backward()
            optimizer.step()
            loss.item()
        seconds.append(time.perf_counter() - begin)
    return seconds


# %%
# Pictures
# --------


def draw_loss(losses, path):
    """Draw the loss of every step and its moving mean into a file."""
    figure = new_figure(7, 4)
    axes = figure.subplots()
    width = min(20, len(losses))
    smooth = fc.convolve(np.array(losses), np.full(width, 1 / width), mode="valid")
    axes.semilogy(losses, color="0.8", linewidth=0.8, label="every step")
    axes.semilogy(np.arange(len(smooth)) + width - 1, smooth, color="C1",
                  label=f"mean of {width} steps")  # fmt: skip
    axes.set(xlabel=f"steps of {BATCH} pictures", ylabel="cross-entropy",
             title="LeNet on handwritten digits, trained with fastconv")  # fmt: skip
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def draw_kernels(net, picture, path):
    """Draw the kernels of the first layer and their responses to one picture into a file."""
    weight, responses = net.layers[0].parameters[0], net.layers[0].forward(picture[None])[0]
    figure = new_figure(10.5, 3.6)
    grid = figure.subplots(2, 7)
    figure.suptitle("First layer: its six kernels, and their responses to one digit")
    grid[0, 0].set_axis_off()
    grid[1, 0].imshow(picture[0], cmap="gray_r")
    bound = abs(weight).max()
    for column, (kernel, response) in enumerate(zip(weight, responses, strict=True), 1):
        grid[0, column].imshow(kernel[0], cmap="RdBu", vmin=-bound, vmax=bound)
        grid[1, column].imshow(response, cmap="gray_r")
    for axes in grid.ravel():
        axes.set(xticks=[], yticks=[])
    figure.savefig(path, dpi=120)


def main(argv=None):
    """Train the network, draw pictures and compare the time; return the test accuracy."""
    parser = argparse.ArgumentParser(description="Train LeNet.")
    parser.add_argument("--epochs", type=int, default=50, help="number of epochs")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random numbers")
    parser.add_argument("--out", type=Path, default=Path("pictures"), help="folder for pictures")
    parser.add_argument("--quick", action="store_true", help="train for two epochs")
    arguments = parser.parse_args(argv)
    epochs = 2 if arguments.quick else arguments.epochs
    rng = np.random.default_rng(arguments.seed)
    (x, labels), (test_x, test_labels) = digits(rng)
    print(f"{len(x)} digits to learn from, {len(test_x)} to test on, "
          f"{fc.get_num_threads()} threads")  # fmt: skip
    net = LeNet(rng)
    # NumPy's BLAS runs on one thread. After a fully connected layer, its other threads would wait
    # actively for the next one, and so take time from the convolutions.
    with progress(epochs) as show, threadpool_limits(1, user_api="blas"):
        losses, seconds = train(net, x, labels, epochs, rng, show)
    arguments.out.mkdir(parents=True, exist_ok=True)
    paths = [arguments.out / "lenet_loss.png", arguments.out / "lenet_kernels.png"]
    draw_loss(losses, paths[0])
    draw_kernels(net, test_x[0], paths[1])
    print("pictures:", *paths)
    print(f"one epoch: fastconv {np.median(seconds) * 1e3:.0f} ms", end="")
    other = torch_seconds(x, labels, min(epochs, 10), rng)
    print(f", PyTorch {np.median(other) * 1e3:.0f} ms" if other else ", PyTorch is not installed")
    accuracy = net.accuracy(test_x, test_labels)
    print(f"test accuracy {accuracy * 100:.1f} %")
    return accuracy


if __name__ == "__main__":
    main()

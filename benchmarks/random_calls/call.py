"""A call of a public function with random arrays, and the call of SciPy's that answers the same."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

import fastconv as fc

#: short names of dtypes, as in problem keys
_SHORT = {"float32": "f32", "float64": "f64", "float16": "f16"}


@dataclass(frozen=True)
class Array:
    """An array argument: what is needed to make it.

    Parameters
    ----------
    shape : tuple of int
    dtype : str
    values : {"normal", "large", "constant", "outer", "zeros", "nan"}
        Values: N(0, 1) or small integers; integers whose sums do not fit in float64; one value;
        the outer product of vectors; zeros in half of the places; one NaN.
    layout : {"C", "F", "reversed", "strided"}
        Order of the elements in memory.
    """

    shape: tuple[int, ...]
    dtype: str = "float64"
    values: str = "normal"
    layout: str = "C"

    def make(self, rng):
        """Return the array, with values from the NumPy generator `rng`."""
        dtype = np.dtype(self.dtype)
        array = self._values(rng, dtype)
        if self.layout == "F":
            return np.asfortranarray(array)
        if self.layout == "reversed":
            return np.ascontiguousarray(array[..., ::-1])[..., ::-1]
        if self.layout == "strided" and array.ndim:
            wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype)
            wide[..., ::2] = array
            return wide[..., ::2]
        return array

    def _values(self, rng, dtype):
        if dtype.kind == "b":
            return rng.random(self.shape) < 0.5
        if self.values == "outer":
            factors = [self._drawn(rng, (n,), dtype, 3) for n in self.shape]
            array = np.ones((), dtype)
            for factor in factors:
                array = np.multiply.outer(array, factor)
            return array
        if self.values == "constant":
            return np.full(self.shape, 3, dtype)
        array = self._drawn(rng, self.shape, dtype)
        if self.values == "zeros":
            array[rng.random(self.shape) < 0.5] = 0
        if self.values == "nan" and dtype.kind in "fc":
            array.flat[int(rng.integers(array.size))] = np.nan
        return array

    def _drawn(self, rng, shape, dtype, high=100):
        if dtype.kind in "iu":
            high = np.iinfo(dtype).max if self.values == "large" else high
            low = 0 if dtype.kind == "u" else -high
            return rng.integers(low, high, shape, np.int64 if low else np.uint64).astype(dtype)
        single = dtype.itemsize // (1 + (dtype.kind == "c")) < 8
        array = rng.standard_normal(shape, np.float32 if single else np.float64)
        if dtype.kind == "c":
            array = array + array.dtype.type(0.5) * 1j * array[..., ::-1]
        return array.astype(dtype, copy=False)

    @property
    def size(self):
        """Number of elements."""
        return math.prod(self.shape)

    def __str__(self):
        extra = "".join(f", {w}" for w in (self.values, self.layout) if w not in ("normal", "C"))
        return f"{_SHORT.get(self.dtype, self.dtype)}[{'x'.join(map(str, self.shape))}{extra}]"


@dataclass(frozen=True)
class Call:
    """A call of a function of fastconv.

    Parameters
    ----------
    name : str
        Name of the function below `fastconv`: ``signal.convolve``, ``grad.conv2d_weight``.
    arguments : tuple
        Positional arguments; arrays are given as `Array`.
    options : dict
        Keyword arguments.
    reference : callable
        ``reference(*arguments, **options)`` computes the same with SciPy.
    exact : bool
        Whether integers must be equal. Otherwise they may differ by one.
    seed : int
        Seed of the arrays' values.
    """

    name: str
    arguments: tuple
    options: dict
    reference: Callable = field(compare=False)
    exact: bool = True
    seed: int = 0

    def arrays(self):
        """Return the arrays among the arguments, as `Array`."""
        return [a for a in self.arguments if isinstance(a, Array)]

    def made(self):
        """Return the positional arguments with their arrays made."""
        rng = np.random.default_rng(self.seed)
        return [a.make(rng) if isinstance(a, Array) else a for a in self.arguments]

    def function(self):
        """Return the function of fastconv."""
        found = fc
        for word in self.name.split("."):
            found = getattr(found, word)
        return found

    def __str__(self):
        parts = [str(a) for a in self.arguments]
        parts += [f"{name}={value!r}" for name, value in self.options.items()]
        return f"{self.name}({', '.join(parts)})"


class Draw(random.Random):
    """A random generator with the draws that all functions need."""

    def chance(self, probability):
        """Return True with this probability."""
        return self.random() < probability

    def spread(self, low, high):
        """Return a random int from `low` to `high` whose logarithm is uniformly distributed."""
        return round(math.exp(self.uniform(math.log(low), math.log(max(low, high)))))

    def some(self, probability, **options):
        """Return a dict with a random choice of each option, each with this probability."""
        return {k: self.choice(v) for k, v in options.items() if self.chance(probability)}

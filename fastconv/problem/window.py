"""WindowProblem: what all maximum and minimum filters of an N-D image have in common."""

from math import prod

from .arrays import DTYPES
from .geometry import BOUNDARIES
from .keys import dtypes_token, sizes_token
from .records import record

#: the mode of `numpy.pad` for each boundary
NUMPY_NAMES = {
    "zeros": "constant", "constant": "constant", "circular": "wrap", "reflect": "reflect",
    "symmetric": "symmetric", "replicate": "edge",
}  # fmt: skip


@record
class WindowProblem:
    """One filter that moves a window over an image.

    Parameters
    ----------
    op : str
        Name of the function that defines the filter.
    dtypes : tuple of str
        Short names of three dtypes: twice the image's, then the result's. Booleans are ``u8``.
    shape : tuple of int
        Shape of the image and of the result.
    axes : tuple of int
        The filtered axes, non-negative and ascending.
    size : tuple of int
        Length of the window, per filtered axis.
    boundary : tuple of str
        One of `geometry.BOUNDARIES` per filtered axis: how the image continues past its edges.
    origin : tuple of int
        By how many elements the window is shifted, per filtered axis, as in SciPy.
    """

    op: str
    dtypes: tuple[str, str, str]
    shape: tuple[int, ...]
    axes: tuple[int, ...]
    size: tuple[int, ...]
    boundary: tuple[str, ...]
    origin: tuple[int, ...]

    kind = "fwd"
    conjugate = False
    traits = None

    @property
    def function(self) -> str:
        """Public name of the op."""
        return self.op

    @property
    def compute(self) -> str:
        """Short name of the dtype in which kernels compute, which is the image's."""
        return self.dtypes[0]

    @property
    def bytes(self) -> int:
        """Bytes of the image and the result, each counted once."""
        return 2 * prod(self.shape) * DTYPES[self.compute].itemsize

    @property
    def own_tokens(self) -> list[str]:
        """Return the tokens that only problems of this class have."""
        return []

    def key(self) -> str:
        """Return the problem key, from which `fastconv.problem.parse` makes the problem again."""
        head, _, function = self.op.partition(".")
        tokens = [
            f"{head}.{function.replace('_', '-')}", dtypes_token(self.dtypes),
            sizes_token("i", self.shape), sizes_token("w", self.size), *self.own_tokens,
        ]  # fmt: skip
        if self.axes != tuple(range(len(self.shape))):
            tokens.append(sizes_token("axes-", self.axes))
        if set(self.boundary) != {"symmetric"}:
            names = self.boundary if len(set(self.boundary)) > 1 else self.boundary[:1]
            tokens.append("mode-" + ".".join(names))
        if any(self.origin):
            tokens.append(sizes_token("origin", self.origin))
        return "_".join(tokens)

    @classmethod
    def from_tokens(cls, op, tokens, **own):
        """Return the problem whose key has these tokens. `own` are the fields of the class."""
        dtypes, shape, size = tokens.dtypes(), tokens.sizes("i"), tokens.sizes("w")
        axes = tokens.sizes("axes-", tuple(range(len(shape))))
        boundary = tokens.boundaries(len(axes), "symmetric")
        origin = tokens.sizes("origin", (0,) * len(axes))
        tokens.end()
        known = set(boundary) <= set(BOUNDARIES)
        if len(size) != len(axes) or len(origin) != len(axes) or not known:
            tokens.fail(f"every filtered axis needs a size and one of {', '.join(BOUNDARIES)}")
        if axes != tuple(sorted(set(axes))) or not set(axes) <= set(range(len(shape))):
            tokens.fail(f"axes {axes}")
        inside = all(0 <= n // 2 + o < n for n, o in zip(size, origin, strict=True))
        if min((*shape, *size)) < 1 or not inside:
            tokens.fail("sizes must be at least 1 and origins inside of the window")
        if "c" in (dtypes[0][0], dtypes[2][0]):
            tokens.fail("no complex numbers")
        return cls(op, dtypes, shape, axes, size, boundary, origin, **own)


def mirrored_origin(size, origin):
    """Return the origin of a window that is reflected at its position, per axis."""
    return tuple(-o - (n % 2 == 0) for n, o in zip(size, origin, strict=True))

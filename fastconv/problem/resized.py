"""Make the requests of calls that differ from a validated call in the sizes of their arrays only.

Most of what validation finds depends on options, dtypes and numbers of axes. A `Resizing` keeps
that of one request, and makes the requests for other sizes from it in a few microseconds. It does
so for sizes at which nothing is special: every axis is at least as long as the kernel, and not
short. Calls of other sizes are validated.

The problems of these requests have the same `shared`, a dict in which a choice keeps what it finds
of all of them.
"""

from math import prod

from .arrays import DTYPES
from .convolution import ConvProblem
from .extremum import ExtremumProblem
from .filter_requests import OneImage, filter_again, is_filter_request
from .filtering import SPECTRAL_METHODS, FilterProblem
from .geometry import Axis, Stencil, with_short_end
from .limits import surely_small
from .records import like, made
from .request import WithFill
from .resampling import ResampleProblem
from .separable import SeparableProblem
from .turned import SHORT
from .validate_convolution import without_add
from .validate_images import with_nothing_else

#: most filtered axes: of more, some are merged
_MOST_AXES = 3
#: largest stride and dilation
_MOST_STEP = 64


class Resizing:
    """What the requests have in common that differ from one in sizes only.

    Subclasses are for one class of problems each.

    Parameters
    ----------
    request : Request
        Of a validated call.
    shapes : tuple of tuple or None
        Shapes of the call's arrays but the first.
    """

    #: attributes of problems that are computed once and depend on no size
    common = ()

    def __init__(self, request, shapes):
        self.request, self.shapes = request, shapes
        problem = request.problem
        names = (*problem.__dataclass_fields__, *self.common)
        self.kept = {name: getattr(problem, name) for name in names}
        self.kept["shared"] = {}

    @staticmethod
    def suits(request, shapes):
        """Return whether requests of this kind can be made anew for other sizes."""
        raise AssertionError("this kind of request does not say which ones it can make anew")

    def resized(self, shape, shapes):
        """Return the problem for arrays of these shapes and the shapes of its output, or None."""
        raise AssertionError(f"{type(self).__name__} makes no problem for other sizes")

    def __call__(self, shape, shapes):
        """Return the request for arrays of these shapes, or None if it must be validated.

        Parameters
        ----------
        shape : tuple of int
            Shape of the first array.
        shapes : tuple of tuple or None
            Shapes of the others.
        """
        found = self.resized(shape, shapes)
        if found is None:
            return None
        problem, out_shape, compute_shape = found
        request = like(
            self.request, problem=problem, out_shape=out_shape, compute_shape=compute_shape
        )
        return request if surely_small(request) else None


class Filters(Resizing):
    """Convolutions and correlations, of one kernel where not all axes are filtered."""

    common = ("family", "on_image", "compute")

    def __init__(self, request, shapes):
        super().__init__(request, shapes)
        problem = request.problem
        self.kept |= {"swapped": False, "one_kernel": True}
        self.whole = len(problem.axes) == len(problem.shape)
        if self.whole:
            self.kept["batch"] = ()
        self.item = DTYPES[problem.compute].itemsize
        self.count = len(problem.stencil.axes)
        self.spectral = problem.method in SPECTRAL_METHODS
        starts = [start for start, _ in problem.windows]
        self.columns = tuple(
            zip(starts, problem.stride, problem.dilation, problem.boundary, strict=True)
        )

    @staticmethod
    def suits(request, shapes):
        p = request.problem
        if p.family == "integer":
            arranged = request.arrange is with_nothing_else
        elif len(p.axes) == len(p.shape):
            arranged = type(request.arrange) is OneImage
        else:
            arranged = is_filter_request(request)
        return arranged and is_plain(p)

    def resized(self, shape, shapes):
        (weights,) = shapes
        known = self.shapes[0]
        if weights != known:
            # an origin may lie outside of the window, or an axis may not be transformed
            if self.kept["on_image"] or self.spectral and 1 in weights:
                return None
            if len(weights) != len(shape) or 0 in weights or self.count < len(weights):
                return None
            if self.kept["op"] == "correlate" and any(map(_parities_differ, weights, known)):
                return None  # the centre of an even kernel is another one in `correlate2d`
        problem = self.filter(shape, weights, weights == known)
        if problem is None:
            return None
        if self.kept["family"] == "integer":
            return problem, shape, shape
        return problem, problem.output, problem.stencil.feature_shape

    def __call__(self, shape, shapes):
        if self.whole or self.kept["family"] == "integer":
            return super().__call__(shape, shapes)
        problem = self.along_some(shape) if shapes == self.shapes else None
        if problem is None:
            return None
        request = filter_again(self.request, problem)
        return request if surely_small(request) else None

    def along_some(self, shape):
        """Return the problem of an image of this shape, of which some axes are filtered."""
        p = self.request.problem
        if shape[-1] <= SHORT or 0 in shape or 1 in shape:
            return None
        for a, dilation in zip(p.axes, p.dilation, strict=True):
            if shape[a] <= (p.weights[a] - 1) * dilation:
                return None
        return made(FilterProblem, {**self.kept, "shape": shape})

    def filter(self, shape, weights, same=True):
        """Return the problem of an image and weights of these shapes, or None.

        `same` says whether the weights have the shape of the request's.
        """
        kept = self.kept
        if not self.whole:
            return self.along_some(shape)
        if shape[-1] <= SHORT:
            return None
        output, axes, mode = [], [], "image" if kept["on_image"] else kept["mode"]
        for n, m, (start, stride, dilation, boundary) in zip(
            shape, weights, self.columns, strict=True
        ):
            reach = (m - 1) * dilation
            if n <= reach or n == 1:
                return None
            length = n
            if mode == "full":
                length += reach
            elif mode == "same":
                start = reach // 2
            elif mode == "valid":
                start, length = reach, n - reach
            count = -(-length // stride)
            output.append(count)
            axes.append(Axis(n, count, m, stride, dilation, reach - start, boundary))
        if weights[-1] == 1:
            axes = with_short_end(axes)
        if len(axes) != self.count:
            return None  # others are merged or left out
        output, axes = tuple(output), tuple(axes)
        pixels, taps = prod(output), prod(weights)
        stencil = made(Stencil, {
            "role": "fwd", "n": 1, "groups": 1, "image_channels": 1, "feature_channels": 1,
            "axes": axes, "taps": taps, "pixels": pixels, "multiply_adds": pixels * taps,
            "tiled": False, "feature_shape": (1, 1, *[a.feature for a in axes]),
        })  # fmt: skip
        values = {
            **kept, "shape": shape, "weights": weights, "output": output,
            "memory_layout": (1, axes), "stencil": stencil,
            "bytes": (prod(shape) + taps + pixels) * self.item,
        }  # fmt: skip
        if not same:
            values["shared"] = {}
        return made(FilterProblem, values)


def _parities_differ(a, b):
    return (a - b) % 2 == 1


def is_plain(p):
    """Return whether a filter can be made anew for other sizes."""
    some = len(p.axes) < len(p.shape)
    if some and any(n > 1 for a, n in enumerate(p.weights) if a not in p.axes):
        return False
    return (
        p.family in ("convolution", "integer")
        and len(p.shape) <= _MOST_AXES
        and not (p.part or p.order or p.swapped)
        and max(*p.stride, *p.dilation) <= _MOST_STEP
    )


class Separables(Resizing):
    """Filters of 1-D kernels."""

    common = ("family", "compute", "is_box", "longest")

    def __init__(self, request, shapes):
        super().__init__(request, shapes)
        problem = request.problem
        self.terms = None
        if problem.narrowed is None:  # so it is for images of all sizes
            self.kept["narrowed"] = None
        if problem.family == "separable":
            steps = problem.steps
            self.wastes = [problem.wastes(term) for term in problem.terms]
            if all(is_plain(step) for term in steps for step, _ in term):
                self.terms = [
                    [(Filters(like(request, problem=step), (step.weights,)), vectors)
                     for step, vectors in term]
                    for term in steps
                ]  # fmt: skip

    @staticmethod
    def suits(request, shapes):
        return type(request.arrange) is WithFill and 1 not in request.problem.shape

    def resized(self, shape, shapes):
        if shape[-1] <= SHORT or 0 in shape or 1 in shape:
            return None
        values = {**self.kept, "shape": shape}
        problem = made(SeparableProblem, values)
        if self.terms is not None:
            if [problem.wastes(term) for term in problem.terms] != self.wastes:
                return None  # other passes are joined
            steps = []
            for term in self.terms:
                pairs = tuple([(f.filter(shape, f.shapes[0]), vectors) for f, vectors in term])
                if any([step is None for step, _ in pairs]):
                    return None
                steps.append(pairs)
            values["steps"] = tuple(steps)
        return problem, shape, shape


class Extrema(Resizing):
    """Maximum and minimum filters without gaps."""

    common = ("reach", "bordered_axes")

    @staticmethod
    def suits(request, shapes):
        p = request.problem
        long = all(p.shape[a] >= size for a, size in zip(p.axes, p.size, strict=True))
        return type(request.arrange) is WithFill and long

    def resized(self, shape, shapes):
        kept = self.kept
        if shape[-1] <= SHORT or 0 in shape or 1 in shape:
            return None
        for a, size in zip(kept["axes"], kept["size"], strict=True):
            if shape[a] < size:
                return None  # a shorter window has the same extrema
        return made(ExtremumProblem, {**kept, "shape": shape}), shape, shape


class Resamplings(Resizing):
    """Changes of the sampling rate."""

    @staticmethod
    def suits(request, shapes):
        p = request.problem
        return type(request.arrange) is WithFill and p.first == p.count == 0 and 1 not in p.shape

    def resized(self, shape, shapes):
        if shapes != self.shapes or 0 in shape or 1 in shape:
            return None
        problem = made(ResampleProblem, {**self.kept, "shape": shape})
        return problem, problem.output, problem.output


class Convolutions(Resizing):
    """Layers of convolution, transposed ones too, and the gradients of their weights."""

    common = ("function", "compute")

    def __init__(self, request, shapes):
        super().__init__(request, shapes)
        p = request.problem
        self.item = DTYPES[p.compute].itemsize
        self.of_weight = p.kind == "weight"
        self.batched = len(shapes[0] if self.of_weight else request.out_shape) == p.dims + 2
        self.taps = prod(p.kernel)
        self.transposed = p.op == "conv_transpose"
        self.columns = tuple(zip(
            p.input, p.kernel, p.stride, p.padding, p.dilation, p.output_padding or (0,) * p.dims,
            strict=True,
        ))  # fmt: skip

    @staticmethod
    def suits(request, shapes):
        p = request.problem
        steps = (*p.stride, *p.dilation, *map(max, p.padding))
        return (
            p.op in ("conv", "conv_transpose") and p.kind in ("fwd", "weight") and not p.add
            and p.bias in (None, "channel")
            and request.arrange in (None, without_add) and max(steps) <= _MOST_STEP
        )  # fmt: skip

    def resized(self, shape, shapes):
        kept = self.kept
        n, c, *sizes = shape if self.batched else (1, *shape)
        if not self.of_weight and shapes != self.shapes or c != kept["c"] or n == 0:
            return None
        output, axes, mode = [], [], kept["padding_mode"]
        for size, (known, taps, stride, pads, dilation, more) in zip(
            sizes, self.columns, strict=True
        ):
            reach = (taps - 1) * dilation
            if size <= reach or size == 1:
                return None
            if self.transposed:
                count = (size - 1) * stride - pads[0] - pads[1] + reach + 1 + more
                if count < stride:
                    return None
                axes.append(Axis(count, size, taps, stride, dilation, pads[0], mode))
            else:
                # padding "same" depends on what the stride leaves of the size
                if stride > 1 and (size - known) % stride:
                    return None
                count = (size + pads[0] + pads[1] - reach - 1) // stride + 1
                axes.append(Axis(size, count, taps, stride, dilation, pads[0], mode))
            output.append(count)
        output, sizes, k, groups = tuple(output), tuple(sizes), kept["k"], kept["groups"]
        pixels, out_shape = prod(output), (n, k, *output)
        public_shape = out_shape if self.batched else out_shape[1:]
        if self.of_weight and shapes != (public_shape,):
            return None
        weights = k * (c // groups) * self.taps
        role, image, feature, positions, feature_shape = "fwd", c, k, pixels, out_shape
        if self.transposed:
            role, image, feature = "input", k, c
            positions, feature_shape = prod(sizes), (n, c, *sizes)
        if self.of_weight:
            role = "weight"
        stencil = made(Stencil, {
            "role": role, "n": n, "groups": groups, "image_channels": image,
            "feature_channels": feature, "axes": tuple(axes), "taps": self.taps,
            "pixels": positions, "tiled": False, "multiply_adds": n * positions * weights,
            "feature_shape": feature_shape,
        })  # fmt: skip
        problem = made(ConvProblem, {
            **kept, "n": n, "input": sizes, "output": output, "stencil": stencil,
            "bytes": (n * (c * prod(sizes) + k * pixels) + weights) * self.item,
        })  # fmt: skip
        if self.of_weight:
            return problem, self.request.out_shape, self.request.compute_shape
        return problem, public_shape, out_shape


_RESIZINGS = {
    FilterProblem: Filters, SeparableProblem: Separables, ExtremumProblem: Extrema,
    ConvProblem: Convolutions, ResampleProblem: Resamplings,
}  # fmt: skip


def resizing(request, shapes, sized=False):
    """Return the `Resizing` of a request, or None if it holds for its own sizes only.

    Parameters
    ----------
    request : Request
        Of a validated call.
    shapes : tuple of tuple or None
        Shapes of the call's arrays but the first.
    sized : bool
        Whether the call gives sizes besides those of its arrays.
    """
    plain = request.restore is request.check is request.finish is request.fixed is None
    kind = _RESIZINGS.get(type(request.problem))
    if kind is None or not plain or sized or request.beside or request.indices:
        return None
    return kind(request, shapes) if kind.suits(request, shapes) else None

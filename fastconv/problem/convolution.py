"""ConvProblem: one convolution of a network, or one of its gradients.

The convolution may be ordinary, transposed, local (another kernel at every position) or tiled.
"""

from dataclasses import replace
from math import prod

from .arguments import ACTIVATIONS, PADDING_MODES, extents
from .arrays import DTYPES, compute_name
from .gaps import compacted
from .geometry import Axis, Stencil, without_single
from .keys import dtypes_token, pairs_token, sizes_token
from .records import lazily, record

OPS = ("conv", "conv_transpose", "local_conv", "tiled_conv")
KINDS = ("fwd", "input", "weight", "bias")
BIASES = ("channel", "position", "tile")

#: A transposed convolution computes the image of the stencil from its feature. Kind -> role.
_TRANSPOSED_ROLE = {"fwd": "input", "input": "fwd", "weight": "weight", "bias": "bias"}


def conv_output(sizes, kernel, stride, pads, dilation):
    """Return output sizes of a convolution: ``floor((n + before + after - extent)/stride) + 1``."""
    spans = extents(kernel, dilation)
    return tuple(
        (n + sum(p) - e) // s + 1 for n, p, e, s in zip(sizes, pads, spans, stride, strict=True)
    )


def transposed_output(sizes, kernel, stride, pads, dilation, output_padding):
    """Return output sizes of a transposed convolution, by PyTorch's formula."""
    spans = extents(kernel, dilation)
    return tuple(
        (n - 1) * s - sum(p) + e + extra
        for n, p, e, s, extra in zip(sizes, pads, spans, stride, output_padding, strict=True)
    )


@record
class ConvProblem:
    """One convolution: everything that the choice of an algorithm may depend on.

    Parameters
    ----------
    op : str
        ``conv``, ``conv_transpose``, ``local_conv`` or ``tiled_conv``.
    kind : str
        What is computed: ``fwd`` for the output; ``input``, ``weight`` or ``bias`` for the
        gradient with respect to it.
    dtypes : tuple of str
        Short names of three dtypes: of the two operands, in the function's order, and of the
        result.
    n, groups, c, k : int
        Batch size, number of groups, channels of the op's input, and channels of its output.
    input, kernel : tuple of int
        Spatial sizes of the op's input and of the kernel.
    stride, dilation, output_padding, tiles : tuple of int
        One int per axis. `tiles` is empty for all but local and tiled convolution.
    padding : tuple of (int, int)
        Padding before and after, per axis. A transposed convolution crops its output by it.
    padding_mode : str
        ``zeros``, ``reflect``, ``replicate`` or ``circular``.
    bias : str or None
        What has a bias of its own: each ``channel``, ``position`` or ``tile``. None for no bias.
    activation : str or None
        One of `ACTIVATIONS`.
    add : bool
        Whether an array of the output's shape is added before the activation.
    traits : str or None
        Structure of the weight's values, as `fastconv.problem.traits` finds it: ``r1``, ``r3``,
        ``box``.
    channels_last : str or None
        Which arrays have the channels of a pixel side by side: ``input``, ``output`` or ``both``;
        an added array lies as the output does. Shapes stay the same.
    """

    op: str
    kind: str
    dtypes: tuple[str, str, str]
    n: int
    groups: int
    c: int
    k: int
    input: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    output_padding: tuple[int, ...] = ()
    padding_mode: str = "zeros"
    tiles: tuple[int, ...] = ()
    bias: str | None = None
    activation: str | None = None
    add: bool = False
    traits: str | None = None
    channels_last: str | None = None

    family = "convolution"
    on_image = False

    @property
    def dims(self) -> int:
        return len(self.input)

    @lazily
    def function(self) -> str:
        """Public name of the op: ``conv2d``, ``conv2d_weight``."""
        return f"{self.op}{self.dims}d" + ("" if self.kind == "fwd" else f"_{self.kind}")

    @lazily
    def output(self) -> tuple[int, ...]:
        """Spatial sizes of the op's output."""
        geometry = (self.input, self.kernel, self.stride, self.padding, self.dilation)
        if self.op == "conv_transpose":
            return transposed_output(*geometry, self.output_padding)
        return conv_output(*geometry)

    @lazily
    def compute(self) -> str:
        """Short name of the dtype in which kernels compute."""
        return compute_name(self.dtypes[2])

    @lazily
    def in_f32(self) -> "ConvProblem":
        """The same sums of products of float32, without an epilogue."""
        return self._of_reals("f32")

    @lazily
    def in_f64(self) -> "ConvProblem":
        """The same sums of products of float64, without an epilogue."""
        return self._of_reals("f64")

    def _of_reals(self, name):
        bias = self.bias if self.kind == "bias" else None  # whose gradient is computed
        made = replace(self, dtypes=(name,) * 3, bias=bias, activation=None, add=False)
        made.stencil = self.stencil  # it does not depend on dtypes
        return made

    @property
    def conjugate(self) -> bool:
        """Whether the first operand is conjugated, as PyTorch does in gradients of complex data."""
        return self.kind in ("input", "weight") and self.compute[0] == "c"

    @lazily
    def stencil(self) -> Stencil:
        """The same problem in the geometry that all convolution kernels share."""
        transposed = self.op == "conv_transpose"
        image, feature = (self.output, self.input) if transposed else (self.input, self.output)
        tiles = self.tiles or (1,) * self.dims
        columns = zip(
            image, feature, self.kernel, self.stride, self.dilation, self.padding, tiles,
            strict=True,
        )  # fmt: skip
        axes = tuple([
            compacted(Axis(i, f, t, s, d, pad[0], self.padding_mode, tile))
            for i, f, t, s, d, pad, tile in columns
        ])  # fmt: skip
        if not self.tiles:
            axes = without_single(axes)
        channels = (self.k, self.c) if transposed else (self.c, self.k)
        role = _TRANSPOSED_ROLE[self.kind] if transposed else self.kind
        return Stencil(role, self.n, self.groups, *channels, axes)

    @lazily
    def weight_shape(self) -> tuple[int, ...]:
        """Shape of the weight as the public function takes it."""
        if self.op == "conv_transpose":
            return (self.c, self.k // self.groups, *self.kernel)
        return (self.k, self.c // self.groups, *self.kernel, *self.tiles)

    @property
    def flops(self) -> int:
        """Floating-point operations of the definition. Products with padding count."""
        return 2 * self.stencil.multiply_adds

    @lazily
    def bytes(self) -> int:
        """Bytes of input, weight and output in the dtype of the computation, each counted once."""
        values = self.n * (self.c * prod(self.input) + self.k * prod(self.output))
        return (values + prod(self.weight_shape)) * DTYPES[self.compute].itemsize

    def forward(self) -> "ConvProblem":
        """Return the forward problem that this one is a gradient of."""
        return replace(self, kind="fwd")

    def key(self) -> str:
        """Return the problem key, from which `fastconv.problem.parse` makes the problem again."""
        tokens = [
            f"{self.op}{self.dims}d", self.kind, dtypes_token(self.dtypes), f"n{self.n}",
            f"g{self.groups}", f"c{self.c}", f"k{self.k}", sizes_token("i", self.input),
            sizes_token("w", self.kernel), sizes_token("s", self.stride),
            pairs_token("p", self.padding), sizes_token("d", self.dilation),
        ]  # fmt: skip
        if any(self.output_padding):
            tokens.append(sizes_token("op", self.output_padding))
        if self.padding_mode != "zeros":
            tokens.append(f"mode-{self.padding_mode}")
        if self.tiles:
            tokens.append(sizes_token("t", self.tiles))
        if self.bias:
            tokens.append(f"bias-{self.bias}")
        if self.activation:
            tokens.append("act-" + self.activation.replace("_", "-"))
        if self.add:
            tokens.append("add")
        if self.traits:
            tokens.append(f"traits-{self.traits}")
        if self.channels_last:
            tokens.append(f"last-{self.channels_last}")
        return "_".join(tokens)

    @classmethod
    def from_tokens(cls, op, kind, tokens) -> "ConvProblem":
        """Return the problem whose key has these tokens."""
        dtypes = tokens.dtypes()
        head = [tokens.number(name) for name in ("n", "g", "c", "k")]
        sizes = [tokens.sizes(name) for name in ("i", "w", "s")]
        pads, dilation = tokens.pairs("p"), tokens.sizes("d")
        dims = len(sizes[0])
        if any(len(v) != dims for v in (*sizes, pads, dilation)):
            tokens.fail(f"every size needs {dims} entries")
        zeros = (0,) * dims if op == "conv_transpose" else ()
        problem = cls(
            op, kind, dtypes, *head, *sizes, pads, dilation,
            output_padding=tokens.sizes("op", zeros),
            padding_mode=tokens.take("mode-", "[a-z]+", "zeros"),
            tiles=tokens.sizes("t", ()),
            bias=tokens.take("bias-", "[a-z]+", "") or None,
            activation=tokens.take("act-", "[a-z0-9-]+", "").replace("-", "_") or None,
            add=tokens.flag("add"),
            traits=tokens.take("traits-", "box|r[0-9]+", "") or None,
            channels_last=tokens.take("last-", "input|output|both", "") or None,
        )  # fmt: skip
        tokens.end()
        problem._check(tokens)
        return problem

    def _check(self, tokens):
        """Refuse sizes and names that no call can have."""
        sizes = (
            self.groups,
            self.c,
            self.k,
            *self.input,
            *self.kernel,
            *self.stride,
            *self.dilation,
        )
        if min(sizes) < 1 or self.c % self.groups or self.k % self.groups:
            tokens.fail("sizes must be at least 1 and groups divide the channels")
        if min(self.output) < 1:
            tokens.fail(f"the output would have sizes {self.output}")
        if self.tiles and (self.op not in ("local_conv", "tiled_conv") or min(self.tiles) < 1):
            tokens.fail(f"tiles {self.tiles}")
        names = (
            (self.padding_mode, PADDING_MODES),
            (self.bias, BIASES),
            (self.activation, ACTIVATIONS),
        )
        for value, allowed in names:
            if value is not None and value not in allowed:
                tokens.fail(f"{value!r} is not one of {', '.join(allowed)}")

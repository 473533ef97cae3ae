"""ForwardedProblem: a call that is passed on to SciPy's or torch's own function.

No algorithm of fastconv computes with the dtypes of its arrays, or has its options, or the other
library raises an error for them.
"""

import math
import re
from dataclasses import dataclass, field

_NAME = re.compile(r"[a-z]+\d*[a-z]*")


@dataclass(frozen=True)
class ForwardedProblem:
    """One call that is passed on to another library: what tables and keys say about it.

    Parameters
    ----------
    op : str
        Name of the function in `fastconv.problem.OPS`.
    dtypes : tuple of str
        Names of the arrays' dtypes, as `dtype_name` returns them.
    shapes : tuple of tuple of int
        The arrays' shapes.
    reason : str
        Why no algorithm of fastconv computes the call. It is not part of the key.
    to : {"scipy", "torch"}
        The library that computes it.
    """

    op: str
    dtypes: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    reason: str = field(compare=False)
    to: str = "scipy"

    kind = "fwd"
    family = "forwarded"
    conjugate = False
    traits = None
    compute = ""
    flops = 0

    @property
    def function(self) -> str:
        """Public name of the op."""
        return self.op

    @property
    def bytes(self) -> int:
        """Bytes of the arrays, with 8 bytes per element."""
        return 8 * sum(math.prod(shape) for shape in self.shapes)

    def key(self) -> str:
        """Return the problem key, from which `fastconv.problem.parse` makes the problem again."""
        shapes = (f"{len(s)}d" + "x".join(map(str, s)) for s in self.shapes)
        name = self.op.replace("_", "-")
        return "_".join((name, self.to, ".".join(self.dtypes), ".".join(shapes)))

    @classmethod
    def from_tokens(cls, op, tokens) -> "ForwardedProblem":
        """Return the problem whose key has these tokens."""
        to = tokens.take("", "scipy|torch")
        if len(tokens.parts) != 2:
            tokens.fail("dtypes and shapes are needed")
        dtypes = tuple(tokens.parts.pop(0).split("."))
        shapes = []
        for text in tokens.parts.pop(0).split("."):
            match = re.fullmatch(r"(\d+)d(\d+(?:x\d+)*)?", text)
            shape = tuple(int(n) for n in (match[2] or "").split("x") if n) if match else ()
            if not match or len(shape) != int(match[1]):
                tokens.fail(f"shape {text!r}")
            shapes.append(shape)
        if len(shapes) != len(dtypes) or not all(_NAME.fullmatch(d) for d in dtypes):
            tokens.fail(f"dtypes {'.'.join(dtypes)!r}")
        owner = "torch" if to == "torch" else "SciPy"
        return cls(op, dtypes, tuple(shapes), f"{owner} alone answers this call", to)


def dtype_name(dtype) -> str:
    """Return NumPy's name of a dtype as keys have it: ``float32``, ``bool``."""
    return re.sub(r"[^a-z0-9]", "", re.match(r"[a-z]+(?:8|16|32|64|96|128|256)?", dtype.name)[0])

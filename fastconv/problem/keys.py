"""Problem keys: the grammar, and the tokens they are made of.

A key names a problem everywhere: test id, benchmark parameter, wisdom entry, bug report.

    conv:    <op><D>d_<kind>_<dtypes>_n_g_c_k_i_w_s_p_d[_op][_mode][_t][_bias][_act][_add][_traits]
    pool:    <op><D>d_<kind>_<dtypes>_n_c_i_w_s_p_d[_o][_ceil][_nopad][_div][_norm][_g][_indices]
    filter:  <op>_<dtypes>_i_w_<mode>[_axes][_mode][_origin][_s][_d][_traits]

    op       conv, conv_transpose, local_conv, tiled_conv; max_pool, ...; convolve, ...
    kind     fwd, input, weight, bias: what is computed
    dtypes   f32, or operand.operand.result where they differ: u8.f64.u8
    n g c k  batch, groups, channels of the input and of the output: n1
    i w o    sizes per axis: i56x56
    s d t    stride, dilation, tiles per axis
    p        before.after per axis: p1.1x1.1
    op       output padding of a transposed convolution
    mode     padding mode or boundary, one or one per axis: mode-reflect, mode-wrap.mirror
    bias     bias-channel, bias-position, bias-tile; act-relu; add
    traits   what the weight's values allow: traits-r1, traits-box

Bracketed tokens are there only where they differ from the default.
"""

import re

from ..errors import shown
from .arrays import DTYPES


class Tokens:
    """The tokens of one key after its head, taken out one by one; what is left over is an error."""

    def __init__(self, key, parts):
        self.key = key
        self.parts = list(parts)

    def fail(self, why):
        raise ValueError(f"key {shown(self.key)} is not a problem key: {why}")

    def dtypes(self):
        names = self.parts.pop(0).split(".") if self.parts else []
        if any(n not in DTYPES for n in names) or len(names) not in (1, 3):
            self.fail(f"dtypes {'.'.join(names)!r}")
        return tuple(names) if len(names) == 3 else (names[0],) * 3

    def take(self, name, pattern, default=None):
        """Value of the token `name` + `pattern`; `default` where it is absent, if there is one."""
        for i, part in enumerate(self.parts):
            match = re.fullmatch(f"{name}({pattern})", part)
            if match:
                del self.parts[i]
                return match[1]
        if default is None:
            self.fail(f"no token {name!r}")
        return default

    def flag(self, name):
        found = name in self.parts
        if found:
            self.parts.remove(name)
        return found

    def all(self, name, pattern):
        """Values of all tokens `name` + `pattern`, in their order."""
        found = [m for m in (re.fullmatch(f"{name}({pattern})", p) for p in self.parts) if m]
        for match in found:
            self.parts.remove(match[0])
        return [match[1] for match in found]

    def number(self, name):
        return int(self.take(name, r"\d+"))

    def real(self, name, default):
        text = self.take(name, r"-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)", "")
        return float(text) if text else default

    def boundaries(self, count, default):
        """One boundary for each of `count` axes."""
        names = self.take("mode-", r"[a-z]+(?:\.[a-z]+)*", default).split(".")
        names = names * count if len(names) == 1 else names
        if len(names) != count:
            self.fail(f"mode needs one name, or one for each of {count} axes")
        return tuple(names)

    def sizes(self, name, default=None):
        text = self.take(name, r"-?\d+(?:x-?\d+)*", None if default is None else "")
        return tuple(int(v) for v in text.split("x")) if text else default

    def pairs(self, name):
        text = self.take(name, r"\d+\.\d+(?:x\d+\.\d+)*")
        return tuple(tuple(int(v) for v in pair.split(".")) for pair in text.split("x"))

    def end(self):
        if self.parts:
            self.fail(f"unknown or repeated token {self.parts[0]!r}")


def dtypes_token(dtypes):
    """``f32``, or all three where they differ."""
    return dtypes[0] if len(set(dtypes)) == 1 else ".".join(dtypes)


def sizes_token(name, sizes):
    """``i56x56``."""
    return name + "x".join(map(str, sizes))


def pairs_token(name, pairs):
    """``p1.1x1.1``."""
    return name + "x".join(f"{before}.{after}" for before, after in pairs)

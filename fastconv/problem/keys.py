"""The grammar of problem keys, and functions that write and read their tokens.

A key names a problem everywhere: in test ids, benchmark parameters, wisdom and bug reports.

    conv:    <op><D>d_<kind>_<dtypes>_n_g_c_k_i_w_s_p_d[_op][_mode][_t][_bias][_act][_add][_traits]
             [_last]
    pool:    <op><D>d_<kind>_<dtypes>_n_c_i_w_s_p_d[_o][_ceil][_nopad][_div][_norm][_g][_indices]
    filter:  <op>_<dtypes>_i_w_<mode>[_axes][_mode][_origin][_s][_d][_by][_missing][_rounding]
             [_saturate][_fill][_traits]
    blurs, derivatives of images:     <op>_<dtypes>_i_t[_t...][_fill]
    maximum and minimum of images:    <op>_<dtypes>_i_w[_marks][_axes][_mode][_origin]
    morphology of several steps:      the same, and after marks [_summed][_times][_masked]
    ranks of images:                  <op>_<dtypes>_i_w_marks_rank[_axes][_mode][_origin]
    signal.upfirdn:                   <op>_<dtypes>_i_w_up_down_axis[_mode][_from]
    match_template:                   match-template_<dtypes>_i_w
    calls that only SciPy answers:    <op>_scipy_<dtypes>_<shapes>
    calls that only torch answers:    <op>_torch_<dtypes>_<shapes>

    op       conv, conv_transpose, local_conv, tiled_conv; max_pool, ...; convolve, ...;
             ndimage.gaussian-filter, ..., with hyphens for the underscores of the name
    kind     what is computed: fwd, or the gradient with respect to input, weight or bias
    dtypes   f32, or operand.operand.result if they differ: u8.f64.u8
    n g c k  batch size, groups, channels of the input, channels of the output: n1
    i w o    sizes of input, window and output per axis: i56x56
    s d t    stride, dilation, tiles per axis
    t        of blurs and derivatives, a term: 1-D kernels that are applied one after the other,
             each with its axis in front and its boundary behind: t0g2.0r8@reflect*1g2.0r8.
             g2.0r8d1 is the first derivative of a Gaussian of sigma 2 and radius 8, b9 an average
             of 9 values, v-1,0,1 these weights; o-1 is an origin
    p        before.after per axis: p1.1x1.1
    op       output padding of a transposed convolution
    <mode>   full, same or valid, or the part of the full output by numbers: start.length per axis,
             part0.100, part-3.7x5.9
    from     the part of a resampled signal: start and length, from10.500; the start is counted in
             samples of the upsampled signal
    mode     padding mode or boundary, for all axes or per axis: mode-reflect,
             mode-circular.reflect
    bias     what has a bias of its own: bias-channel, bias-position, bias-tile
    act      activation: act-relu, act-leaky-relu
    marks    the elements of a window that count, as bits: marks-5d00
    times    number of iterations, 0 for until nothing changes: times3
    add      an array is added before the activation
    last     what has the channels of a pixel side by side: last-input, last-output, last-both
    by       the method of a filter: by-direct, by-fft, by-overlap
    missing  elements that are left out of a filter's sums: missing-mask, missing-nan, missing-both
    rounding how sums become integers: truncate, nearest; saturate: they are limited, not wrapped
    fill     value past the edges of an integer image: fill2.5
    traits   what is known of the weight's values: traits-r1, traits-box, traits-whole

Tokens in brackets are left out if they have their default.
"""

import re

from ..errors import shown
from .arrays import DTYPES


class Tokens:
    """The tokens of one key. Methods remove the token that they read; `end` refuses the rest.

    Parameters
    ----------
    key : str
        The whole key, for error messages.
    parts : sequence of str
        The tokens after the op.
    """

    def __init__(self, key, parts):
        self.key = key
        self.parts = list(parts)

    def fail(self, why):
        """Raise the error that the key is wrong, for the reason `why`."""
        raise ValueError(f"key {shown(self.key)} is not a problem key: {why}")

    def dtypes(self):
        """Return three short names of dtypes from the first token."""
        names = self.parts.pop(0).split(".") if self.parts else []
        if any(n not in DTYPES for n in names) or len(names) not in (1, 3):
            self.fail(f"dtypes {'.'.join(names)!r}")
        return tuple(names) if len(names) == 3 else (names[0],) * 3

    def take(self, name, pattern, default=None):
        """Return the text after `name` in the token that matches ``name + pattern``.

        If there is no such token, return `default`, or fail if it is None.
        """
        for i, part in enumerate(self.parts):
            match = re.fullmatch(f"{name}({pattern})", part)
            if match:
                del self.parts[i]
                return match[1]
        if default is None:
            self.fail(f"no token {name!r}")
        return default

    def flag(self, name):
        """Return whether there is a token `name`."""
        found = name in self.parts
        if found:
            self.parts.remove(name)
        return found

    def all(self, name, pattern):
        """Return the texts after `name` in all tokens that match ``name + pattern``, in order."""
        found = [m for m in (re.fullmatch(f"{name}({pattern})", p) for p in self.parts) if m]
        for match in found:
            self.parts.remove(match[0])
        return [match[1] for match in found]

    def number(self, name):
        """Return the int in a token such as ``n1``."""
        return int(self.take(name, r"\d+"))

    def real(self, name, default):
        """Return the float in a token such as ``fill2.5``, or `default`."""
        text = self.take(name, r"-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)", "")
        return float(text) if text else default

    def boundaries(self, count, default):
        """Return one boundary for each of `count` axes."""
        names = self.take("mode-", r"[a-z]+(?:\.[a-z]+)*", default).split(".")
        names = names * count if len(names) == 1 else names
        if len(names) != count:
            self.fail(f"mode needs one name, or one for each of {count} axes")
        return tuple(names)

    def sizes(self, name, default=None):
        """Return the ints in a token such as ``i56x56``, or `default`."""
        text = self.take(name, r"-?\d+(?:x-?\d+)*", None if default is None else "")
        return tuple(int(v) for v in text.split("x")) if text else default

    def pairs(self, name):
        """Return the pairs of ints in a token such as ``p1.1x0.2``."""
        text = self.take(name, r"\d+\.\d+(?:x\d+\.\d+)*")
        return tuple(tuple(int(v) for v in pair.split(".")) for pair in text.split("x"))

    def end(self):
        """Fail if there are tokens that no method has read."""
        if self.parts:
            self.fail(f"unknown or repeated token {self.parts[0]!r}")


def dtypes_token(dtypes):
    """Return the token of three dtypes: ``f32``, or ``u8.f64.u8`` if they differ."""
    return dtypes[0] if len(set(dtypes)) == 1 else ".".join(dtypes)


def sizes_token(name, sizes):
    """Return the token of one int per axis: ``i56x56``."""
    return name + "x".join(map(str, sizes))


def pairs_token(name, pairs):
    """Return the token of one pair of ints per axis: ``p1.1x1.1``."""
    return name + "x".join(f"{before}.{after}" for before, after in pairs)

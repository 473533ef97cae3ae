"""The lines of the test problems (see cases.py): shapes and options as plain data."""

_TAILS = [(1, 1), (5, 5), (6, 7), (7, 8), (9, 6), (11, 12), (12, 9), (13, 16), (16, 13), (17, 17),
          (23, 11), (24, 24), (25, 23), (31, 25), (33, 15), (48, 33), (49, 49)]  # fmt: skip

CONVOLUTIONS = [
    # name, input, weight, options
    ("1d", (2, 3, 20), (4, 3, 5), {}),
    ("2d", (2, 3, 7, 9), (4, 3, 3, 3), {}),
    ("3d", (2, 3, 5, 6, 7), (4, 3, 3, 2, 3), {}),
    ("1d-unbatched", (3, 20), (4, 3, 5), {"padding": 2}),
    ("2d-unbatched", (3, 7, 9), (4, 3, 3, 3), {"padding": 1, "bias": "channel", "add": True}),
    ("3d-unbatched", (3, 4, 5, 6), (4, 3, 3, 3, 3), {"padding": 1}),
    ("batch0", (0, 3, 7, 9), (4, 3, 3, 3), {"bias": "channel"}),
    ("batch3", (3, 2, 6, 7), (5, 2, 3, 3), {"padding": 1}),
    # strides, also larger than the kernel
    ("1d-stride2", (2, 3, 21), (4, 3, 4), {"stride": 2}),
    ("2d-stride2", (1, 3, 9, 10), (4, 3, 3, 3), {"stride": 2, "padding": 1}),
    ("2d-stride-axes", (1, 3, 9, 12), (4, 3, 3, 2), {"stride": (1, 3)}),
    ("2d-stride-over-kernel", (2, 3, 11, 13), (4, 3, 2, 3), {"stride": (3, 5)}),
    ("3d-stride", (1, 2, 6, 7, 8), (3, 2, 3, 3, 3), {"stride": (2, 1, 3), "padding": 1}),
    ("2d-stride4-11x11", (1, 3, 23, 23), (6, 3, 11, 11), {"stride": 4, "padding": 2}),
    ("2d-7x7-stride2", (1, 3, 14, 14), (8, 3, 7, 7), {"stride": 2, "padding": 3}),
    # dilation
    ("1d-dilation", (2, 3, 25), (4, 3, 4), {"dilation": 3}),
    ("2d-dilation", (1, 3, 9, 12), (4, 3, 3, 3), {"dilation": (2, 3), "padding": 2}),
    ("2d-dilation-stride", (1, 3, 12, 13), (4, 3, 3, 2), {"dilation": 2, "stride": (2, 3)}),
    ("3d-dilation", (1, 2, 6, 7, 8), (3, 2, 2, 3, 2), {"dilation": (2, 1, 3), "padding": 1}),
    # padding
    ("1d-pairs", (1, 3, 9), (4, 3, 4), {"padding": [(0, 3)]}),
    ("2d-axes-padding", (1, 3, 6, 7), (4, 3, 3, 3), {"padding": (0, 2)}),
    ("2d-pairs", (2, 3, 6, 7), (4, 3, 3, 3), {"padding": [(0, 1), (2, 0)], "stride": 2}),
    ("2d-mixed-pairs", (1, 3, 6, 7), (4, 3, 3, 3), {"padding": ((3, 1), (0, 2))}),
    ("3d-pairs", (1, 2, 4, 5, 6), (3, 2, 3, 3, 3), {"padding": [(0, 1), (2, 0), (1, 1)]}),
    ("2d-padding-over-kernel", (1, 2, 4, 5), (3, 2, 2, 2), {"padding": 4}),
    ("2d-valid", (1, 3, 6, 7), (4, 3, 3, 2), {"padding": "valid"}),
    ("1d-same", (1, 3, 10), (4, 3, 4), {"padding": "same"}),
    ("2d-same", (1, 3, 6, 7), (4, 3, 4, 3), {"padding": "same"}),
    ("2d-same-stride", (1, 3, 7, 9), (4, 3, 4, 3), {"padding": "same", "stride": (2, 3)}),
    ("2d-same-lower", (1, 3, 6, 7), (4, 3, 4, 2), {"padding": "same_lower"}),
    ("2d-same-lower-stride", (1, 3, 7, 9), (4, 3, 4, 2), {"padding": "same_lower", "stride": 3}),
    ("2d-same-dilation", (1, 2, 6, 7), (3, 2, 2, 3), {"padding": "same", "dilation": (3, 2)}),
    ("3d-same", (1, 2, 4, 5, 6), (3, 2, 2, 3, 4), {"padding": "same"}),
    ("1d-full", (1, 3, 10), (4, 3, 4), {"padding": "full"}),
    ("2d-full", (1, 3, 5, 6), (4, 3, 3, 2), {"padding": "full", "dilation": 2}),
    ("2d-full-stride", (1, 3, 5, 6), (4, 3, 3, 4), {"padding": "full", "stride": 2}),
    # padding modes
    ("1d-reflect", (2, 3, 8), (4, 3, 5), {"padding": 4, "padding_mode": "reflect"}),
    ("2d-reflect", (1, 3, 6, 7), (4, 3, 3, 3), {"padding": 2, "padding_mode": "reflect"}),
    ("2d-replicate", (1, 3, 5, 6), (4, 3, 3, 3), {"padding": (1, 3), "padding_mode": "replicate"}),
    ("2d-circular", (1, 3, 5, 6), (4, 3, 3, 3), {"padding": [(0, 2), (3, 1)],
     "padding_mode": "circular", "stride": 2}),
    ("3d-circular", (1, 2, 4, 5, 4), (3, 2, 3, 3, 3), {"padding": 1, "padding_mode": "circular"}),
    ("2d-reflect-full", (1, 2, 5, 6), (3, 2, 3, 4), {"padding": "full",
     "padding_mode": "reflect"}),
    ("1d-replicate-same", (1, 2, 9), (3, 2, 4), {"padding": "same", "padding_mode": "replicate"}),
    # groups, depthwise, multipliers
    ("1d-groups", (2, 6, 15), (4, 3, 3), {"groups": 2, "padding": 1}),
    ("2d-groups", (2, 6, 6, 7), (9, 2, 3, 3), {"groups": 3, "padding": 1, "bias": "channel"}),
    ("3d-groups", (1, 4, 4, 5, 6), (6, 2, 2, 3, 3), {"groups": 2}),
    ("1d-depthwise", (1, 7, 30), (7, 1, 5), {"groups": 7, "padding": 2}),
    ("2d-depthwise", (2, 9, 7, 8), (9, 1, 3, 3), {"groups": 9, "padding": 1}),
    ("2d-depthwise-stride", (1, 17, 9, 9), (17, 1, 3, 3), {"groups": 17, "padding": 1,
     "stride": 2}),
    ("2d-depthwise-5x5", (1, 8, 9, 10), (8, 1, 5, 5), {"groups": 8, "padding": 2}),
    ("2d-multiplier", (1, 5, 6, 7), (15, 1, 3, 3), {"groups": 5, "bias": "channel"}),
    ("3d-depthwise", (1, 5, 4, 5, 6), (5, 1, 3, 3, 3), {"groups": 5, "padding": 1}),
    # 1x1, kernels larger than the input, long kernels, one channel
    ("1x1", (2, 9, 5, 6), (13, 9, 1, 1), {"bias": "channel"}),
    ("1x1-stride", (1, 5, 7, 8), (6, 5, 1, 1), {"stride": 2}),
    ("1x1-padding", (1, 5, 3, 4), (6, 5, 1, 1), {"padding": 1}),
    ("1d-1tap", (1, 8, 33), (8, 8, 1), {}),
    ("1x1-image", (2, 5, 1, 1), (6, 5, 1, 1), {}),
    ("kernel-is-image", (2, 3, 4, 5), (6, 3, 4, 5), {"bias": "channel"}),
    ("kernel-over-image", (1, 2, 3, 2), (3, 2, 5, 4), {"padding": 2}),
    ("1d-long-kernel", (1, 2, 70), (3, 2, 51), {}),
    ("1d-one-channel", (1, 1, 200), (1, 1, 31), {"padding": "same"}),
    ("2d-one-channel-9x9", (1, 1, 20, 21), (1, 1, 9, 9), {"padding": "same"}),
    ("3x1", (1, 4, 8, 9), (5, 4, 3, 1), {"padding": (1, 0)}),
    ("1x7", (1, 4, 8, 9), (5, 4, 1, 7), {"padding": (0, 3)}),
    ("3x3-even-image", (1, 8, 12, 12), (8, 8, 3, 3), {"padding": 1}),
    ("3x3-odd-image", (1, 9, 13, 11), (10, 9, 3, 3), {"padding": 1}),
    # bias, add, activations
    ("bias-position", (2, 3, 5, 6), (4, 3, 3, 3), {"padding": 1, "bias": "position"}),
    ("1d-bias-position", (2, 3, 12), (4, 3, 3), {"bias": "position", "activation": "relu"}),
    ("relu", (2, 3, 5, 6), (4, 3, 3, 3), {"bias": "channel", "activation": "relu"}),
    ("relu6", (2, 3, 5, 6), (4, 3, 3, 3), {"bias": "channel", "activation": "relu6"}),
    ("silu", (2, 3, 5, 6), (4, 3, 3, 3), {"bias": "position", "activation": "silu"}),
    ("sigmoid", (2, 3, 5, 6), (4, 3, 3, 3), {"activation": "sigmoid"}),
    ("tanh", (2, 3, 5, 6), (4, 3, 3, 3), {"bias": "channel", "activation": "tanh"}),
    ("add", (2, 3, 5, 6), (4, 3, 3, 3), {"padding": 1, "add": True}),
    ("add-bias-relu", (2, 3, 5, 6), (4, 3, 3, 3), {"padding": 1, "add": True, "bias": "channel",
     "activation": "relu"}),
    ("3d-add-bias", (1, 2, 4, 4, 5), (3, 2, 3, 3, 3), {"add": True, "bias": "channel"}),
    # tails of register tiles: pixels by channels
    *((f"tail-{p}x{k}", (1, 3, 2, p), (k, 3, 3, 3), {"padding": 1, "bias": "channel"})
      for p, k in _TAILS),
    *((f"tail-1d-{p}", (1, 2, p + 2), (5, 2, 3), {}) for p, _ in _TAILS[2::3]),
    *((f"tail-in-{c}", (1, c, 4, 5), (6, c, 3, 3), {"padding": 1}) for c in (1, 7, 8, 16, 33)),
]  # fmt: skip

TRANSPOSED = [
    ("1d", (2, 3, 8), (3, 4, 3), {"bias": "channel"}),
    ("2d", (2, 3, 4, 5), (3, 4, 3, 2), {"bias": "channel"}),
    ("3d", (1, 2, 3, 4, 3), (2, 3, 2, 3, 3), {"stride": 2, "bias": "channel"}),
    ("unbatched", (3, 4, 5), (3, 4, 3, 3), {"stride": 2, "padding": 1}),
    ("batch0", (0, 3, 4, 5), (3, 4, 3, 3), {}),
    ("stride2", (1, 3, 5, 6), (3, 4, 4, 4), {"stride": 2, "padding": 1}),
    ("stride-over-kernel", (1, 3, 4, 4), (3, 2, 2, 3), {"stride": (3, 5)}),
    ("output-padding", (2, 3, 5, 4), (3, 4, 3, 3), {"stride": 2, "padding": 1,
     "output_padding": 1}),
    ("output-padding-axes", (1, 3, 4, 4), (3, 4, 2, 3), {"stride": (3, 2),
     "output_padding": (2, 0)}),
    ("output-padding-beyond", (1, 2, 4, 4), (2, 3, 1, 1), {"stride": 3, "output_padding": 2,
     "bias": "channel"}),
    ("1d-output-size", (1, 3, 6), (3, 4, 3), {"stride": 2, "output_size": (14,)}),
    ("output-size", (2, 3, 4, 5), (3, 4, 3, 3), {"stride": 2, "padding": 1,
     "output_size": (8, 9)}),
    ("output-size-full", (2, 3, 4, 5), (3, 4, 3, 3), {"stride": 2, "padding": 1,
     "output_size": (2, 4, 7, 10)}),
    ("pairs", (1, 3, 5, 6), (3, 4, 4, 3), {"stride": 2, "padding": [(0, 2), (1, 0)]}),
    ("dilation", (1, 3, 5, 4), (3, 4, 3, 2), {"dilation": (2, 3), "padding": 1}),
    ("dilation-output-padding", (1, 2, 5, 4), (2, 3, 3, 3), {"dilation": 3, "stride": 2,
     "output_padding": 2}),
    ("groups", (2, 6, 4, 5), (6, 2, 3, 3), {"groups": 3, "stride": 2, "bias": "channel"}),
    ("depthwise", (1, 9, 5, 5), (9, 1, 3, 3), {"groups": 9, "padding": 1}),
    ("bias-position", (1, 2, 3, 4), (2, 3, 2, 2), {"stride": 2, "bias": "position"}),
    ("relu", (1, 3, 4, 5), (3, 4, 3, 3), {"activation": "relu", "bias": "channel"}),
    ("tanh", (1, 3, 4, 5), (3, 4, 3, 3), {"activation": "tanh"}),
    ("tail-17x13", (1, 5, 2, 17), (5, 13, 3, 3), {"padding": 1}),
]  # fmt: skip

UNSHARED = [
    # name, prefix, dimensions, input, weight, options
    ("1d", "local_conv", 1, (2, 3, 12), (4, 3, 3, 10), {"bias": "channel"}),
    ("2d", "local_conv", 2, (2, 3, 5, 6), (4, 3, 3, 2, 3, 5), {"bias": "position"}),
    ("2d-padding", "local_conv", 2, (1, 3, 5, 6), (4, 3, 3, 3, 5, 6), {"padding": "same"}),
    ("2d-pairs", "local_conv", 2, (1, 2, 6, 7), (3, 2, 3, 3, 3, 4),
     {"stride": 2, "padding": [(0, 1), (2, 0)]}),
    ("1d-full", "local_conv", 1, (1, 2, 9), (3, 2, 4, 12), {"padding": "full"}),
    ("2d-unbatched", "local_conv", 2, (3, 5, 6), (4, 3, 3, 3, 3, 4), {"activation": "relu"}),
    ("2d-batch0", "local_conv", 2, (0, 3, 5, 6), (4, 3, 3, 3, 3, 4), {"bias": "channel"}),
    ("2d-tail", "local_conv", 2, (3, 5, 3, 19), (9, 5, 3, 3, 1, 17), {"activation": "sigmoid"}),
    ("2d", "tiled_conv", 2, (2, 3, 6, 7), (4, 3, 3, 2, 2, 3), {"bias": (2, 3)}),
    ("2d-one-tile", "tiled_conv", 2, (1, 3, 6, 7), (4, 3, 3, 3, 1, 1), {"bias": "channel"}),
    ("2d-bias-position", "tiled_conv", 2, (1, 2, 5, 6), (3, 2, 3, 3, 2, 2), {"bias": "position"}),
    ("2d-stride", "tiled_conv", 2, (1, 3, 8, 9), (4, 3, 3, 3, 2, 2), {"stride": (1, 2),
     "padding": 1}),
    ("2d-same-lower", "tiled_conv", 2, (1, 3, 5, 5), (4, 3, 2, 4, 3, 2),
     {"padding": "same_lower", "activation": "relu6"}),
    ("2d-tile-over-output", "tiled_conv", 2, (1, 2, 4, 5), (3, 2, 3, 3, 4, 2), {}),
    ("2d-unbatched", "tiled_conv", 2, (3, 5, 9), (6, 3, 3, 3, 2, 2), {"activation": "silu"}),
]  # fmt: skip

_SLIDING = [
    ("1d", 1, (2, 3, 11), {"kernel_size": 3}),
    ("2d", 2, (2, 3, 6, 8), {"kernel_size": 2}),
    ("3d", 3, (1, 2, 4, 6, 5), {"kernel_size": (2, 3, 2), "stride": (1, 2, 2)}),
    ("unbatched", 2, (3, 6, 8), {"kernel_size": (3, 2), "stride": 1}),
    ("batch0", 2, (0, 3, 6, 8), {"kernel_size": 2}),
    ("overlap", 2, (1, 3, 9, 9), {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("stride-over-kernel", 2, (1, 2, 9, 10), {"kernel_size": 2, "stride": (3, 4)}),
    ("ceil", 2, (1, 3, 7, 8), {"kernel_size": 3, "stride": 2, "ceil_mode": True}),
    ("ceil-dropped", 1, (1, 2, 7), {"kernel_size": 2, "stride": 5, "padding": 1,
     "ceil_mode": True}),
    ("ceil-padding", 2, (1, 3, 7, 8), {"kernel_size": 3, "stride": 3, "padding": 1,
     "ceil_mode": True}),
    ("3d-ceil", 3, (1, 2, 5, 4, 6), {"kernel_size": 2, "stride": (2, 3, 2), "ceil_mode": True}),
    ("dilation", 2, (1, 3, 9, 10), {"kernel_size": (3, 2), "stride": 1, "dilation": (2, 3)}),
    ("1d-dilation", 1, (1, 2, 15), {"kernel_size": 4, "stride": 2, "dilation": 3, "padding": 2}),
    ("pairs", 2, (1, 3, 6, 7), {"kernel_size": 3, "stride": 2, "padding": [(2, 0), (1, 2)]}),
    ("only-padding", 1, (1, 2, 2), {"kernel_size": 2, "stride": 1, "dilation": 3,
     "padding": [(3, 3)]}),
    ("same", 2, (1, 3, 7, 8), {"kernel_size": 3, "stride": 2, "padding": "same"}),
    ("same-default-stride", 2, (1, 3, 7, 8), {"kernel_size": 3, "padding": "same"}),
    ("same-lower", 2, (1, 3, 6, 7), {"kernel_size": (2, 4), "stride": 1,
     "padding": "same_lower"}),
    ("valid", 2, (1, 3, 6, 7), {"kernel_size": 3, "stride": 2, "padding": "valid"}),
    ("global", 2, (2, 5, 4, 6), {"kernel_size": (4, 6)}),
    ("13-wide", 2, (1, 2, 15, 33), {"kernel_size": 13, "stride": 1, "padding": 6}),
    ("tail-25", 1, (1, 1, 27), {"kernel_size": 3, "stride": 1}),
]  # fmt: skip

POOLS = [
    *((name, f"max_pool{dims}d", input, options) for name, dims, input, options in _SLIDING),
    *((name, f"avg_pool{dims}d", input, options) for name, dims, input, options in _SLIDING),
    *((name, f"avg_pool{dims}d", input, {**options, "count_include_pad": False})
      for name, dims, input, options in (
          (f"excluding-{line[0]}", *line[1:]) for line in _SLIDING if "padding" in line[3]
      )),
    ("divisor", "avg_pool2d", (1, 3, 7, 8), {"kernel_size": 3, "stride": 2, "padding": 1,
     "divisor_override": 7}),
    ("1d-divisor", "avg_pool1d", (1, 3, 8), {"kernel_size": 3, "divisor_override": 2}),
    ("3d-divisor", "avg_pool3d", (1, 2, 4, 5, 6), {"kernel_size": 2, "divisor_override": 3}),
    *((f"{name}-p{p}", f"lp_pool{dims}d", input, {**options, "norm_type": p})
      for (name, dims, input, options), p in zip(
          _SLIDING, [2, 1, 2, 3.5, 2, float("inf"), 2, 3.5] * 3, strict=False)),
    ("p1", "lp_pool2d", (1, 3, 6, 7), {"norm_type": 1, "kernel_size": 2}),
    ("inf-dilation", "lp_pool2d", (1, 3, 9, 7), {"norm_type": float("inf"), "kernel_size": 3,
     "stride": 2, "dilation": 2, "padding": 1}),
]  # fmt: skip

ADAPTIVE = [
    (name, f"adaptive_{kind}_pool{dims}d", input, {"output_size": size})
    for kind in ("avg", "max")
    for name, dims, input, size in [
        ("1d", 1, (2, 3, 11), 4),
        ("2d", 2, (2, 3, 7, 10), (3, 4)),
        ("3d", 3, (1, 2, 4, 5, 6), (2, 3, 4)),
        ("unbatched", 2, (3, 8, 9), 5),
        ("batch0", 2, (0, 3, 8, 9), 5),
        ("global", 2, (1, 9, 5, 6), 1),
        ("enlarging", 2, (1, 2, 3, 4), (5, 7)),
    ]
]

UNPOOLS = [
    # name, pooling, its input, its options, options of the unpooling
    ("1d", "max_pool1d", (2, 3, 10), {"kernel_size": 2}, {"kernel_size": 2}),
    ("2d", "max_pool2d", (2, 3, 6, 8), {"kernel_size": 2}, {"kernel_size": 2}),
    ("3d", "max_pool3d", (1, 2, 4, 4, 6), {"kernel_size": 2}, {"kernel_size": 2}),
    ("unbatched", "max_pool2d", (3, 6, 9), {"kernel_size": (2, 3)}, {"kernel_size": (2, 3)}),
    ("batch0", "max_pool2d", (0, 3, 6, 8), {"kernel_size": 2}, {"kernel_size": 2}),
    ("output-size", "max_pool2d", (1, 3, 7, 9), {"kernel_size": 2},
     {"kernel_size": 2, "output_size": (7, 9)}),
    ("output-size-full", "max_pool2d", (1, 3, 7, 9), {"kernel_size": 2},
     {"kernel_size": 2, "output_size": (1, 3, 7, 9)}),
    ("padding", "max_pool2d", (1, 3, 7, 7), {"kernel_size": 3, "stride": 3, "padding": 1},
     {"kernel_size": 3, "stride": 3, "padding": 1}),
]  # fmt: skip

WEIGHTED = [
    ("2x2", (2, 3, 6, 8), (2, 2), {}),
    ("3x2-stride", (1, 3, 7, 8), (3, 2), {"stride": (2, 1), "padding": 1}),
    ("pairs", (1, 2, 6, 7), (3, 3), {"stride": 2, "padding": [(0, 2), (4, 1)]}),
    ("full", (3, 5, 6), (2, 3), {"padding": "full", "stride": 1}),
    ("same", (1, 3, 7, 8), (3, 3), {"padding": "same"}),
    ("batch0", (0, 3, 6, 8), (2, 2), {}),
]

MAXOUTS = [
    ("4d", (2, 6, 4, 5), {"groups": 3}),
    ("one-each", (2, 5, 7), {"groups": 5}),
    ("last-axis", (3, 4, 12), {"groups": 4, "axis": -1}),
    ("axis0", (8, 3, 2), {"groups": 2, "axis": 0}),
    ("batch0", (0, 6, 4), {"groups": 2}),
]

UNFOLDS = [
    ("int", (2, 3, 6, 7), {"kernel_size": 2}),
    ("1d", (2, 3, 9), {"kernel_size": (3,), "stride": 2}),
    ("2d", (2, 3, 6, 7), {"kernel_size": (3, 2), "dilation": (1, 2), "padding": 1}),
    ("3d", (1, 2, 4, 5, 6), {"kernel_size": (2, 3, 2), "stride": (1, 2, 2)}),
    ("unbatched", (3, 6, 7), {"kernel_size": (2, 2), "stride": 2}),
    ("same-lower", (1, 2, 5, 6), {"kernel_size": (2, 4), "padding": "same_lower"}),
    ("full", (1, 2, 5, 4), {"kernel_size": (3, 2), "padding": "full"}),
    ("pairs", (1, 2, 5, 6), {"kernel_size": (2, 3), "padding": [(0, 2), (1, 0)]}),
    ("batch0", (0, 3, 6, 7), {"kernel_size": 2}),
]

FOLDS = [
    ("int", (2, 12, 30), {"kernel_size": 2, "output_size": (6, 7)}),
    ("1d", (2, 6, 4), {"kernel_size": (3,), "output_size": (9,), "stride": 2}),
    ("2d", (2, 12, 30), {"kernel_size": (3, 2), "output_size": (5, 7), "dilation": (1, 3),
     "padding": 1}),
    ("3d", (1, 24, 18), {"kernel_size": (2, 3, 2), "output_size": (4, 5, 6),
     "stride": (1, 2, 2)}),
    ("unbatched", (12, 9), {"kernel_size": (2, 2), "output_size": (6, 7), "stride": 2}),
    ("pairs", (1, 12, 36), {"kernel_size": (2, 3), "output_size": (5, 7),
     "padding": [(0, 2), (1, 0)]}),
    ("batch0", (0, 12, 30), {"kernel_size": 2, "output_size": (6, 7)}),
]  # fmt: skip

FILTERS = [
    # name, in1, in2, options
    ("1d", (30,), (7,), {}),
    ("1d-same-even", (17,), (4,), {"mode": "same"}),
    ("1d-valid-swapped", (5,), (12,), {"mode": "valid"}),
    ("1d-same-swapped", (5,), (12,), {"mode": "same"}),
    ("2d", (9, 11), (3, 4), {}),
    ("2d-same", (9, 11), (3, 4), {"mode": "same"}),
    ("2d-valid", (9, 11), (3, 4), {"mode": "valid"}),
    ("3d", (5, 6, 7), (2, 3, 3), {"mode": "same"}),
    ("4d", (3, 4, 3, 5), (2, 2, 1, 3), {}),
    ("axes", (4, 9, 3), (1, 4, 1), {"axes": 1}),
    ("axes-broadcast", (1, 9, 8), (3, 4, 2), {"axes": (1, 2), "mode": "same"}),
    ("wrap", (7, 8), (3, 4), {"boundary": "wrap", "mode": "same"}),
    ("symm", (7, 8), (3, 4), {"boundary": "symm", "mode": "full"}),
    ("mirror", (7, 8), (4, 3), {"boundary": "mirror", "mode": "same"}),
    ("nearest", (7, 8), (4, 3), {"boundary": "nearest", "mode": "full"}),
    ("fillvalue", (7, 8), (3, 4), {"fillvalue": 3, "mode": "full"}),
    ("wrap-over-image", (3, 2), (8, 7), {"boundary": "wrap", "mode": "full"}),
    ("symm-valid-swapped", (3, 4), (5, 6), {"boundary": "symm", "mode": "valid"}),
    ("stride", (11, 12), (3, 4), {"stride": (2, 3), "mode": "same"}),
    ("dilation", (11, 12), (3, 2), {"dilation": (2, 3), "mode": "same"}),
    ("1d-everything", (4, 25), (1, 5), {"axes": 1, "boundary": "mirror", "stride": 2,
     "dilation": 3, "mode": "same"}),
    ("long", (150,), (65,), {"mode": "valid"}),
]  # fmt: skip

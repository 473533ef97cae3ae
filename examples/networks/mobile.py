"""SENet, ShuffleNet and MobileNet: channels that are weighed, shuffled, and filtered one by one.

SENet gates each block of ResNet-18 (J. Hu, L. Shen, G. Sun, 2018). The shapes of ShuffleNet with
three groups (X. Zhang et al., 2018, table 1) and of MobileNet (A. G. Howard et al., 2017, table 1)
are those of their papers, for colour images of 224 x 224 pixels.
"""

from .branches import RESNET, resnet
from .builder import Builder


def _gate(b, x):
    """Return x with each channel multiplied by a factor that depends on all their averages."""
    y = b.relu(b.conv(b.global_pool(x), x.channels // 16))
    return b.product(x, b.activation(b.conv(y, x.channels), "Sigmoid"))


def senet(batch=1, size=96):
    return resnet(batch, size, _gate)


SENET = RESNET


def _shuffle_unit(b, x, features, groups, stride, first):
    middle = features // 4
    added = features - x.channels if stride > 1 else features
    y = b.relu(b.batch_norm(b.conv(x, middle, groups=1 if first else groups, bias=False)))
    y = b.shuffle(y, groups)
    y = b.batch_norm(b.conv(y, middle, 3, stride, 1, groups=middle, bias=False))
    y = b.batch_norm(b.conv(y, added, groups=groups, bias=False))
    if stride > 1:
        return b.relu(b.concat(b.pool(x, 3, 2, 1, op="AveragePool"), y))
    return b.relu(b.add(x, y))


def shufflenet(batch=1, size=224, groups=3):
    b = Builder(batch, 3, size, size)
    x = b.relu(b.batch_norm(b.conv(b.input, 24, 3, 2, 1, bias=False)))
    b.mark("convolution", x)
    x = b.mark("pooling", b.pool(x, 3, 2, 1))
    for stage, (features, count) in enumerate(((240, 4), (480, 8), (960, 4)), 2):
        for unit in range(count):
            first = stage == 2 and unit == 0
            x = _shuffle_unit(b, x, features, groups, 2 if unit == 0 else 1, first)
        b.mark(f"stage {stage}", x)
    x = b.flatten(b.global_pool(x))
    return b, b.mark("output", b.linear(x, 1000))


SHUFFLENET = {
    "convolution": (24, 112, 112), "pooling": (24, 56, 56), "stage 2": (240, 28, 28),
    "stage 3": (480, 14, 14), "stage 4": (960, 7, 7), "output": (1000,),
}  # fmt: skip


def mobilenet(batch=1, size=224):
    b = Builder(batch, 3, size, size)
    x = b.relu(b.batch_norm(b.conv(b.input, 32, 3, 2, 1, bias=False)))
    b.mark("convolution", x)
    pairs = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5,
             (1024, 2), (1024, 1)]  # fmt: skip
    for number, (features, stride) in enumerate(pairs, 1):
        channels = x.channels
        x = b.relu(b.batch_norm(b.conv(x, channels, 3, stride, 1, groups=channels, bias=False)))
        x = b.mark(f"pair {number}", b.relu(b.batch_norm(b.conv(x, features, bias=False))))
    x = b.mark("average", b.flatten(b.global_pool(x)))
    return b, b.mark("output", b.linear(x, 1000))


MOBILENET = {
    "convolution": (32, 112, 112), "pair 1": (64, 112, 112), "pair 2": (128, 56, 56),
    "pair 3": (128, 56, 56), "pair 4": (256, 28, 28), "pair 5": (256, 28, 28),
    **{f"pair {n}": (512, 14, 14) for n in range(6, 12)}, "pair 12": (1024, 7, 7),
    "pair 13": (1024, 7, 7), "average": (1024,), "output": (1000,),
}  # fmt: skip

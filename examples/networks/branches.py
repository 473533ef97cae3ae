"""GoogLeNet, ResNet-18 and DenseNet: layers side by side, around each other, reading all before.

The shapes are those of *Dive into Deep Learning*, in the chapter on modern convolutional networks,
for images of one channel and 96 x 96 pixels.
"""

from .builder import Builder


def _inception(b, x, c1, c2, c3, c4):
    first = b.relu(b.conv(x, c1))
    second = b.relu(b.conv(b.relu(b.conv(x, c2[0])), c2[1], 3, padding=1))
    third = b.relu(b.conv(b.relu(b.conv(x, c3[0])), c3[1], 5, padding=2))
    fourth = b.relu(b.conv(b.pool(x, 3, 1, 1), c4))
    return b.concat(first, second, third, fourth)


#: output channels of the four branches of each inception block, stage by stage
INCEPTIONS = {
    3: ((64, (96, 128), (16, 32), 32), (128, (128, 192), (32, 96), 64)),
    4: ((192, (96, 208), (16, 48), 64), (160, (112, 224), (24, 64), 64),
        (128, (128, 256), (24, 64), 64), (112, (144, 288), (32, 64), 64),
        (256, (160, 320), (32, 128), 128)),
    5: ((256, (160, 320), (32, 128), 128), (384, (192, 384), (48, 128), 128)),
}  # fmt: skip


def googlenet(batch=1, size=96):
    b = Builder(batch, 1, size, size)
    x = b.pool(b.relu(b.conv(b.input, 64, 7, stride=2, padding=3)), 3, 2, 1)
    b.mark("stage 1", x)
    x = b.relu(b.conv(b.relu(b.conv(x, 64)), 192, 3, padding=1))
    x = b.mark("stage 2", b.pool(x, 3, 2, 1))
    for stage, blocks in INCEPTIONS.items():
        for block in blocks:
            x = _inception(b, x, *block)
        x = b.pool(x, 3, 2, 1) if stage < 5 else b.flatten(b.global_pool(x))
        b.mark(f"stage {stage}", x)
    return b, b.mark("output", b.linear(x, 10))


GOOGLENET = {
    "stage 1": (64, 24, 24), "stage 2": (192, 12, 12), "stage 3": (480, 6, 6),
    "stage 4": (832, 3, 3), "stage 5": (1024,), "output": (10,),
}  # fmt: skip


def stem(b):
    """Add the first layers, which ResNet and DenseNet share."""
    x = b.relu(b.batch_norm(b.conv(b.input, 64, 7, stride=2, padding=3)))
    return b.pool(x, 3, 2, 1)


def _residual(b, x, features, stride, gate=None):
    y = b.relu(b.batch_norm(b.conv(x, features, 3, stride, 1)))
    y = b.batch_norm(b.conv(y, features, 3, padding=1))
    if gate is not None:
        y = gate(b, y)
    if stride > 1 or x.channels != features:
        x = b.conv(x, features, 1, stride)
    return b.relu(b.add(y, x))


def resnet(batch=1, size=96, gate=None):
    """Return ResNet-18, with `gate` applied in each block before the addition."""
    b = Builder(batch, 1, size, size)
    x = b.mark("stage 1", stem(b))
    for number, features in enumerate((64, 128, 256, 512), 2):
        for block in range(2):
            stride = 2 if number > 2 and block == 0 else 1
            x = _residual(b, x, features, stride, gate)
        b.mark(f"stage {number}", x)
    x = b.mark("average", b.flatten(b.global_pool(x)))
    return b, b.mark("output", b.linear(x, 10))


RESNET = {
    "stage 1": (64, 24, 24), "stage 2": (64, 24, 24), "stage 3": (128, 12, 12),
    "stage 4": (256, 6, 6), "stage 5": (512, 3, 3), "average": (512,), "output": (10,),
}  # fmt: skip


def densenet(batch=1, size=96, growth=32):
    b = Builder(batch, 1, size, size)
    x = b.mark("stage 1", stem(b))
    for number in range(1, 5):
        for _ in range(4):
            y = b.conv(b.relu(b.batch_norm(x)), growth, 3, padding=1)
            x = b.concat(x, y)
        b.mark(f"dense block {number}", x)
        if number < 4:
            x = b.conv(b.relu(b.batch_norm(x)), x.channels // 2)
            x = b.mark(f"transition {number}", b.pool(x, 2, 2, op="AveragePool"))
    x = b.flatten(b.global_pool(b.relu(b.batch_norm(x))))
    return b, b.mark("output", b.linear(b.mark("average", x), 10))


DENSENET = {
    "stage 1": (64, 24, 24), "dense block 1": (192, 24, 24), "transition 1": (96, 12, 12),
    "dense block 2": (224, 12, 12), "transition 2": (112, 6, 6), "dense block 3": (240, 6, 6),
    "transition 3": (120, 3, 3), "dense block 4": (248, 3, 3), "average": (248,),
    "output": (10,),
}  # fmt: skip

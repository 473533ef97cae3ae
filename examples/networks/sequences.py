"""LeNet, AlexNet, VGG and NiN: networks in which each layer follows the one before.

The shapes are those of *Dive into Deep Learning* (A. Zhang, Z. C. Lipton, M. Li, A. J. Smola), in
the chapters on convolutional and modern convolutional networks, for images of one channel.
"""

from .builder import Builder


def lenet(batch=1, size=28):
    b = Builder(batch, 1, size, size)
    x = b.mark("convolution 1", b.activation(b.conv(b.input, 6, 5, padding=2), "Sigmoid"))
    x = b.mark("pooling 1", b.pool(x, 2, 2, op="AveragePool"))
    x = b.mark("convolution 2", b.activation(b.conv(x, 16, 5), "Sigmoid"))
    x = b.mark("pooling 2", b.pool(x, 2, 2, op="AveragePool"))
    x = b.mark("flatten", b.flatten(x))
    for features in (120, 84):
        x = b.mark(f"linear {features}", b.activation(b.linear(x, features), "Sigmoid"))
    return b, b.mark("output", b.linear(x, 10))


LENET = {
    "convolution 1": (6, 28, 28), "pooling 1": (6, 14, 14), "convolution 2": (16, 10, 10),
    "pooling 2": (16, 5, 5), "flatten": (400,), "linear 120": (120,), "linear 84": (84,),
    "output": (10,),
}  # fmt: skip


def alexnet(batch=1, size=224):
    b = Builder(batch, 1, size, size)
    x = b.mark("convolution 1", b.relu(b.conv(b.input, 96, 11, stride=4, padding=1)))
    x = b.mark("pooling 1", b.pool(x, 3, 2))
    x = b.mark("convolution 2", b.relu(b.conv(x, 256, 5, padding=2)))
    x = b.mark("pooling 2", b.pool(x, 3, 2))
    for number, features in ((3, 384), (4, 384), (5, 256)):
        x = b.mark(f"convolution {number}", b.relu(b.conv(x, features, 3, padding=1)))
    x = b.mark("pooling 3", b.pool(x, 3, 2))
    x = b.mark("flatten", b.flatten(x))
    for number in (1, 2):
        x = b.mark(f"linear {number}", b.relu(b.linear(x, 4096)))
    return b, b.mark("output", b.linear(x, 10))


ALEXNET = {
    "convolution 1": (96, 54, 54), "pooling 1": (96, 26, 26), "convolution 2": (256, 26, 26),
    "pooling 2": (256, 12, 12), "convolution 3": (384, 12, 12), "convolution 4": (384, 12, 12),
    "convolution 5": (256, 12, 12), "pooling 3": (256, 5, 5), "flatten": (6400,),
    "linear 1": (4096,), "linear 2": (4096,), "output": (10,),
}  # fmt: skip


def vgg(batch=1, size=224):
    b = Builder(batch, 1, size, size)
    x = b.input
    blocks = ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512))
    for number, (count, features) in enumerate(blocks, 1):
        for _ in range(count):
            x = b.relu(b.conv(x, features, 3, padding=1))
        x = b.mark(f"block {number}", b.pool(x, 2, 2))
    x = b.mark("flatten", b.flatten(x))
    for number in (1, 2):
        x = b.mark(f"linear {number}", b.relu(b.linear(x, 4096)))
    return b, b.mark("output", b.linear(x, 10))


VGG = {
    "block 1": (64, 112, 112), "block 2": (128, 56, 56), "block 3": (256, 28, 28),
    "block 4": (512, 14, 14), "block 5": (512, 7, 7), "flatten": (25088,), "linear 1": (4096,),
    "linear 2": (4096,), "output": (10,),
}  # fmt: skip


def nin(batch=1, size=224):
    b = Builder(batch, 1, size, size)
    x = b.input
    blocks = ((96, 11, 4, 0), (256, 5, 1, 2), (384, 3, 1, 1), (10, 3, 1, 1))
    for number, (features, kernel, stride, padding) in enumerate(blocks, 1):
        x = b.relu(b.conv(x, features, kernel, stride, padding))
        for _ in range(2):
            x = b.relu(b.conv(x, features))
        b.mark(f"block {number}", x)
        if number < 4:
            x = b.mark(f"pooling {number}", b.pool(x, 3, 2))
    x = b.mark("average", b.global_pool(x))
    return b, b.mark("output", b.flatten(x))


NIN = {
    "block 1": (96, 54, 54), "pooling 1": (96, 26, 26), "block 2": (256, 26, 26),
    "pooling 2": (256, 12, 12), "block 3": (384, 12, 12), "pooling 3": (384, 5, 5),
    "block 4": (10, 5, 5), "average": (10, 1, 1), "output": (10,),
}  # fmt: skip

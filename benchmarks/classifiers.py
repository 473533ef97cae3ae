"""Well-known classifiers of images of 224 x 224, with torchvision's layers and weights of noise."""

from examples.networks.branches import INCEPTIONS
from examples.networks.builder import Builder


def _conv(b, x, features, kernel=1, stride=1, groups=1, activation=None):
    """Add a convolution, its normalisation, and an activation of the builder."""
    x = b.batch_norm(b.conv(x, features, kernel, stride, kernel // 2, groups, bias=False))
    return x if activation is None else activation(x)


def _head(b, x, features=1000):
    return b.linear(b.flatten(b.global_pool(x)), features)


def alexnet(b):
    x = b.pool(b.relu(b.conv(b.input, 64, 11, 4, 2)), 3, 2)
    x = b.pool(b.relu(b.conv(x, 192, 5, padding=2)), 3, 2)
    for features in (384, 256, 256):
        x = b.relu(b.conv(x, features, 3, padding=1))
    x = b.flatten(b.pool(x, 3, 2))
    return b.linear(b.relu(b.linear(b.relu(b.linear(x, 4096)), 4096)), 1000)


def vgg16(b):
    x = b.input
    for count, features in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(count):
            x = b.relu(b.conv(x, features, 3, padding=1))
        x = b.pool(x, 2, 2)
    x = b.flatten(x)
    return b.linear(b.relu(b.linear(b.relu(b.linear(x, 4096)), 4096)), 1000)


def _stem(b):
    return b.pool(_conv(b, b.input, 64, 7, 2, activation=b.relu), 3, 2, 1)


def resnet18(b):
    x = _stem(b)
    for stage, features in enumerate((64, 128, 256, 512)):
        for block in range(2):
            stride = 2 if stage and block == 0 else 1
            y = _conv(b, x, features, 3, stride, activation=b.relu)
            y = _conv(b, y, features, 3)
            x = b.relu(b.add(y, x if stride == 1 else _conv(b, x, features, 1, stride)))
    return _head(b, x)


def resnet50(b):
    x = _stem(b)
    for stage, (features, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(count):
            stride = 2 if stage and block == 0 else 1
            y = _conv(b, x, features, activation=b.relu)
            y = _conv(b, y, features, 3, stride, activation=b.relu)
            y = _conv(b, y, 4 * features)
            x = b.relu(b.add(y, x if block else _conv(b, x, 4 * features, 1, stride)))
    return _head(b, x)


def googlenet(b):
    x = b.pool(_conv(b, b.input, 64, 7, 2, activation=b.relu), 3, 2, ceil=True)
    x = _conv(b, _conv(b, x, 64, activation=b.relu), 192, 3, activation=b.relu)
    x = b.pool(x, 3, 2, ceil=True)
    for stage, blocks in INCEPTIONS.items():
        for c1, c2, c3, c4 in blocks:
            branches = [_conv(b, x, c1, activation=b.relu)]
            for reduced, features in (c2, c3):
                y = _conv(b, x, reduced, activation=b.relu)
                branches.append(_conv(b, y, features, 3, activation=b.relu))
            branches.append(_conv(b, b.pool(x, 3, 1, 1), c4, activation=b.relu))
            x = b.concat(*branches)
        if stage < 5:
            x = b.pool(x, 3 if stage == 3 else 2, 2, ceil=True)
    return _head(b, x)


def squeezenet1_1(b):
    x = b.pool(b.relu(b.conv(b.input, 64, 3, 2)), 3, 2, ceil=True)
    fires = ((16, 64), (16, 64), None, (32, 128), (32, 128), None, (48, 192), (48, 192),
             (64, 256), (64, 256))  # fmt: skip
    for fire in fires:
        if fire is None:
            x = b.pool(x, 3, 2, ceil=True)
            continue
        squeezed = b.relu(b.conv(x, fire[0]))
        wide = b.relu(b.conv(squeezed, fire[1], 3, padding=1))
        x = b.concat(b.relu(b.conv(squeezed, fire[1])), wide)
    return b.flatten(b.global_pool(b.relu(b.conv(x, 1000))))


def mobilenet_v2(b):
    x = _conv(b, b.input, 32, 3, 2, activation=b.relu6)
    rows = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
            (6, 160, 3, 2), (6, 320, 1, 1))  # fmt: skip
    for factor, features, count, first in rows:
        for block in range(count):
            stride, wide = first if block == 0 else 1, factor * x.channels
            y = x if factor == 1 else _conv(b, x, wide, activation=b.relu6)
            y = _conv(b, y, wide, 3, stride, wide, b.relu6)
            y = _conv(b, y, features)
            x = b.add(x, y) if stride == 1 and x.channels == features else y
    return _head(b, _conv(b, x, 1280, activation=b.relu6))


def densenet121(b, growth=32):
    x = _stem(b)
    for stage, count in enumerate((6, 12, 24, 16)):
        parts = [x]
        for _ in range(count):
            joined = parts[0] if len(parts) == 1 else b.concat(*parts)
            y = b.conv(b.relu(b.batch_norm(joined)), 4 * growth, bias=False)
            y = b.conv(b.relu(b.batch_norm(y)), growth, 3, padding=1, bias=False)
            parts.append(y)
        x = b.relu(b.batch_norm(b.concat(*parts)))
        if stage < 3:
            x = b.pool(b.conv(x, x.channels // 2, bias=False), 2, 2, op="AveragePool")
    return _head(b, x)


def efficientnet_b0(b):
    x = _conv(b, b.input, 32, 3, 2, activation=b.silu)
    rows = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3),
            (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3))  # fmt: skip
    for factor, features, count, first, kernel in rows:
        for block in range(count):
            stride, wide = first if block == 0 else 1, factor * x.channels
            y = x if factor == 1 else _conv(b, x, wide, activation=b.silu)
            y = _conv(b, y, wide, kernel, stride, wide, b.silu)
            gate = b.silu(b.conv(b.global_pool(y), x.channels // 4))
            y = b.product(y, b.activation(b.conv(gate, wide), "Sigmoid"))
            y = _conv(b, y, features)
            x = b.add(x, y) if stride == 1 and x.channels == features else y
    return _head(b, _conv(b, x, 1280, activation=b.silu))


NETWORKS = {
    f.__name__: f
    for f in (
        vgg16, resnet18, alexnet, googlenet, resnet50, squeezenet1_1, mobilenet_v2, densenet121,
        efficientnet_b0,
    )
}  # fmt: skip


def network(name, batch=1, seed=0):
    """Return a network as an `onnx.ModelProto`."""
    b = Builder(batch, 3, 224, 224, seed=seed)
    return b.model(NETWORKS[name](b), name)

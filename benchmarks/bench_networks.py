"""Time whole networks: layer after layer with cold weights. Needs the extra [onnx]."""

import importlib.util

import numpy as np

from . import common

NAMES = (
    "squeezenet1_1", "mobilenet_v2", "resnet18", "resnet50", "densenet121", "efficientnet_b0",
    "googlenet", "alexnet", "vgg16",
)  # fmt: skip
QUICK = NAMES[:1] if common.SMOKE else NAMES[:3] if common.QUICK else NAMES


class Networks:
    """One image through a network that is loaded and planned."""

    params = (QUICK, common.THREADS)
    param_names = ("network", "threads")

    def setup(self, name, threads):
        if importlib.util.find_spec("onnx") is None:
            raise NotImplementedError("onnx is not installed")
        import fastconv.onnx

        from . import classifiers

        self.net = fastconv.onnx.load(classifiers.network(name), num_threads=threads)
        self.image = np.random.default_rng(0).standard_normal((1, 3, 224, 224), np.float32)
        self.net(self.image)

    def time_network(self, name, threads):
        self.net(self.image)

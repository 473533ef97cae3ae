"""Time layers of networks: 1-D to 3-D, forward, gradients and transposed convolutions."""

from . import common

FILES = (
    "resnet50", "vgg16", "alexnet", "mobilenet_v1", "mobilenet_v2", "resnext50", "depthwise", "tvm",
    "mec", "yolo9000", "training", "segmentation", "conv1d", "conv3d", "gradients", "transposed",
    "local", "tails", "regression",
)  # fmt: skip
PARAMS, SKIPPED = common.matrix(*FILES)


class Planned(common.Plans):
    params = PARAMS
    skip_params = SKIPPED

    def time_plan(self, key, algorithm, threads):
        self.run()


class Eager(common.Calls):
    params = (PARAMS[0], common.THREADS)

    def time_call(self, key, threads):
        self.run()


class Memory(common.Plans):
    """Measure the peak memory of the process. It includes the arrays: compare algorithms only."""

    params = (PARAMS[0][:2] if common.QUICK else PARAMS[0], PARAMS[1], common.THREADS[:1])
    skip_params = SKIPPED

    def peakmem_plan(self, key, algorithm, threads):
        self.run()

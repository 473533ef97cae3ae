"""The networks of the book, written as ONNX models and run by `fastconv.onnx`.

    python -m examples.networks [NAME ...]

`NETWORKS` has for each name a function that builds the network, and the shapes of its layers as the
book, or the paper, gives them.
"""

from . import branches, mobile, sequences

NETWORKS = {
    "lenet": (sequences.lenet, sequences.LENET),
    "alexnet": (sequences.alexnet, sequences.ALEXNET),
    "vgg": (sequences.vgg, sequences.VGG),
    "nin": (sequences.nin, sequences.NIN),
    "googlenet": (branches.googlenet, branches.GOOGLENET),
    "resnet": (branches.resnet, branches.RESNET),
    "densenet": (branches.densenet, branches.DENSENET),
    "senet": (mobile.senet, mobile.SENET),
    "shufflenet": (mobile.shufflenet, mobile.SHUFFLENET),
    "mobilenet": (mobile.mobilenet, mobile.MOBILENET),
}

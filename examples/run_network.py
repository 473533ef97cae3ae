"""
Run a network
=============

`fastconv.onnx` runs networks that are stored as ONNX models, from NumPy. This one is GoogLeNet
(C. Szegedy et al., "Going deeper with convolutions", 2015). The folder ``examples/networks`` writes
it as a model with noise for weights: its time is that of the trained network, its answers mean
nothing. ``python -m examples.networks.read_text`` reads text with trained networks. This example
writes its picture to the folder ``pictures``::

    python examples/run_network.py
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from networks import NETWORKS  # examples/networks

import fastconv.onnx

PICTURES = Path("pictures")
PICTURES.mkdir(exist_ok=True)

build, _ = NETWORKS["googlenet"]
builder, output = build(size=224)
model = builder.model(output, "googlenet")

# %%
# Load and call
# -------------
#
# ``load`` takes a path, bytes or a model. Normalisation, bias and activation become part of the
# convolutions. The first call for a shape of the input plans it; later ones only compute.

net = fastconv.onnx.load(model)
print(net.inputs, net.outputs)
x = np.random.default_rng(0).standard_normal(builder.input.shape).astype(np.float32)
y = net(x)
print(y.shape)

# %%
# Where the time goes
# -------------------
#
# ``profile`` has a row for each step: what is fused into it, its algorithm, and its time.

profile = net.profile(x, repeat=5)
rows = profile.to_dict()["rows"]
print("\n".join(str(profile).splitlines()[:14]))

# %%
# Each dot is a convolution. Large ones come near to the limit of the machine; small ones do not.

figure = Figure((9, 4), layout="constrained")
axes = figure.subplots()
algorithms = sorted({row["algorithm"] for row in rows if row["multiply_adds"]})
for color, algorithm in enumerate(algorithms):
    some = [r for r in rows if r["multiply_adds"] and r["algorithm"] == algorithm]
    axes.loglog(
        [r["multiply_adds"] / 1e6 for r in some], [r["seconds"] * 1e6 for r in some], "o",
        color=f"C{color}", label=algorithm,
    )  # fmt: skip
axes.set(xlabel="million multiply-adds", ylabel="microseconds",
         title="The convolutions of GoogLeNet")  # fmt: skip
axes.legend(frameon=False)
axes.grid(alpha=0.3)
figure.savefig(PICTURES / "network.png", dpi=110)

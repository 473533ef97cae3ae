"""Test networks of torch whose layers are replaced: results, prepared weights, copies, training."""

import copy
import gc
import io
import pickle
import shutil
import threading

import pytest
from tensors import near

import fastconv as fc

torch = pytest.importorskip("torch", reason="the extra [torch] is not installed")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402
from torch.nn.utils import parametrizations, parametrize, prune  # noqa: E402

import fastconv.torch as ft  # noqa: E402
from fastconv.torch import modules, prepared  # noqa: E402

#: convolutions of `small_net`
LAYERS = 7


def small_net():
    """Return a network with each kind of layer."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(),
        nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=2, bias=False), nn.Sigmoid(),
        nn.ConvTranspose2d(8, 4, 3, 2, output_padding=1),
        nn.Flatten(2), nn.Conv1d(4, 4, 3), nn.ConvTranspose1d(4, 4, 3), nn.Unflatten(1, (2, 2)),
        nn.Unflatten(3, (-1, 11, 11)), nn.Flatten(1, 2), nn.Conv3d(4, 2, 2),
        nn.ConvTranspose3d(2, 2, 2),
    )  # fmt: skip


@pytest.fixture
def image():
    torch.manual_seed(1)
    return torch.randn(2, 3, 19, 19)


@pytest.fixture
def planned(monkeypatch):
    """Return a list that gets the name of each weight's plan that is made."""
    found, original = [], prepared._planned

    def planned(name, *arguments):
        found.append(name)
        return original(name, *arguments)

    monkeypatch.setattr(prepared, "_planned", planned)
    return found


def test_replaced_networks_compute_the_same(image):
    net = small_net()
    ours = copy.deepcopy(net)
    assert ft.replace_convolutions(ours) is ours
    for mode in (False, True):
        net.train(mode), ours.train(mode)
        with fc.record() as calls:
            y = ours(image)
        assert len(calls) == LAYERS
        near(y, net(image))
        net(image).square().sum().backward()
        ours(image).square().sum().backward()
        for a, b in zip(ours.parameters(), net.parameters(), strict=True):
            near(a.grad, b.grad, 1e-4)
    with torch.no_grad():
        near(ours.eval()(image), net.eval()(image))
    with torch.inference_mode():
        near(ours(image), net(image))


def test_replacing_changes_the_class_alone(image):
    net = small_net().eval()
    before = dict(net[0].__dict__)
    state, y, seen = net.state_dict(), net(image), []
    net[0].register_forward_hook(lambda *_: seen.append(1))
    parameters = list(net.parameters())
    ft.replace_convolutions(net)
    assert type(net[0]) is modules.Conv2d and isinstance(net[0], nn.Conv2d)
    assert "fastconv.ConvTranspose1d(4, 4" in repr(net)
    assert net.state_dict().keys() == state.keys()
    assert all(a is b for a, b in zip(net.parameters(), parameters, strict=True))
    near(net(image), y)
    assert seen == [1] and net[0].__dict__.keys() == before.keys()
    assert ft.replace_convolutions(net) is net and type(net[0]) is modules.Conv2d
    assert ft.restore_convolutions(net) is net and type(net[0]) is nn.Conv2d
    assert ft.restore_convolutions(net) is net and type(net[0]) is nn.Conv2d
    with fc.record() as calls:
        assert torch.equal(net(image), y)
    assert not calls and seen == [1, 1]


def test_weights_are_prepared_once(image, planned):
    net = small_net().eval()
    ours = ft.replace_convolutions(copy.deepcopy(net))
    with torch.no_grad():
        for _ in range(3):
            near(ours(image), net(image))
        assert len(planned) == LAYERS
        for module in (net, ours):
            module[0].weight.mul_(-1)
        near(ours(image), net(image))
        assert planned[LAYERS:] == ["conv2d"]
        for module in (net, ours):  # new memory under the same parameter
            module[2].weight.data = module[2].weight.data * 2
        near(ours(image), net(image))
        assert planned[LAYERS + 1 :] == ["conv2d"]
        ours.load_state_dict(net.state_dict())
        near(ours(image), net(image))
        assert len(planned) == 2 * LAYERS + 2
        near(ours(image[:1]), net(image[:1]))
    assert len(planned) == 3 * LAYERS + 2
    ours(image)
    ours.train()
    with torch.no_grad():
        ours(image)
    assert len(planned) == 3 * LAYERS + 2


def test_cropped_weights_are_prepared_again(planned):
    """The first kernels of a weight have its address and version."""
    ours = ft.replace_convolutions(nn.Conv2d(3, 8, 3, bias=False)).eval()
    x = torch.randn(1, 3, 8, 8)
    with torch.no_grad():
        y = ours(x)
        ours.weight.data = ours.weight.data[:4]
        near(ours(x), y[:, :4])
        ours.double()
        near(ours(x.double()), y[:, :4].double())
    assert len(planned) == 3


def test_weights_without_versions_are_prepared_per_call(image, planned):
    with torch.inference_mode():
        net = small_net().eval()
        ours = ft.replace_convolutions(copy.deepcopy(net))
        ours[0].weight.mul_(2), net[0].weight.mul_(2)
        with fc.record() as calls:
            near(ours(image), net(image))
    assert len(calls) == LAYERS and not planned


def test_prepared_weights_go_with_their_weight(image):
    gc.collect()
    count = len(prepared._weights)
    net = ft.replace_convolutions(small_net().requires_grad_(False)).eval()
    net(image)
    assert len(prepared._weights) == count + LAYERS
    net.train()
    assert len(prepared._weights) == count
    net.eval()(image)
    ft.restore_convolutions(net)
    assert len(prepared._weights) == count
    ft.replace_convolutions(net)(image)
    fc.release_memory()
    assert not any(plans.found for plans in prepared._weights.values())
    net(image)
    del net
    gc.collect()
    assert len(prepared._weights) == count


def test_plans_of_many_shapes_are_bounded():
    layer = ft.replace_convolutions(nn.Conv1d(2, 3, 3).requires_grad_(False)).eval()
    for size in range(5, 40):
        near(layer(torch.ones(2, size)), F.conv1d(torch.ones(2, size), layer.weight, layer.bias))
        assert len(prepared._weights[layer.weight].found) <= prepared._KEPT_PLANS


def test_threads_share_a_network(image):
    net = small_net().eval()
    ours = ft.replace_convolutions(copy.deepcopy(net))
    images = [image[:, :, : 19 - 2 * (i % 3)].contiguous() for i in range(6)]
    net, ours = net[:5], ours[:5]
    with torch.no_grad():
        expected = [net(x) for x in images]
    results = [None] * 6

    @torch.no_grad()
    def run(i):
        for _ in range(10):
            results[i] = ours(images[i])

    threads = [threading.Thread(target=run, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for found, right in zip(results, expected, strict=True):
        near(found, right)


def test_copies_and_pickles_stay_replaced(image):
    net = ft.replace_convolutions(small_net()).eval()
    with torch.no_grad():
        y = net(image)
    stream = io.BytesIO()
    torch.save(net, stream)
    stream.seek(0)
    copies = [copy.deepcopy(net), pickle.loads(pickle.dumps(net)), torch.load(
        stream, weights_only=False
    )]  # fmt: skip
    for other in copies:
        assert type(other[0]) is modules.Conv2d
        near(other(image), y)
    near(nn.DataParallel(net)(image), y)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [1, "same"])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_borders_are_filled_as_torch_does(dims, mode, padding):
    layer = getattr(nn, f"Conv{dims}d")(3, 4, 3, padding=padding, padding_mode=mode).eval()
    ours = ft.replace_convolutions(copy.deepcopy(layer))
    x = torch.randn(2, 3, *(6,) * dims)
    near(ours(x), layer(x))
    near(ours(x[0]), layer(x[0]))
    with torch.no_grad():
        near(ours(x), layer(x))


def test_sizes_of_transposed_outputs_may_be_given(image):
    layer = nn.ConvTranspose2d(3, 4, 3, 2, padding=1)
    ours = ft.replace_convolutions(copy.deepcopy(layer))
    for size in ((37, 38), (2, 4, 38, 37), [38, 38]):
        near(ours(image, output_size=size), layer(image, output_size=size))
    with pytest.raises(ValueError, match="requested an output size"):
        ours(image, output_size=(30, 30))


def test_lazy_layers_become_ours(image):
    net = ft.replace_convolutions(nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyConvTranspose2d(5, 3)))
    with fc.record() as calls:
        y = net(image)
    assert len(calls) == 2
    assert [type(layer) for layer in net] == [modules.Conv2d, modules.ConvTranspose2d]
    near(ft.restore_convolutions(net)(image), y)
    layer = ft.restore_convolutions(ft.replace_convolutions(nn.LazyConv1d(3, 3)))
    assert type(layer) is nn.LazyConv1d


def test_parametrized_layers_are_replaced(image, planned):
    layer = parametrizations.weight_norm(nn.Conv2d(3, 4, 3)).eval()
    other = copy.deepcopy(layer)  # has the same class
    y = layer(image)
    ft.replace_convolutions(layer)
    for module, count in ((layer, 1), (copy.deepcopy(layer), 1), (other, 0)):
        with fc.record() as calls, torch.no_grad():
            near(module(image), y)
        assert len(calls) == count and not planned
    layer(image).sum().backward()
    assert layer.parametrizations.weight.original0.grad is not None
    ft.restore_convolutions(layer)
    assert type(layer).__bases__ == (nn.Conv2d,) and torch.equal(layer(image), y)
    ft.replace_convolutions(layer)
    parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is modules.Conv2d
    near(layer(image), y)
    parametrizations.spectral_norm(layer)
    assert type(ft.restore_convolutions(layer)).__bases__ == (nn.Conv2d,)


def test_weights_that_a_hook_makes_are_read_anew(image, planned):
    layer = nn.Conv2d(3, 4, 3).eval()
    ours = ft.replace_convolutions(copy.deepcopy(layer))
    for module in (layer, ours):
        prune.l1_unstructured(module, "weight", 0.5)
    with torch.no_grad():
        near(ours(image), layer(image))
        for module in (ours, layer):
            module.weight_orig.mul_(3)
        near(ours(image), layer(image))
    assert not planned


def test_derived_classes_stay_as_they_are(image):
    class Scaled(nn.Conv2d):
        def forward(self, x):
            return 2 * super().forward(x)

    layer = Scaled(3, 4, 3)
    with fc.record() as calls:
        ft.replace_convolutions(nn.Sequential(layer))(image)
    assert type(layer) is Scaled and not calls


def test_other_dtypes_of_a_network(image):
    net = ft.replace_convolutions(small_net()[:5]).eval()
    with torch.no_grad():
        y = net(image)
        near(net.double()(image.double()), y.double())
        with fc.record() as calls:
            assert net.bfloat16()(image.bfloat16()).dtype == torch.bfloat16
        assert {by for _, by in calls} == {"torch"}
        last = net.float().to(memory_format=torch.channels_last)
        near(last(image.contiguous(memory_format=torch.channels_last)), y, 1e-2)


# ------------------------------------------------------------------------------- graphs of networks


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
def test_compiled_networks_use_prepared_weights(image, planned):
    net = small_net().eval()[:5]
    ours = ft.replace_convolutions(copy.deepcopy(net))
    compiled = torch.compile(ours, fullgraph=True)
    with torch.no_grad():
        for _ in range(3):
            near(compiled(image), net(image))
        assert len(planned) == 3
        for module in (net, ours):
            module[0].weight.mul_(-1)
        near(compiled(image), net(image))
        assert len(planned) == 4


def test_compiled_networks_take_other_sizes_and_train(image):
    net = small_net()[:5]
    ours = ft.replace_convolutions(copy.deepcopy(net))
    compiled = torch.compile(ours, fullgraph=True, dynamic=True, backend="aot_eager")
    for size in (19, 12, 15):
        x = image[:, :, :size]
        near(compiled(x), net(x))
    compiled(image).square().sum().backward()
    net(image).square().sum().backward()
    for a, b in zip(ours.parameters(), net.parameters(), strict=True):
        near(a.grad, b.grad, 1e-4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert compiled(image).dtype == torch.bfloat16


def test_exported_networks_hold_the_operators(image):
    net = ft.replace_convolutions(small_net()[:5]).eval()
    batch = {"input": {0: torch.export.Dim("n"), 2: torch.export.Dim("h", min=4, max=99)}}
    for strict in (False, True):
        exported = torch.export.export(net, (image,), dynamic_shapes=batch, strict=strict)
        names = [str(node.target) for node in exported.graph.nodes]
        assert names.count("fastconv.conv2d.default") == 2
        assert names.count("fastconv.conv_transpose2d.default") == 1
        near(exported.module()(image[:1, :, :9]), net(image[:1, :, :9]))
    traced = torch.fx.symbolic_trace(net)
    near(traced(image), net(image))


# ----------------------------------------------------------------------------- networks of the book


class Bottleneck(nn.Module):
    """Three convolutions beside a shortcut, as in ResNet-50."""

    def __init__(self, channels, features, stride):
        super().__init__()
        wide = 4 * features
        self.body = nn.Sequential(
            nn.Conv2d(channels, features, 1, bias=False), nn.BatchNorm2d(features), nn.ReLU(),
            nn.Conv2d(features, features, 3, stride, 1, bias=False), nn.BatchNorm2d(features),
            nn.ReLU(), nn.Conv2d(features, wide, 1, bias=False), nn.BatchNorm2d(wide),
        )  # fmt: skip
        self.shortcut = nn.Identity()
        if channels != wide or stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, wide, 1, stride, bias=False), nn.BatchNorm2d(wide)
            )

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


def resnet50():
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
              nn.MaxPool2d(3, 2, 1)]  # fmt: skip
    channels = 64
    for stage, (features, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(count):
            layers.append(Bottleneck(channels, features, 2 if stage and not block else 1))
            channels = 4 * features
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


def test_resnet50_has_the_same_logits():
    torch.manual_seed(0)
    net = resnet50().eval()
    ours = ft.replace_convolutions(copy.deepcopy(net))
    x = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        expected = net(x)
        for _ in range(2):
            with fc.record() as calls:
                near(ours(x), expected)
            assert len(calls) == 53


def lenet():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
        nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84),
        nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def training(net, steps=12):
    """Return the losses of a few steps on images whose label is the brightest of ten fields."""
    torch.manual_seed(2)
    x = torch.randn(64, 1, 28, 28, dtype=torch.float64)
    labels = x[:, 0, :4, :20].unflatten(2, (10, 2)).sum((1, 3)).argmax(1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_lenet_trains_as_with_torch():
    net = lenet().double()
    ours = ft.replace_convolutions(copy.deepcopy(net))
    expected, found = training(net), training(ours)
    assert found == pytest.approx(expected, rel=1e-8) and found[-1] < found[0]
    for a, b in zip(ours.parameters(), net.parameters(), strict=True):
        near(a.detach(), b.detach(), 1e-8)
    compiled = torch.compile(ft.replace_convolutions(lenet().double()), backend="aot_eager")
    assert training(compiled) == pytest.approx(expected, rel=1e-8)

"""Test the benchmark of chunked arrays and the example of a multiscale image, in small."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


def test_benchmark():
    pytest.importorskip("zarr")
    pytest.importorskip("dask_image")
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "chunked.py", "--size", "small",
         "--filters", "gaussian", "fir"], capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["gaussian", "16"], ["fir", "8192"]]
    assert all(line.count("s ") == 4 and line.endswith("%") for line in lines[1:])


def test_ways_of_the_benchmark_agree():
    chunked = load(ROOT / "benchmarks" / "chunked.py")
    pytest.importorskip("dask_image")
    import dask.array as da

    rng = np.random.default_rng(0)
    for name in chunked.FILTERS:
        x = rng.random(5000 if name == "fir" else (20, 24, 28), dtype="f4")
        lazy = da.from_array(x, chunks=1000 if name == "fir" else 12)
        right = chunked.ours(name, x)
        for found in (chunked.ours(name, lazy), chunked.peer(name, lazy)):
            np.testing.assert_allclose(found.compute(), right, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(chunked.whole(name, x, 2), right, rtol=1e-4, atol=1e-4)
        found = chunked.in_blocks(name, lazy, 2)
        np.testing.assert_allclose(found.compute(), right, rtol=1e-4, atol=1e-4)


def test_table_of_the_benchmark(tmp_path, capsys):
    chunked = load(ROOT / "benchmarks" / "chunked.py")
    path = tmp_path / "results.json"
    measured = {way: {"seconds": 1.5 + (way == "blocks"), "peak": 2e8} for way in chunked.WAYS}
    chunked.keep(path, "full", "gaussian", 256, {"ours": measured.pop("ours")})
    chunked.keep(path, "full", "gaussian", 256, measured)
    chunked.keep(path, "medium", "fir", 1 << 24, {"peer": {"seconds": 3.0, "peak": 1e9}})
    chunked.main(["--results", str(path), "--table"])
    lines = capsys.readouterr().out.splitlines()
    assert "CPUs of an" in lines[0] and "zarr" in lines[0]
    assert lines[4] == "| 2^27 | fir | 2^24 |  | 3.0 s |  | 1000 MB |  |  |  |"
    assert lines[5] == ("| 1024^3 | gaussian | 256^3 | 1.5 s | 1.5 s | 200 MB | 200 MB | 2.50 s "
                        "| 1.50 s | +67% |")  # fmt: skip


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_multiscale_example(tmp_path, capsys):
    zarr = pytest.importorskip("zarr")
    image = pytest.importorskip("PIL.Image")
    example = load(ROOT / "examples" / "multiscale.py")
    picture = example.main(["--size", "512", "--chunk", "200", "--out", str(tmp_path)])
    assert "4 levels of 512 x 512 pixels" in capsys.readouterr().out
    group = zarr.open_group(str(tmp_path / "sky.zarr"), mode="r")
    sizes = [group[d["path"]].shape for d in group.attrs["ome"]["multiscales"][0]["datasets"]]
    assert sizes == [(512, 512), (256, 256), (128, 128), (64, 64)]
    means = [float(np.mean(group[str(n)][...])) for n in range(4)]
    np.testing.assert_allclose(means, means[0], rtol=0.01)
    shown = np.asarray(image.open(picture))
    assert shown.shape == (512, 512 + 256 + 128 + 64 + 16) and shown.std() > 10

"""Test the structure of the package: direction of imports, names of modules, a fast import."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fastconv
from fastconv.algorithms.names import CONVOLUTIONS, FILTERS, MAXIMA, POOLINGS, RANKS, RESAMPLINGS
from fastconv.algorithms.registry import REGISTRY
from fastconv.gpu.registry import registry

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "fastconv"

#: each module or package may import from the lines above it in this list, and from itself
FLOORS = (
    ("errors",),
    ("caches", "config", "originals", "recording", "version"),
    ("problem",),
    ("loops",),
    ("algorithms",),
    ("planner",),
    ("gpu",),
    ("calls",),
    ("plans",),
    ("scipy_names",),
    ("nd", "nn", "grad", "signal", "ndimage", "kernels", "linalg"),
    ("comparison", "info", "wisdom"),
    ("astropy",),
    ("accel", "dask", "onnx", "torch"),
    ("cli",),
    ("__main__", "__init__"),
)
#: packages that only describe problems and compute nothing
FACES = ("nn", "grad", "nd", "signal", "ndimage")
FLOOR_OF = {name: level for level, names in enumerate(FLOORS) for name in names}


def modules():
    return sorted(p for p in PACKAGE.rglob("*.py"))


def rooms_imported(path):
    """Return the top-level modules and packages of fastconv that a module imports."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        targets = []
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = tuple(node.module.split(".")) if node.module else ()
            full = base + module
            targets = [full + (alias.name,) for alias in node.names] if len(full) == 1 else [full]
        elif isinstance(node, ast.Import):
            targets = [tuple(alias.name.split(".")) for alias in node.names]
        found |= {t[1] for t in targets if len(t) > 1 and t[0] == "fastconv"}
    return {name for name in found if name in FLOOR_OF}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    room = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert room in FLOOR_OF, f"{room} has no floor: add it to the list on purpose"
    for imported in rooms_imported(path) - {room}:
        assert FLOOR_OF[imported] < FLOOR_OF[room], f"{room} imports {imported}"


@pytest.mark.parametrize("face", FACES)
def test_faces_compute_nothing(face):
    """Test that faces import only `problem`, `calls` and a few modules without computation."""
    paths = [p for p in modules() if p.relative_to(PACKAGE).with_suffix("").parts[0] == face]
    assert paths
    for path in paths:
        beyond = rooms_imported(path) - {face, "calls", "problem", "errors", "scipy_names"}
        assert not beyond, f"{path.relative_to(PACKAGE)} imports {sorted(beyond)}"


@pytest.mark.parametrize("package", [p.parent for p in PACKAGE.glob("*/__init__.py")], ids=str)
def test_packages_list_their_modules(package):
    """Test what CONTRIBUTING.md says of docstrings of packages."""
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text()))
    words = set(re.findall(r"\w+", docstring))
    paths = [*package.glob("*.py"), *package.glob("*.pyx")]
    assert {p.stem for p in paths if not p.stem.startswith("__")} <= words


def test_every_algorithm_has_its_rooms():
    """Test that each algorithm is a module in algorithms and, unless NumPy runs it, in loops."""
    for algorithm in REGISTRY:
        assert algorithm.name in {*CONVOLUTIONS, *FILTERS, *MAXIMA, *RANKS, *RESAMPLINGS}
        room = type(algorithm).__module__.rsplit(".", 1)[1]
        sisters = [a.name for a in REGISTRY if type(a).__module__ == type(algorithm).__module__]
        special = algorithm.ops is not None or algorithm.roles is not None
        special |= algorithm.families != ("convolution",) or algorithm.dtypes == ("i64", "u64")
        assert special or any(name.startswith(room) for name in sisters)
        compiled = (PACKAGE / "loops" / f"{room}.pyx").exists()
        compiled |= (PACKAGE / "loops" / room).is_dir()
        # SciPy transforms for fft; the others run the algorithms of other rooms, or SciPy itself
        elsewhere = room in (
            "fft", "stepwise", "bordered", "scipy", "integer_naive", "matching", "lines",
        )  # fmt: skip
        elsewhere |= room in ("structure", "sorting")  # NumPy, and the loop of footprint
        elsewhere |= room in ("rounded", "settled")  # the loops of taps and of fft_tiled
        assert compiled or elsewhere, f"{room} has no room in loops"
    assert REGISTRY[-1].name == "naive"


def test_device_rooms_are_named_like_the_algorithms():
    """Test that algorithms of a device have the names of algorithms, and modules in gpu."""
    for algorithm in registry(None):
        room = type(algorithm).__module__.rsplit(".", 1)[1]
        known = algorithm.name in set(CONVOLUTIONS) | set(POOLINGS) | {"cudnn"}
        assert known, f"{algorithm.name} is no permanent name"
        assert room == "pooling" or algorithm.name.startswith(room), room


def test_c_rooms_are_named_like_the_loops():
    shared = {"epilogue", "probe"}
    for folder in (ROOT / "src").iterdir():
        if folder.is_dir():
            has_loops = (PACKAGE / "loops" / f"{folder.name}.pyx").exists()
            assert has_loops or folder.name in shared, folder.name


def test_c_files_stand_in_the_table():
    """All but those that every room has."""
    table = (ROOT / "src" / "README.md").read_text()
    for path in (ROOT / "src").rglob("*.[ch]"):
        name = path.relative_to(ROOT / "src").as_posix()
        usual = path.name in ("interface.h", f"{path.parent.name}.c")
        assert usual or f"`{name}`" in table, name


def test_c_rooms_are_complete():
    """What src/README.md says of every room."""
    for folder in (ROOT / "src").iterdir():
        if folder.is_dir():
            for name in ("interface.h", "room.h", f"{folder.name}.c"):
                assert (folder / name).exists(), f"{folder.name}/{name}"


#: names that asv takes for benchmarks in all modules of benchmarks/
BENCHMARK = re.compile("(time|timeraw|mem|peakmem|track)_.|(Time|Timeraw|Mem|PeakMem|Track)[A-Z_].")


def names_bound(body):
    """Yield names of functions and classes that a module or a class defines or imports."""
    for node in body:
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
            yield from names_bound(node.body) if isinstance(node, ast.ClassDef) else ()
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from names_bound([n for n in ast.walk(node) if n is not node])
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "benchmarks").rglob("*.py")), ids=lambda path: path.name
)
def test_benchmarks_are_methods_of_suites(path):
    """Test that only suites have names of benchmarks: asv runs everything with such a name."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    if path.name.startswith("bench_"):
        body = [node for node in body if not isinstance(node, ast.ClassDef)]
    found = sorted({name for name in names_bound(body) if BENCHMARK.match(name)})
    assert not found, f"asv would run {found}: import the module instead, or rename the function"


@pytest.mark.parametrize("wanted", ["", "quick", "smoke"])
def test_suites_have_problems(wanted):
    """Test that each suite has problems, also in a quick pass and in the quickest one."""
    code = (
        "from benchmarks import bench_dense, bench_image, bench_pool, bench_signal, bench_small\n"
        "from benchmarks import common\n"
        "suites = [bench_dense, bench_image, bench_pool, bench_signal]\n"
        "print([len(s.PARAMS[0]) for s in suites], len(bench_small.KEYS))\n"
        "print({tuple(s.PARAMS[1]) for s in suites} == {('auto',)}, len(common.THREADS))"
    )
    sizes, alone = run(code, FASTCONV_BENCH=wanted).splitlines()
    if wanted == "smoke":
        assert sizes == "[1, 1, 1, 1] 1" and alone == "True 1"
    else:
        assert "0" not in re.findall(r"\d+", sizes)
        assert alone == "False 1" or not wanted


def run(code, **environment):
    """Run Python code in a fresh process and return what it printed."""
    env = {**os.environ, **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_import_is_lean():
    heavy = (
        "cupy scipy.signal scipy.ndimage scipy.linalg scipy.sparse matplotlib rich torch concurrent"
    )
    code = (
        "import sys, fastconv\n"
        f"print([m for m in {heavy.split()!r} if m in sys.modules and '.' in m or m in "
        "('matplotlib','rich','torch','cupy') and m in sys.modules])"
    )
    assert run(code) == "[]"


def test_import_starts_no_thread():
    code = (
        "import os, numpy, scipy.fft\n"
        "count = lambda: len(os.listdir('/proc/self/task')) if os.path.isdir('/proc') else 0\n"
        "before = count()\nimport fastconv\nprint(count() - before)"
    )
    assert run(code) == "0"


def test_import_leaves_denormals_alone():
    code = (
        "import numpy as np, fastconv as fc\n"
        "tiny = np.float32(1e-40)\n"
        "y = fc.conv1d(np.full((1, 1, 64), tiny), np.ones((1, 1, 1), np.float32))\n"
        "print(bool((y == tiny).all()), bool(tiny * np.float32(1) > 0))"
    )
    assert run(code) == "True True"


def test_version():
    assert fastconv.__version__.count(".") == 2

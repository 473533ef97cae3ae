"""Check what fastconv does in an environment that has none of its extras.

    python tools/check_without_extras.py

Every module that needs no extra is imported. Everything that needs one must refuse with a message
that names it. The script fails in an environment that has an extra, because it would check nothing.
"""

import importlib
import importlib.util
import pkgutil
import subprocess
import sys

import numpy as np

import fastconv as fc

#: modules that need an extra, and the extra that their message must name
MODULES = {"fastconv.onnx": "onnx", "fastconv.torch": "torch", "fastconv.dask": "dask"}
#: packages of the extras
PACKAGES = ("onnx", "torch", "dask", "matplotlib", "PIL", "rich", "astropy", "cupy", "cv2")


def refusals():
    """Return what does not refuse with a message that names its extra."""
    wrong = []
    for module, extra in MODULES.items():
        if importlib.util.find_spec(module) is None:
            continue
        try:
            importlib.import_module(module)
        except ImportError as error:
            if f"fastconv[{extra}]" not in str(error):
                wrong.append(f"{module}: {error}")
        else:
            wrong.append(f"{module} is imported without the extra [{extra}]")
    comparison = fc.compare("conv1d", np.ones((1, 1, 8)), np.ones((1, 1, 3)), time_limit=0.1)
    try:
        comparison.plot()
    except ImportError as error:
        if "fastconv[cli]" not in str(error):
            wrong.append(f"Comparison.plot: {error}")
    command = [sys.executable, "-m", "fastconv", "filter", "none.png", "--out", "out.png", "sobel"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 2 or "Traceback" in done.stderr:
        wrong.append(f"python -m fastconv filter: {done.returncode}, {done.stderr}")
    return wrong


def imports():
    """Import every other module; return their number and what cannot be imported."""
    count, wrong = 0, []
    for found in pkgutil.walk_packages(fc.__path__, "fastconv.", onerror=lambda name: None):
        name = found.name
        if name.startswith(tuple(MODULES)) or name == "fastconv.__main__":
            continue
        try:
            importlib.import_module(name)
            count += 1
        except ImportError as error:
            wrong.append(f"{name}: {error}")
    return count, wrong


def main():
    there = [name for name in PACKAGES if importlib.util.find_spec(name) is not None]
    if there:
        print(f"check_without_extras: {', '.join(there)} is installed here")
        return 1
    count, wrong = imports()
    wrong += refusals()
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"check_without_extras: {count} modules imported, {len(wrong)} faults")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

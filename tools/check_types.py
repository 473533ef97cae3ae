"""Check the stubs of the public API with mypy and stubtest.

    python tools/check_types.py

Three checks: the stubs and a program that uses them pass ``mypy --strict``; every stub has the
names, parameters and defaults of its module (stubtest); the examples, which have no annotations of
their own, pass what the stubs allow. Stubs whose extra is not installed are not checked.
"""

import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: packages without which a module cannot be imported
NEEDS = {"fastconv.dask": "dask", "fastconv.onnx": "onnx", "fastconv.torch": "torch"}
#: classes of which users do not make objects: their stubs leave out the parameters
MADE_BY_FUNCTIONS = ("fastconv.plans.Plan", "fastconv.onnx.network.Network",
                     "fastconv.accel.counts.Report")  # fmt: skip
#: the internal modules have no annotations, and torch would take a minute to read
CONFIGURATION = """
[mypy]
follow_imports = silent
[mypy-fastconv.*]
ignore_errors = true
ignore_missing_imports = true
[mypy-torch.*,onnx.*,dask.*]
follow_imports = skip
"""


def module_of(stub):
    """Return the name of the module that a stub describes."""
    return ".".join(stub.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def missing(module):
    """Return the package that `module` needs and that is not installed, or None."""
    for name, package in NEEDS.items():
        if f"{module}.".startswith(f"{name}.") and importlib.util.find_spec(package) is None:
            return package
    return None


def run(*words):
    """Run a module of mypy's, and return its exit status and its lines."""
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def differences(modules):
    """Return what stubtest says of the stubs of these modules."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder, "mypy.ini")
        configuration.write_text(CONFIGURATION)
        status, lines = run("mypy.stubtest", "--mypy-config-file", str(configuration),
                            "--ignore-missing-stub", "--concise", "fastconv")  # fmt: skip
    if status and any(line.startswith("error:") for line in lines):
        return lines
    # it takes modules without a stub for stubs of themselves: their lines say nothing
    found = [line for line in lines if owner(line) in modules]
    return [line for line in found if not line.startswith(tuple(f"{c}.__init__ " for c in
                                                                MADE_BY_FUNCTIONS))]  # fmt: skip


def owner(line):
    """Return the longest name of an existing module with which a line of stubtest begins."""
    parts = line.split(" ")[0].split(".")
    while parts:
        path = ROOT.joinpath(*parts)
        if path.is_dir() or path.with_suffix(".py").exists():
            return ".".join(parts)
        parts.pop()
    return ""


def calls_fastconv(line):
    """Return whether a line of mypy is about a line of a program that calls fastconv."""
    match = re.match(r"(.+?):(\d+): error", line)
    return bool(match) and "fc." in (ROOT / match[1]).read_text().splitlines()[int(match[2]) - 1]


def main():
    stubs = sorted((ROOT / "fastconv").rglob("*.pyi"))
    for stub in list(stubs):
        if package := missing(module_of(stub)):
            print(f"check_types: {stub.relative_to(ROOT)} is not checked: there is no {package}")
            stubs.remove(stub)
    program = ROOT / "tests" / "typed_program.py"
    status, lines = run("mypy", *map(str, [*stubs, program]))
    faults = lines if status else []
    faults += differences([module_of(stub) for stub in stubs])
    examples = sorted((ROOT / "examples").rglob("*.py"))
    _, lines = run("mypy", "--config-file=", "--check-untyped-defs", "--follow-imports=silent",
                   "--explicit-package-bases", *map(str, examples))  # fmt: skip
    faults += [line for line in lines if calls_fastconv(line)]
    print(*faults, sep="\n", end="\n" if faults else "")
    if not faults:
        print(f"check_types: {len(stubs)} stubs and {len(examples)} examples, no faults")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())

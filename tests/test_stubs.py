"""Test that the stubs have every public name. `tools/check_types.py` compares the parameters."""

import ast
from pathlib import Path

import pytest

import fastconv as fc
from fastconv import grad, ndimage, nn, signal

FOLDER = Path(fc.__file__).parent


def names_in(stub):
    """Return the names that a stub defines or imports under their own name."""
    found = set()
    for node in ast.parse((FOLDER / stub).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            found.add(node.target.id)
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname for alias in node.names if alias.asname == alias.name}
    return found


def own(module):
    """Return the names of functions that a module has without asking SciPy."""
    return {n for n, value in vars(module).items() if callable(value) and not n.startswith("_")}


@pytest.mark.parametrize(
    ("stub", "public"),
    [
        ("__init__.pyi", set(fc.__all__)),
        ("nn/__init__.pyi", set(nn.__all__)),
        ("grad/__init__.pyi", set(grad.__all__)),
        ("ndimage/__init__.pyi", own(ndimage)),
        ("signal/__init__.pyi", own(signal)),
        ("kernels/__init__.pyi", set(fc.kernels.__all__)),
        ("linalg.pyi", set(fc.linalg.__all__)),
        ("wisdom.pyi", set(fc.wisdom.__all__)),
    ],
)
def test_stub_has_every_public_name(stub, public):
    assert public and public <= names_in(stub)

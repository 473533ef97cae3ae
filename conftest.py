"""Tests and doctests must not read or write the user's wisdom."""

import importlib.util
import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="fastconv-tests-")
os.environ["FASTCONV_CACHE_DIR"] = _folder.name

# their modules cannot be imported without the packages of these names
collect_ignore_glob = [
    f"fastconv/{name}/*" for name in ("dask", "onnx", "torch") if importlib.util.find_spec(name) is None
]

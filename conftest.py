"""Tests and doctests must not read or write the user's wisdom."""

import importlib.util
import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="fastconv-tests-")
os.environ["FASTCONV_CACHE_DIR"] = _folder.name

# its modules cannot be imported without onnx
collect_ignore_glob = [] if importlib.util.find_spec("onnx") else ["fastconv/onnx/*"]

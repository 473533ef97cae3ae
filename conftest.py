"""Tests and doctests must not read or write the user's wisdom."""

import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="fastconv-tests-")
os.environ["FASTCONV_CACHE_DIR"] = _folder.name

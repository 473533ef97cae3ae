"""List pages of docs/ that no table of contents names at the end of the guide.

So a new page belongs to the site before somebody has found the best place for it.
"""

import fnmatch
import re
from pathlib import Path

#: pages with tables of contents
LISTS = ("index", "guide", "develop")
TOCTREE = re.compile(r"^:::\{toctree\}\n(.*?)^:::$", re.DOTALL | re.MULTILINE)


def _read(app, docname, content):
    if docname != "guide":
        return
    texts = [app.env.doc2path(name) for name in LISTS]
    listed = {
        line.strip().rpartition("<")[2].rstrip(">")
        for path in texts
        for block in TOCTREE.findall(Path(path).read_text(encoding="utf-8"))
        for line in block.splitlines()
        if line.strip() and not line.startswith(":")
    }
    others = [
        name
        for name in sorted(app.env.found_docs)
        if "/" not in name and name not in LISTS
        and not any(fnmatch.fnmatch(name, pattern) for pattern in listed)
    ]  # fmt: skip
    if others:
        lines = [":::{toctree}", ":caption: More", ":maxdepth: 1", "", *others, ":::"]
        content[0] += "\n" + "\n".join(lines) + "\n"


def setup(app):
    """Add the list while the page is read."""
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

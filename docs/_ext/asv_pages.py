"""Copy the pages of asv, if `make asv-report` has made them, beside the site, and link them."""

import shutil
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / ".asv" / "html"
LINK = """
## History

<a href="asv/index.html">Times of this version and of an earlier one</a>, by `make asv-report`.
"""


def _linked(app, docname, content):
    if docname == "benchmarks" and (PAGES / "index.html").exists():
        content[0] += LINK


def _copied(app, error):
    if error is None and app.builder.format == "html" and (PAGES / "index.html").exists():
        shutil.copytree(PAGES, Path(app.outdir) / "asv", dirs_exist_ok=True)


def setup(app):
    """Link the pages where the benchmarks are described, and copy them at the end."""
    app.connect("source-read", _linked)
    app.connect("build-finished", _copied)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

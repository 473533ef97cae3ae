"""What `make asv-report` has measured: its table, and the pages of asv beside the site."""

import shutil
from pathlib import Path

ASV = Path(__file__).resolve().parents[2] / ".asv"
PAGES, TABLE = ASV / "html", ASV / "compare.md"
HEADING = """
## History

`make asv-report` has measured these times, of an earlier version and of this one.
"""
LINK = """
<a href="asv/index.html">Plots of them</a> load scripts from other sites, and need the site on a web
server.
"""


def _history():
    """Return the section in Markdown, or nothing if nothing has been measured."""
    rows = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    table = [row for row in rows if row.startswith("|") and "n/a" not in row]
    link = LINK if (PAGES / "index.html").exists() else ""
    return HEADING + "\n" + "\n".join(table) + "\n" + link if table else ""


def _extended(app, docname, content):
    if docname == "benchmarks":
        content[0] += _history()


def _copied(app, error):
    if error is None and app.builder.format == "html" and (PAGES / "index.html").exists():
        shutil.copytree(PAGES, Path(app.outdir) / "asv", dirs_exist_ok=True)


def setup(app):
    """Show the table where the benchmarks are described, and copy the pages at the end."""
    app.connect("env-get-outdated", lambda *_: ["benchmarks"])  # the table may be another one
    app.connect("source-read", _extended)
    app.connect("build-finished", _copied)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

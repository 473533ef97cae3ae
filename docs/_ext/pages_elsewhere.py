"""Pages of the site that stand in other folders of the repository, and links between them.

`CONTRIBUTING.md`, `CHANGELOG.md` and the READMEs of folders are read where they are; a page in
docs/ includes each. Links are relative to the files, so that they work in the repository. Here they
are made relative to the pages. Links to examples lead to the gallery, and links to other files that
are no page become their text.
"""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
#: files outside of docs/, and the pages that include them
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "benchmarks/README.md": "benchmarks.md",
    "src/README.md": "kernels-in-c.md",
}
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")


def relinked(text, source, page):
    """Return Markdown with links for the site.

    Parameters
    ----------
    text : str
        The text of a file.
    source, page : pathlib.Path
        The file, and the page in docs/ on which the text stands.
    """

    def replaced(match):
        label, target = match.groups()
        path, hash_, anchor = target.partition("#")
        if not path or "://" in path:
            return match[0]
        file = Path(os.path.normpath(source.parent / path))
        if not file.is_relative_to(ROOT):
            return match[0]
        name = file.relative_to(ROOT).as_posix()
        if name in PAGES:
            file = DOCS / PAGES[name]
        elif file.match("examples/*.py"):
            file = DOCS / "gallery" / f"{file.stem}.rst"
        elif not file.is_relative_to(DOCS):
            return label
        return f"[{label}]({os.path.relpath(file, page.parent)}{hash_}{anchor})"

    return LINK.sub(replaced, text)


def _read(app, docname, content):
    page = Path(app.env.doc2path(docname))
    if page.suffix == ".md":
        content[0] = relinked(content[0], page, page)


def _included(app, path, parent, content):
    page = Path(app.env.doc2path(parent))
    if page.suffix == ".md":
        source = Path(path)
        source = source if source.is_absolute() else app.srcdir / source
        content[0] = relinked(content[0], Path(os.path.normpath(source)), page)


def setup(app):
    """Connect the two events of Sphinx that hand out the text of a file."""
    app.connect("source-read", _read)
    app.connect("include-read", _included)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

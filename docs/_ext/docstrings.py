"""Docstrings give shapes such as (N, C, *spatial), whose star reST would take for emphasis."""

import re

STAR = re.compile(r"(?<=[(\s])\*(\w+)(?=[,)])")
LITERAL = re.compile(r"(``.+?``|`[^`]+`)")


def escaped(line):
    """Return a line of a docstring with these stars escaped, except in code."""
    if line.lstrip().startswith((">>>", "...")):
        return line
    parts = LITERAL.split(line)
    return "".join(p if p.startswith("`") else STAR.sub(r"\\*\1", p) for p in parts)


def _read(app, what, name, thing, options, lines):
    lines[:] = [escaped(line) for line in lines]


def setup(app):
    """Run before numpydoc reads the sections."""
    app.connect("autodoc-process-docstring", _read, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

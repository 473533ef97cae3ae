"""Docstrings as the reference shows them.

They give shapes such as (N, C, *spatial), whose star reST would take for emphasis. Objects that
functions return are shown without the parameters of their class, which nobody calls, and without
the methods that only fastconv itself uses.
"""

import re

STAR = re.compile(r"(?<=[(\s])\*(\w+)(?=[,)])")
LITERAL = re.compile(r"(``.+?``|`[^`]+`)")
#: classes whose objects functions return, and their methods that are not for users
RETURNED = {
    "fastconv.plans.Plan": {
        "direct", "runner", "result", "prepare_weight", "forget_weight", "prepared", "prepare",
    },
    "fastconv.comparison.Comparison": set(),
    "fastconv.comparison.Row": set(),
    "fastconv.accel.counts.Report": set(),
    "fastconv.onnx.Network": {"times_alone"},
    "fastconv.onnx.report.Table": set(),
}  # fmt: skip


def escaped(line):
    """Return a line of a docstring with these stars escaped, except in code."""
    if line.lstrip().startswith((">>>", "...")):
        return line
    parts = LITERAL.split(line)
    return "".join(p if p.startswith("`") else STAR.sub(r"\\*\1", p) for p in parts)


def _read(app, what, name, thing, options, lines):
    lines[:] = [escaped(line) for line in lines]


def _signature(app, what, name, thing, options, arguments, returns):
    return ("", None) if name in RETURNED else None


def _skipped(app, what, name, thing, skip, options):
    function = getattr(thing, "fget", None) or thing  # of a property
    owner = getattr(function, "__qualname__", "").rpartition(".")[0]
    hidden = (methods for path, methods in RETURNED.items() if path.rpartition(".")[2] == owner)
    return True if name in next(hidden, ()) else None


def setup(app):
    """Run before numpydoc reads the sections."""
    app.connect("autodoc-process-docstring", _read, priority=100)
    app.connect("autodoc-process-signature", _signature)
    app.connect("autodoc-skip-member", _skipped)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

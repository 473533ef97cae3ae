"""Return signatures and docstrings of public functions as text."""

import inspect
import re


def signature(function):
    """Return a signature as text, without annotations."""
    found = inspect.signature(function)
    bare = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    return str(found.replace(parameters=bare, return_annotation=found.empty))


def sections(function):
    """Return the sections of a numpydoc docstring as a dict from titles to text."""
    doc = inspect.getdoc(function) or ""
    titles = list(re.finditer(r"^(.+)\n-{3,}$", doc, re.MULTILINE))
    ends = [t.start() for t in titles[1:]] + [len(doc)]
    return {t[1]: doc[t.end() : end] for t, end in zip(titles, ends, strict=True)}

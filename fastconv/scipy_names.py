"""Public names of SciPy's packages that the modules in their place lack."""

import importlib


def passing_through(package, namespace):
    """Return ``__getattr__`` and ``__dir__`` of a module that stands in for ``scipy.<package>``.

    Every public name that the module lacks is SciPy's, ``__all__`` included, so that a star import
    brings as much as SciPy's own.
    """
    name = namespace["__name__"]

    def __getattr__(attribute):
        if attribute == "__all__" or not attribute.startswith("_"):
            module = importlib.import_module(f"scipy.{package}")
            if hasattr(module, attribute):
                return getattr(module, attribute)
        raise AttributeError(f"module {name!r} has no attribute {attribute!r}")

    def __dir__():
        module = importlib.import_module(f"scipy.{package}")
        return sorted({*namespace, *(n for n in dir(module) if not n.startswith("_"))})

    return __getattr__, __dir__

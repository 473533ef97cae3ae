"""Give the modules that replace SciPy's packages the rest of SciPy's public names."""

import importlib

from .originals import original


def scipy_fallback(package, namespace):
    """Return ``__getattr__`` and ``__dir__`` for a module that replaces ``scipy.<package>``.

    With them, every public name that the module does not define is SciPy's. This includes
    ``__all__``, so that a star import brings the same names as from SciPy.

    Parameters
    ----------
    package : str
        Name of SciPy's package.
    namespace : dict
        The globals of the module.
    """
    name = namespace["__name__"]

    def __getattr__(attribute):
        if attribute == "__all__" or not attribute.startswith("_"):
            try:
                return original(f"scipy.{package}", attribute)
            except AttributeError:
                pass
        raise AttributeError(f"module {name!r} has no attribute {attribute!r}")

    def __dir__():
        module = importlib.import_module(f"scipy.{package}")
        return sorted({*namespace, *(n for n in dir(module) if not n.startswith("_"))})

    return __getattr__, __dir__

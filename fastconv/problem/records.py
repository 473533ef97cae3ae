"""`record`: small objects that are made fast. `lazily`: attributes that are computed once.

A call of a new shape makes some ten records and reads some thirty attributes of this kind, so their
cost is most of what planning takes.
"""

from dataclasses import dataclass

#: Decorator of a dataclass that can be hashed. Its instances must not be modified: nothing enforces
#: this, since instances of a frozen dataclass take eight times as long to make.
record = dataclass(unsafe_hash=True)


class lazily:  # noqa: N801 - a decorator
    """Turn a method without arguments into an attribute that is computed once.

    `functools.cached_property` does the same, but takes a lock before Python 3.12. Two threads may
    compute a value at the same time, and keep either.

    Parameters
    ----------
    method : callable
        Its result depends on the object alone.
    """

    def __init__(self, method):
        self.method = method
        self.__doc__ = method.__doc__

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.method(instance)
        return value


def made(kind, attributes):
    """Return a record of the class `kind` with these attributes, a dict that becomes its own."""
    new = object.__new__(kind)
    new.__dict__ = attributes
    return new


def like(record, **changed):
    """Return a copy of a record, with all its attributes but those that are given."""
    return made(type(record), {**record.__dict__, **changed})

"""The one exception class of fastconv's own."""


class UnsupportedAlgorithm(ValueError):
    """The algorithm that was asked for cannot run this problem; the message says why."""

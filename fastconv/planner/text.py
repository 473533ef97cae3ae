"""Numbers with units, and tables, as plain text."""


def seconds_text(seconds):
    """Return a time with three digits, as in ``2.91 ms``; ``-`` for None."""
    if seconds is None:
        return "-"
    units = ((1, "s"), (1e3, "ms"), (1e6, "us"))
    factor, unit = next((u for u in units if seconds * u[0] >= 0.9995), units[-1])
    value = seconds * factor
    return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f} {unit}"


def size_text(size):
    """Return bytes in binary units, as in ``1.5 MiB``; ``-`` for None."""
    if size is None:
        return "-"
    units = ((1, "B"), (1 << 10, "KiB"), (1 << 20, "MiB"), (1 << 30, "GiB"))
    factor, unit = next((u for u in units if size < 1024 * u[0]), units[-1])
    return f"{size / factor:.{1 if factor > 1 and size < 10 * factor else 0}f} {unit}"


def number_text(value):
    """Return an error or a bound as in ``3.1e-07``; ``0`` if exact, ``-`` if unknown."""
    if value is None:
        return "-"
    return "0" if value == 0 else f"{value:.1e}"


def aligned(header, lines, left=(0,)):
    """Return a table as text.

    Parameters
    ----------
    header : list of str
    lines : list of list of str
    left : tuple of int, optional
        Columns that are aligned to the left; the others are to the right.
    """
    widths = [max(len(line[i]) for line in (header, *lines)) for i in range(len(header))]
    result = []
    for line in (header, *lines):
        cells = [
            text.ljust(width) if i in left else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        result.append("  ".join(cells).rstrip())
    return "\n".join(result)

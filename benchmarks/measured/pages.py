"""Write the pages and plots in docs/measured/ from the rows that are stored there."""

import json

from . import plots, tables
from .sections import BY_NAME, SECTIONS

#: load of the machine beyond the threads of the report, from which times are called provisional
BUSY = 0.5
#: sections whose text says how they are compared
OTHERS = ("networks", "programs", "calls")
HOW = """A ratio is the time of a library divided by the time of fastconv: above 1, fastconv is
faster. All libraries run in turns on the same number of threads, on more than one each in a process
of its own, and their results are checked ([how](../benchmarks.md#against-other-libraries)). Means
are geometric. *Worst* is the problem with the least ratio to the best library for it."""


def stored(folder):
    """Return {name of a section: what was measured} of the files in a folder."""
    paths = [folder / f"{section.name}.json" for section in SECTIONS]
    return {path.stem: json.loads(path.read_text()) for path in paths if path.exists()}


def write(folder):
    """Write all pages and plots."""
    found = stored(folder)
    for name, result in found.items():
        section = BY_NAME[name]
        make = _sweeps if section.kind == "sweep" else _ratios
        text = make(section, result, folder)
        (folder / f"{name}.md").write_text(f"# {section.title}\n\n{section.text}\n\n{text}\n")
    groups = {family: [] for family in tables.OVERVIEW}
    for name, result in found.items():
        for row in result["rows"]:
            family = tables.family(name, row)
            if family is not None and row["threads"] == min(result["threads"]):
                groups[family].append(row)
    groups = {family: rows for family, rows in groups.items() if rows}
    if groups:
        cpu = next(iter(found.values()))["machine"]["cpu"]
        title = f"fastconv and other libraries on one thread of an {cpu}"
        plots.save(plots.dots(groups, title), folder / "overview.svg")
    (folder / "index.md").write_text(_index(found))


def machine_text(result):
    """Return sentences that name the machine, the versions, the date and the load."""
    d = result["machine"]
    versions = ", ".join(f"{tables.shown(n)} {v}" for n, v in d["versions"].items())
    text = (
        f"Measured on {result['date']} on {d['cores']} CPUs of an {d['cpu']} ({d['isa']}), "
        f"with Python {d['python']}, {versions}."
    )
    which = "medians of several calls"
    if result["busy"]:
        which = "least times of several calls: those of the processor, but the clock's for random "
        which += "calls and sweeps"
    text += f" Times are {which}."
    if max(result["load"]) > BUSY + max(result["threads"]):
        before = result["load"][0]
        text += (
            f" **Other programs were running on the machine (load {before:.1f} at the start), so "
            "that these times are provisional.**"
        )
    if result.get("quick"):
        text += " This was a short run, with few problems and little repetition."
    return text


def _ratios(section, result, folder):
    """Write the plots of a section, and return its text."""
    parts = [machine_text(result), HOW if section.name not in OTHERS else ""]
    for count in result["threads"]:
        rows = [row for row in result["rows"] if row["threads"] == count]
        if not rows:
            continue
        words = "One thread" if count == 1 else f"{count} threads"
        name = f"{section.name}-{count}.svg"
        groups = tables.classes(rows)
        if section.name not in ("networks", "programs"):  # these keep their order
            groups = dict(sorted(groups.items()))
            rows = [row for some in groups.values() for row in some]
        plots.save(plots.dots(groups, f"{section.title}, {words.lower()}"), folder / name)
        parts += [
            f"## {words}",
            f":::{{image}} {name}\n:alt: {section.title}: ratios of times\n"
            ":class: fastconv-plot\n:::",
            tables.summary(rows),
            f"::::{{dropdown}} All {len(rows)} problems, with their times\n"
            f"{tables.everything(rows)}\n::::",
        ]
    return "\n\n".join(part for part in parts if part)


def _sweeps(section, result, folder):
    """Write the plots of the sweeps, and return the text."""
    parts = [machine_text(result)]
    for number, (title, rows) in enumerate(tables.classes(result["rows"]).items(), start=1):
        name = f"sweep-{number}.svg"
        plots.save(plots.sweep(rows, title), folder / name)
        parts += [
            f"## {title}",
            f":::{{image}} {name}\n:alt: times of algorithms\n:class: fastconv-plot\n:::",
            f"The first problem is `{rows[0]['problem']}`.",
            f"::::{{dropdown}} Measured times, in brackets what was predicted\n"
            f"{tables.sweep_table(rows)}\n::::",
        ]
    return "\n\n".join(parts)


def _index(found):
    """Return the text of the first page."""
    names = "\n".join(found)
    lines = [
        f"| [{BY_NAME[n].title}]({n}.md) | {len(r['rows'])} | {r['minutes']:.1f} |"
        for n, r in found.items()
    ]
    return f"""# Measured

`make report` measures and writes these pages, in at most 20 minutes. `python benchmarks/report.py
--sections images,signals` measures some of them again.

:::{{image}} overview.svg
:alt: Times of other libraries divided by those of fastconv
:class: fastconv-plot
:::

Small dots are problems, large ones their geometric means. Numbers in brackets count the problems.

| page | rows | minutes |
|---|---:|---:|
{chr(10).join(lines)}

Other pages have tables of their own: [networks](../networks.md#how-fast-it-is),
[PyTorch](../torch.md#how-fast-it-is), [missing values](../missing-values.md#measured),
[data larger than memory](../larger-than-memory.md#speed-and-memory) and
[twelve programs](../accelerate.md#what-it-brings).
[Benchmarks](../benchmarks.md) describes how to measure on your machine.

:::{{toctree}}
:hidden:

{names}
:::
"""

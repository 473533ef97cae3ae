"""The measured pages of the documents: what is timed, in how many minutes, plots and pages.

============  ==================================================================
module        contents
============  ==================================================================
``taking``    rows of each section, within a time
``sections``  the list of sections
``tables``    means and tables of rows
``plots``     dots of ratios, and sweeps
``pages``     the pages in docs/measured/
============  ==================================================================

A row is a dict of one problem: its class, the number of threads, the algorithm, and the seconds of
each library. `benchmarks/report.py` is the command.
"""

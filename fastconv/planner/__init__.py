"""The planner: which algorithm a problem gets, and why.

=========  =========================================================================
`machine`  the constants of the cost model: shipped per ISA, measured by `tune`
`choose`   ranks the algorithms of a problem and gives reasons
`backend`  where a problem is computed: names, constants, clock and arrays of the host
`measure`  times candidates, and the constants
`store`    wisdom and constants on disk
`text`     numbers with units, and tables
`cache`    the bounded, thread-safe cache of plans behind eager calls
=========  =========================================================================
"""

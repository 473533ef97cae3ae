"""The planner: which algorithm a problem gets, and why.

=========  =========================================================================
`machine`  the constants of the cost model, which are shipped per ISA
`tune`     measures these constants on this machine
`backend`  what the planner knows of the host: algorithms, constants, clock, arrays
`choose`   ranks the algorithms of a problem, and says why one cannot be chosen
`traits`   looks at a weight's values, where they take part in the choice
`measure`  times candidates for a problem, and remembers the winner
`store`    wisdom and constants in memory and on disk
`text`     numbers with units, and tables
=========  =========================================================================
"""

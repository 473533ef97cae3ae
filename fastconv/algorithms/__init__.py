"""Algorithms: one module each, under the contract of `base.Algorithm`.

`registry` lists all of them in one explicit order. `reading` and the modules named after an
algorithm, such as `integer_filters`, hold what cost models and algorithms share.
"""

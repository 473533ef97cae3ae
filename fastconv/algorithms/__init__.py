"""Algorithms: one module each, listed in `registry`, all under the contract of `base.Algorithm`."""

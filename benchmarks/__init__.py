"""Benchmarks: asv suites over the problem keys in problems/*.txt (see README.md)."""

"""Benchmarks: asv suites that time the problems in problems/*.txt (see README.md)."""

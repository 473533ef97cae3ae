"""Workspace: one block per call. Both functions need the GIL."""

# 64-byte aligned, at least `size` bytes, contents undefined; MemoryError
cdef void *lease(size_t size) except NULL

cdef void release(void *block) noexcept

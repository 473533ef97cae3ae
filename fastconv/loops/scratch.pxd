"""Lease workspace: one block of memory per call. Call both functions with the GIL held."""

# Return a 64-byte aligned block of at least `size` bytes with undefined contents, or raise
# MemoryError.
cdef void *lease(size_t size) except NULL

# Give a block from lease() back to the free list, or to the operating system.
cdef void release(void *block) noexcept

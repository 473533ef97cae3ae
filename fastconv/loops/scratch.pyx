# cython: freethreading_compatible=True
"""Lease one block of memory per call, and keep released blocks in a free list of limited size.

Fresh memory costs page faults on first touch, many times the work of a small convolution, so
released blocks go to a list instead of to the operating system. The call that leases a block
slices it per thread. Two things guard the list: the GIL, which every caller of this module must
hold (so no other thread can be inside when a process forks), and a lock for interpreters that run
without a GIL.
"""

from libc.stdlib cimport free

cdef extern from *:
    """
    #ifndef _GNU_SOURCE
    #define _GNU_SOURCE
    #endif
    #include <pthread.h>
    #include <stdlib.h>
    #include <sys/mman.h>

    static pthread_mutex_t fc_scratch_lock = PTHREAD_MUTEX_INITIALIZER;
    static void fc_scratch_acquire(void) { pthread_mutex_lock(&fc_scratch_lock); }
    static void fc_scratch_release(void) { pthread_mutex_unlock(&fc_scratch_lock); }

    static void *fc_scratch_allocate(size_t bytes)
    {
        void *block = NULL;
        const size_t huge = (size_t)2 << 20;
        if (posix_memalign(&block, bytes < huge ? 64 : huge, bytes) != 0)
            return NULL;
    #ifdef MADV_HUGEPAGE
        if (bytes >= huge)
            madvise(block, bytes, MADV_HUGEPAGE);
    #endif
        return block;
    }
    """
    void acquire "fc_scratch_acquire"() nogil
    void relinquish "fc_scratch_release"() nogil
    void *allocate "fc_scratch_allocate"(size_t size) nogil

cdef enum:
    HEADER = 64        # bytes in front of a block: they store its capacity and keep the alignment
    KEPT = 16          # largest number of blocks in the free list
    SMALLEST = 4096

cdef size_t KEPT_BYTES = <size_t>256 << 20

cdef void *kept[KEPT]
cdef int kept_count = 0
cdef size_t kept_bytes = 0
cdef size_t leased = 0


cdef inline size_t *capacity(void *base) noexcept nogil:
    return <size_t *>base


cdef size_t rounded(size_t size) noexcept nogil:
    """Round up to one of four sizes per power of two: few sizes, and at most 25 % more memory."""
    cdef size_t step = SMALLEST
    while step * 8 < size:
        step *= 2
    return (size + step - 1) // step * step


cdef void *lease(size_t size) except NULL:
    global kept_count, kept_bytes, leased
    cdef size_t need = rounded(size + HEADER)
    cdef void *base = NULL
    cdef int i, best = -1
    acquire()
    for i in range(kept_count):
        # Leave a block that is far too large to a call that needs it.
        if need <= capacity(kept[i])[0] <= 4 * need:
            if best < 0 or capacity(kept[i])[0] < capacity(kept[best])[0]:
                best = i
    if best >= 0:
        base = kept[best]
        kept_count -= 1
        kept[best] = kept[kept_count]
        kept_bytes -= capacity(base)[0]
        leased += capacity(base)[0]
    relinquish()
    if base is NULL:
        base = allocate(need)
        if base is NULL:
            raise MemoryError(f"fastconv could not allocate {need} bytes of workspace")
        capacity(base)[0] = need
        acquire()
        leased += need
        relinquish()
    return <char *>base + HEADER


cdef void release(void *block) noexcept:
    global kept_count, kept_bytes, leased
    cdef void *base = <char *>block - HEADER
    cdef size_t size = capacity(base)[0]
    cdef bint keep
    acquire()
    leased -= size
    keep = kept_count < KEPT and kept_bytes + size <= KEPT_BYTES
    if keep:
        kept[kept_count] = base
        kept_count += 1
        kept_bytes += size
    relinquish()
    if not keep:
        free(base)


def release_memory():
    """Give unused workspace back to the operating system.

    Examples
    --------
    >>> from fastconv.loops import scratch
    >>> scratch.release_memory()
    >>> scratch.kept_memory()
    0
    """
    global kept_count, kept_bytes
    cdef void *base
    while True:
        base = NULL
        acquire()
        if kept_count > 0:
            kept_count -= 1
            base = kept[kept_count]
            kept_bytes -= capacity(base)[0]
        relinquish()
        if base is NULL:
            return
        free(base)


def leased_bytes():
    """Return how many bytes running calls hold. More than 0 between calls means a leak."""
    return leased


def kept_memory():
    """Return how many bytes the free list holds."""
    return kept_bytes

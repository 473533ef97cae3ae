"""Let loops over tiles stop early; see interrupt.pyx.

    cdef Watch *watch = current()
    for i in prange(tiles, ...):
        if not stopped(of_thread(watch, threadid())):
            ...
"""

cdef extern from "watch.h" nogil:
    ctypedef struct Watch "struct fc_watch":
        int stop, left
        void (*look)(Watch *watch) noexcept nogil

    Watch *of_thread "fc_of_thread"(Watch *watch, int thread) noexcept nogil
    bint stopped "fc_stopped"(Watch *watch) noexcept nogil


# Return the watch of the call that this thread makes. It is NULL for short calls, and in threads in
# which Python runs no handlers.
cdef Watch *current() noexcept nogil

"""Share out the tasks of a call among threads, each of which keeps to its own while it has any.

    cdef Shares shares
    share_out(&shares, tasks, threads)
    for _turn in prange(tasks, schedule="dynamic", chunksize=1, ...):
        self._task(take(&shares, threadid()), ...)

Every thread has a range of tasks that follow each other, and takes those of others after its own.
So a layer of a network finds most of what it reads in the caches of the thread that wrote it, if
both layers have their tasks in the same order. A thread that is late still holds up none.
"""

cdef extern from *:
    """
    #include <stddef.h>

    enum { FC_SHARES = 64 };

    struct fc_shares {
        ptrdiff_t tasks, count;
        struct {
            ptrdiff_t next;
            char apart[64 - sizeof(ptrdiff_t)]; /* threads write to cache lines of their own */
        } share[FC_SHARES];
    };

    static inline void fc_share_out(struct fc_shares *s, ptrdiff_t tasks, int threads)
    {
        s->tasks = tasks;
        s->count = threads < FC_SHARES ? threads : FC_SHARES;
        for (ptrdiff_t i = 0; i < s->count; i++)
            s->share[i].next = i * tasks / s->count;
    }

    static inline ptrdiff_t fc_take(struct fc_shares *s, int thread)
    {
        for (ptrdiff_t i = thread;; i++) {
            const ptrdiff_t own = i % s->count, stop = (own + 1) * s->tasks / s->count;
            ptrdiff_t *next = &s->share[own].next;
            if (__atomic_load_n(next, __ATOMIC_RELAXED) < stop) {
                const ptrdiff_t task = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
                if (task < stop)
                    return task;
            }
        }
    }
    """
    ctypedef struct Shares "struct fc_shares":
        pass

    # Begin to share out `tasks` tasks. No other thread may use the shares meanwhile.
    void share_out "fc_share_out"(Shares *shares, Py_ssize_t tasks, int threads) noexcept nogil
    # Return the next task of a thread. There may be as many calls as there are tasks.
    Py_ssize_t take "fc_take"(Shares *shares, int thread) noexcept nogil

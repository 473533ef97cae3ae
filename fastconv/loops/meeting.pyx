# cython: freethreading_compatible=True
"""Before a call on several threads: have each on a CPU of its own.

Threads that have slept may be woken on the CPU of the thread that calls, while another CPU is idle:
in a virtual machine, Linux takes an idle CPU for one that is not there. Then a thread starts only
when the other one goes to sleep, and because threads wait for each other awake, every region of a
call takes some hundred microseconds, until the system moves one of them, which may take long.

So the caller lets the others run first, and one that is where another thread is moves away. Threads
that are awake may come to share a CPU as well; they meet every few milliseconds.
"""

from cython.parallel cimport parallel, threadid
from libc.stdint cimport int64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <time.h>
    #if defined(__linux__)
    #include <sched.h>
    #endif
    #ifdef _OPENMP
    #include <omp.h>
    #endif

    enum { FC_MOST_CPUS = 1024 };

    /* The CPUs on which threads are, and how many threads have come. */
    struct fc_meeting {
        uint64_t taken[FC_MOST_CPUS / 64];
        int come;
    };

    static int64_t fc_now(void)
    {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    }

    /* Return whether others may sleep, or may have come to share the CPU of this thread: so much
     * time has passed since it asked, or since the answer was yes. */
    static int fc_may_share(int64_t wait, int64_t pause)
    {
        static __thread int64_t last, met;
        const int64_t before = last;
        last = fc_now();
    #if defined(__linux__) && defined(_OPENMP)
        if (last - before <= wait && last - met <= pause)
            return 0;
        met = last;
        return 1;
    #else
        (void)wait, (void)pause, (void)before, (void)met;
        return 0;
    #endif
    }

    /* Return the number of threads that run, which may be fewer than those asked for. */
    static int fc_team(void)
    {
    #ifdef _OPENMP
        return omp_get_num_threads();
    #else
        return 1;
    #endif
    }

    #if defined(__linux__)
    /* Take the CPU of this thread; return 0 if it is taken. */
    static int fc_take(struct fc_meeting *m)
    {
        const int cpu = sched_getcpu();
        if (cpu < 0 || cpu >= FC_MOST_CPUS)
            return 1;
        const uint64_t bit = UINT64_C(1) << cpu % 64;
        return !(__atomic_fetch_or(&m->taken[cpu / 64], bit, __ATOMIC_ACQ_REL) & bit);
    }

    /* Move this thread to a CPU that no other has taken. It may be moved on at any time. */
    static void fc_move(struct fc_meeting *m)
    {
        cpu_set_t all, free_ones;
        int count = 0;
        if (sched_getaffinity(0, sizeof all, &all))
            return;
        CPU_ZERO(&free_ones);
        for (int cpu = 0; cpu < CPU_SETSIZE && cpu < FC_MOST_CPUS; cpu++) {
            const uint64_t word = __atomic_load_n(&m->taken[cpu / 64], __ATOMIC_ACQUIRE);
            if (CPU_ISSET(cpu, &all) && !(word >> cpu % 64 & 1)) {
                CPU_SET(cpu, &free_ones);
                count++;
            }
        }
        if (count && !sched_setaffinity(0, sizeof free_ones, &free_ones)) {
            fc_take(m);
            sched_setaffinity(0, sizeof all, &all);
        }
    }

    static void fc_come(struct fc_meeting *m)
    {
        if (!fc_take(m))
            fc_move(m);
        __atomic_fetch_add(&m->come, 1, __ATOMIC_RELEASE);
    }

    /* Wait until all have come; those on this CPU run if it yields. */
    static void fc_wait_for(struct fc_meeting *m, int threads)
    {
        for (int i = 0; __atomic_load_n(&m->come, __ATOMIC_ACQUIRE) < threads; i++)
            if (i > 200)
                sched_yield();
    }
    #else
    static int fc_take(struct fc_meeting *m) { return m != 0; }
    static void fc_come(struct fc_meeting *m) { m->come++; }
    static void fc_wait_for(struct fc_meeting *m, int threads) { m->come = threads; }
    #endif
    """
    cdef struct Meeting "fc_meeting":
        pass
    bint may_share "fc_may_share"(int64_t wait, int64_t pause) noexcept nogil
    int team "fc_team"() noexcept nogil
    bint take "fc_take"(Meeting *m) noexcept nogil
    void come "fc_come"(Meeting *m) noexcept nogil
    void wait_for "fc_wait_for"(Meeting *m, int threads) noexcept nogil

cdef extern from "string.h" nogil:
    void *memset(void *to, int value, size_t size)

cdef enum:
    AWAKE = 100_000             # nanoseconds for which threads wait before they sleep
    PAUSE = 5_000_000           # nanoseconds after which threads that are awake meet again


def meet(int threads):
    """Have this number of threads on CPUs of their own, if they may share one.

    Parameters
    ----------
    threads : int
        Number of threads of the next loop, the calling one among them.

    Examples
    --------
    >>> from fastconv.loops.meeting import meet
    >>> meet(2)
    """
    cdef Meeting meeting
    if not may_share(AWAKE, PAUSE):
        return
    memset(&meeting, 0, sizeof(meeting))
    take(&meeting)
    with nogil, parallel(num_threads=threads):
        if threadid() == 0:
            wait_for(&meeting, team() - 1)
        else:
            come(&meeting)

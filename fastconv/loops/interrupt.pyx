# cython: freethreading_compatible=True
"""Stop a long call when a signal arrives, Ctrl-C above all.

Python runs the handlers of signals in its main thread only, between two of its instructions: a call
that stays in compiled code for a minute would not answer for a minute. So while an `Interruptible`
runs in the main thread, the loops over tiles ask `stopped` before each tile. Now and then, the
calling thread lets Python run the handlers. If one of them raises, as that of Ctrl-C does, all
threads skip the rest of their tiles, the call returns as usual, which releases its workspace, and
then the exception is raised. No handler is ever replaced.

    question   before each tile: a counter, or the flag of the other threads; about a nanosecond
    clock      once in about half a millisecond, which decides how far the counter counts
    signals    once in 20 ms. This takes the GIL, for which other threads of Python may let it wait;
               then it is done more rarely, so that waiting takes at most a twentieth of the time

Algorithms that call other libraries between their loops call `check` before each such call.
"""

import threading

from cpython.exc cimport PyErr_CheckSignals
from cpython.ref cimport Py_DECREF, Py_INCREF, PyObject
from libc.stdint cimport int64_t

cdef extern from *:
    """
    #include <pthread.h>
    #include <stdint.h>
    #include <time.h>

    static int64_t fc_nanoseconds(void)
    {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    }

    /* The call that is watched, and the thread that makes it: only that thread reads the call. */
    static void *fc_watched;
    static pthread_t fc_caller;

    static void *fc_own_call(void)
    {
        void *call = __atomic_load_n(&fc_watched, __ATOMIC_RELAXED);
        return call && pthread_equal(fc_caller, pthread_self()) ? call : NULL;
    }

    static void fc_set_call(void *call)
    {
        fc_caller = pthread_self();
        __atomic_store_n(&fc_watched, call, __ATOMIC_RELAXED);
    }

    static void fc_set_flag(int *flag) { __atomic_store_n(flag, 1, __ATOMIC_RELAXED); }
    """
    int64_t nanoseconds "fc_nanoseconds"() noexcept nogil
    void *own_call "fc_own_call"() noexcept nogil
    void set_call "fc_set_call"(void *call) noexcept nogil
    void set_flag "fc_set_flag"(int *flag) noexcept nogil

cdef enum:
    CLOCK = 500_000             # nanoseconds between two readings of the clock
    SIGNALS = 20_000_000        # nanoseconds between two looks for signals
    SELDOM = 150_000_000        # the most that waiting for the GIL extends this to
    PATIENCE = 20               # times the time that a look took
    MOST = 1 << 20              # most questions between two readings of the clock

cdef struct Call:
    Watch watch[2]              # of the calling thread, and of all others
    int step                    # questions between two readings of the clock
    int64_t read                # when the clock was read
    int64_t due                 # when to look for signals
    PyObject *raised            # what a handler raised
    void *outer                 # the call during which a handler made this one


cdef Watch *current() noexcept nogil:
    cdef Call *call = <Call *>own_call()
    return NULL if call is NULL else &call.watch[0]


cdef void _look(Watch *watch) noexcept nogil:
    """Read the clock, and run the handlers of signals if it is time."""
    cdef Call *call = <Call *>watch
    cdef int64_t now = nanoseconds(), passed = now - call.read
    if passed < CLOCK // 2:
        call.step = min(2 * call.step, <int>MOST)
    elif passed > 2 * CLOCK:
        call.step = max(1, <int>(call.step * <int64_t>CLOCK // passed))
    watch.left = call.step
    call.read = now
    if now >= call.due and call.raised is NULL:
        _run_handlers(call)
        call.read = nanoseconds()
        passed = call.read - now
        call.due = call.read + max(<int64_t>SIGNALS, min(PATIENCE * passed, <int64_t>SELDOM))


cdef void _run_handlers(Call *call) noexcept with gil:
    try:
        PyErr_CheckSignals()
    except BaseException as error:
        Py_INCREF(error)
        call.raised = <PyObject *>error
        set_flag(&call.watch[0].stop)
        set_flag(&call.watch[1].stop)


cdef object _taken(Call *call):
    """Return what a handler raised, or None; the call then no longer holds it."""
    cdef object error
    if call.raised is NULL:
        return None
    error = <object>call.raised
    call.raised = NULL
    Py_DECREF(error)
    return error


def check():
    """Raise what the handler of a signal raised during the call that this thread makes.

    Examples
    --------
    >>> from fastconv.loops import interrupt
    >>> interrupt.check()
    """
    cdef Call *call = <Call *>own_call()
    if call is not NULL:
        error = _taken(call)
        if error is not None:
            raise error


cdef class Interruptible:
    """A callable like `run` of an algorithm, which signals can end in the main thread.

    Parameters
    ----------
    run : callable
        ``run(arrays, prepared, out, threads)``, as an algorithm's `bind` returns it.
    """

    cdef object run

    def __init__(self, run):
        self.run = run

    def __call__(self, arrays, prepared, out, threads):
        cdef Call call
        cdef int i
        if threading.get_ident() != threading.main_thread().ident:
            return self.run(arrays, prepared, out, threads)
        for i in range(2):
            call.watch[i].stop = call.watch[i].left = 0
            call.watch[i].look = NULL
        call.watch[0].look = _look
        call.step, call.raised, call.outer = 1, NULL, own_call()
        call.read = nanoseconds()
        call.due = call.read + SIGNALS
        set_call(&call)
        try:
            self.run(arrays, prepared, out, threads)
        finally:
            set_call(call.outer)
            error = _taken(&call)
            if error is not None:
                raise error

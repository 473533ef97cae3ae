# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Spread a value over an image of bytes until nothing changes, from element to element.

Every element is looked at once, when it has changed: the cost goes with what changes, and not with
the number of iterations.
"""

from libc.stdint cimport uint8_t

from fastconv.loops.interrupt cimport Watch, current, stopped

cdef enum:
    OFTEN = 1 << 12     # elements between two questions for signals


def spread(uint8_t[::1] state, const Py_ssize_t[::1] offsets, Py_ssize_t[::1] stack,
           Py_ssize_t count):
    """Set every element to 2 that is 1 and can be reached from an element on the stack.

    Parameters
    ----------
    state : ndarray of uint8
        1 for elements that may change. Borders that are as wide as the offsets reach hold others.
    offsets : ndarray of intp
        From an element to those that change because of it.
    stack : ndarray of intp
        Elements that have changed. There is room for all that may change besides.
    count : int
        Number of elements on the stack.
    """
    cdef Py_ssize_t number = offsets.shape[0], done = 0, i, at, to
    cdef Watch *watch = current()
    with nogil:
        while count > 0:
            done += 1
            if done % OFTEN == 0 and stopped(watch):
                break
            count -= 1
            at = stack[count]
            for i in range(number):
                to = at + offsets[i]
                if state[to] == 1:
                    state[to] = 2
                    stack[count] = to
                    count += 1

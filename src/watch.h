/* The watch of a call: whether the call shall end early. See fastconv/loops/interrupt.pyx.
 *
 * A kernel whose task may take longer than some milliseconds asks between its parts:
 *
 *     if (fc_stopped(task->watch))
 *         return;
 *
 * What it leaves unwritten is never read, because the call ends with an exception.
 */
#ifndef FC_WATCH_H
#define FC_WATCH_H

struct fc_watch {
    int stop;
    int left;                             /* questions until `look` is called */
    void (*look)(struct fc_watch *watch); /* NULL: for threads other than the calling one */
    char apart[112]; /* keeps the two watches of a call out of neighbouring cache lines */
};

/* Return the watch that a thread asks. Thread 0 is the calling one; the others share the second. */
static inline struct fc_watch *fc_of_thread(struct fc_watch *watch, int thread)
{
    return watch && thread > 0 ? watch + 1 : watch;
}

/* Return whether to stop. Calls that are too short to be watched have no watch, that is NULL. */
static inline int fc_stopped(struct fc_watch *watch)
{
    if (!watch)
        return 0;
    if (watch->look && --watch->left < 0)
        watch->look(watch);
    return __atomic_load_n(&watch->stop, __ATOMIC_RELAXED);
}

#endif

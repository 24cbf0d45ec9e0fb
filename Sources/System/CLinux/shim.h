#pragma once
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/vfs.h>

/// Swift's Glibc module has no eventfd(2).
static inline int clinux_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/// getrandom(2), which Swift's Glibc module lacks: needs no file descriptor and no `/dev`. Waits, at boot, for the kernel to
/// have randomness.
static inline ssize_t clinux_getrandom(void *bytes, size_t count) {
    return getrandom(bytes, count, 0);
}

/// timerfd_create(2), which Swift's Glibc module lacks too: a timer that counts the time in which the machine sleeps.
static inline int clinux_timerfd(void) {
    return timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
}

/// timerfd_settime(2): once, so long from now; a time of zero disarms it.
static inline int clinux_timerfd_set(int descriptor, struct timespec after) {
    struct itimerspec time = {.it_value = after};
    return timerfd_settime(descriptor, 0, &time, 0);
}

/// prctl(2) is variadic, which Swift does not import. At most 15 bytes of the name are kept.
static inline void clinux_name_current_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

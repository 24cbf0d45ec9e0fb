#pragma once
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timex.h>
#include <sys/vfs.h>

/// Swift's Glibc module has no eventfd(2).
static inline int clinux_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/// prctl(2) is variadic, which Swift does not import. At most 15 bytes of the name are kept.
static inline void clinux_name_current_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

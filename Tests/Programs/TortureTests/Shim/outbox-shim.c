/*
 * Preloaded (LD_PRELOAD) into a program that keeps an outbox: sees every change of the outbox's files on its way to the
 * kernel. What it is to do stands in the environment:
 *
 *   OUTBOX_SHIM_FILE=PATH        the outbox; its -wal and -journal, its folder, and its spool in memory are watched too
 *   OUTBOX_SHIM_KILL=before:N    the process dies (SIGKILL) before its Nth change, or after:N after it
 *   OUTBOX_SHIM_FAIL=PATH        while there is a file, no change of the outbox's files succeeds: EIO, as from a dying card
 *   OUTBOX_SHIM_UNREADABLE=FIRST:COUNT  so many bytes of the outbox, from the FIRST on, cannot be read: EIO
 *   OUTBOX_SHIM_CLOCK=PATH       the kernel says that the clock is set while there is a file, and else that it is not
 *   OUTBOX_SHIM_RECORD=PATH      all changes are kept there, and what the program says on its standard output among them
 *
 * -shm is left alone: SQLite maps it, and makes it again after a crash. So it need not last.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum kind { CREATED = 1, WRITTEN, TRUNCATED, UNLINKED, SYNCED, SAID, RENAMED };
enum { NONE, MAIN, LOG, JOURNAL, FOLDER, SPOOL };

/* As the checker reads it: 24 bytes, little-endian, then `length` bytes. */
struct record {
    uint8_t kind, file;
    uint16_t reserved;
    uint32_t length;
    uint64_t offset, nanoseconds;
};

enum { MOST_DESCRIPTORS = 4096 };
static _Atomic unsigned char file_of[MOST_DESCRIPTORS];
static char outbox[4096], folder[4096];
static const char spools[] = "/dev/shm/strapline-";
static const char *failing;
static long unreadable_from = -1, unreadable_to = -1;
static int record_descriptor = -1;
static long kill_at = -1, kills_before = 0;
static atomic_long changes;
static pthread_mutex_t recording = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int named(const char *path) {
    size_t length = strlen(outbox);
    if (length == 0 || path == NULL) return NONE;
    /* A death of the process may come at it, a power cut takes it with all that is in it. */
    if (record_descriptor < 0 && strncmp(path, spools, strlen(spools)) == 0)
        return strcmp(path + strlen(path) - 4, "-shm") == 0 ? NONE : SPOOL;
    if (strcmp(path, folder) == 0) return FOLDER;
    if (strncmp(path, outbox, length) != 0) return NONE;
    if (path[length] == 0) return MAIN;
    if (strcmp(path + length, "-wal") == 0) return LOG;
    if (strcmp(path + length, "-journal") == 0) return JOURNAL;
    return NONE;
}

static int file_at(int descriptor) {
    return descriptor >= 0 && descriptor < MOST_DESCRIPTORS ? file_of[descriptor] : NONE;
}

static void keep(enum kind kind, int file, const void *bytes, size_t length, uint64_t offset) {
    if (record_descriptor < 0) return;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    struct record record = {kind, (uint8_t)file, 0, (uint32_t)length, offset,
                            (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec};
    pthread_mutex_lock(&recording);
    ssize_t kept = REAL(write)(record_descriptor, &record, sizeof record);
    if (length > 0) kept = REAL(write)(record_descriptor, bytes, length);
    pthread_mutex_unlock(&recording);
    if (kept < 0) abort(); /* half a recording would prove nothing */
}

/* Counts the change that comes, and ends the process in front of it; says whether it ends after it. */
static int is_last(void) {
    if (kill_at < 0) return 0;
    long number = atomic_fetch_add(&changes, 1) + 1;
    if (number == kill_at && kills_before) kill(getpid(), SIGKILL);
    return number == kill_at;
}

/* Whether the disk is broken at present. Memory is not. */
static int is_broken(int file) {
    if (failing == NULL || file == NONE || file == SPOOL || access(failing, F_OK) != 0) return 0;
    errno = EIO;
    return 1;
}

static void end_if(int last) {
    if (last) kill(getpid(), SIGKILL);
}

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("OUTBOX_SHIM_FILE");
    if (path == NULL) return;
    snprintf(outbox, sizeof outbox, "%s", path);
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL) *slash = 0;
    const char *kill = getenv("OUTBOX_SHIM_KILL");
    if (kill != NULL) {
        kills_before = strncmp(kill, "before:", 7) == 0;
        kill_at = atol(strchr(kill, ':') + 1);
    }
    failing = getenv("OUTBOX_SHIM_FAIL");
    const char *unreadable = getenv("OUTBOX_SHIM_UNREADABLE");
    if (unreadable != NULL) {
        unreadable_from = atol(unreadable);
        unreadable_to = unreadable_from + atol(strchr(unreadable, ':') + 1);
    }
    const char *record = getenv("OUTBOX_SHIM_RECORD");
    if (record != NULL) record_descriptor = REAL(open)(record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

int adjtimex(struct timex *clock) {
    const char *sign = getenv("OUTBOX_SHIM_CLOCK");
    int state = REAL(adjtimex)(clock);
    if (sign == NULL || state < 0) return state;
    clock->status &= ~STA_UNSYNC;
    if (access(sign, F_OK) != 0) clock->status |= STA_UNSYNC;
    return state;
}

static int open_with(const char *path, int flags, mode_t mode) {
    int file = named(path);
    struct stat status;
    if (flags & O_CREAT && is_broken(file)) return -1;
    int is_new = file != NONE && (flags & O_CREAT) && stat(path, &status) != 0;
    int last = is_new ? is_last() : 0;
    int descriptor = REAL(open)(path, flags, mode);
    if (descriptor >= 0 && descriptor < MOST_DESCRIPTORS) file_of[descriptor] = (unsigned char)file;
    if (descriptor >= 0 && is_new) keep(CREATED, file, NULL, 0, 0);
    if (descriptor >= 0 && file != NONE && (flags & O_TRUNC)) keep(TRUNCATED, file, NULL, 0, 0);
    end_if(last);
    return descriptor;
}

#define OPEN(name)                                     \
    int name(const char *path, int flags, ...) {       \
        va_list arguments;                             \
        va_start(arguments, flags);                    \
        mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0; \
        va_end(arguments);                             \
        return open_with(path, flags, mode);           \
    }
OPEN(open)
OPEN(open64)

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < MOST_DESCRIPTORS) file_of[descriptor] = NONE;
    return REAL(close)(descriptor);
}

static ssize_t write_at(int descriptor, const void *bytes, size_t length, off_t offset) {
    int file = file_at(descriptor);
    if (file == NONE) return REAL(pwrite)(descriptor, bytes, length, offset);
    if (is_broken(file)) return -1;
    int last = is_last();
    ssize_t written = REAL(pwrite)(descriptor, bytes, length, offset);
    if (written > 0) keep(WRITTEN, file, bytes, (size_t)written, (uint64_t)offset);
    end_if(last);
    return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    return write_at(descriptor, bytes, length, offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
    return write_at(descriptor, bytes, length, offset);
}

static ssize_t read_at(int descriptor, void *bytes, size_t length, off_t offset) {
    if (file_at(descriptor) == MAIN && offset < unreadable_to && (off_t)(offset + length) > unreadable_from) {
        errno = EIO;
        return -1;
    }
    return REAL(pread)(descriptor, bytes, length, offset);
}

ssize_t pread(int descriptor, void *bytes, size_t length, off_t offset) {
    return read_at(descriptor, bytes, length, offset);
}
ssize_t pread64(int descriptor, void *bytes, size_t length, off64_t offset) {
    return read_at(descriptor, bytes, length, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    if (file_at(descriptor) != NONE) abort(); /* it would have to be recorded with the descriptor's position */
    if (descriptor == STDOUT_FILENO) keep(SAID, NONE, bytes, length, 0);
    return REAL(write)(descriptor, bytes, length);
}

static int truncate_to(int descriptor, off_t length) {
    int file = file_at(descriptor);
    if (file == NONE) return REAL(ftruncate)(descriptor, length);
    if (is_broken(file)) return -1;
    int last = is_last();
    int result = REAL(ftruncate)(descriptor, length);
    if (result == 0) keep(TRUNCATED, file, NULL, 0, (uint64_t)length);
    end_if(last);
    return result;
}

int ftruncate(int descriptor, off_t length) { return truncate_to(descriptor, length); }
int ftruncate64(int descriptor, off64_t length) { return truncate_to(descriptor, length); }

#define SYNC(name)                                               \
    int name(int descriptor) {                                   \
        int file = file_at(descriptor);                          \
        if (is_broken(file)) return -1;                          \
        int last = file == NONE ? 0 : is_last();                 \
        int result = REAL(name)(descriptor);                     \
        if (file != NONE && result == 0) keep(SYNCED, file, NULL, 0, 0); \
        end_if(last);                                            \
        return result;                                           \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    int file = named(path);
    int last = file == NONE ? 0 : is_last();
    int result = REAL(unlink)(path);
    if (file != NONE && result == 0) keep(UNLINKED, file, NULL, 0, 0);
    end_if(last);
    return result;
}

int rename(const char *from, const char *to) {
    int file = named(from) != NONE ? named(from) : named(to);
    int last = file == NONE ? 0 : is_last();
    int result = REAL(rename)(from, to);
    if (file != NONE && result == 0) keep(RENAMED, file, NULL, 0, 0);
    end_if(last);
    return result;
}

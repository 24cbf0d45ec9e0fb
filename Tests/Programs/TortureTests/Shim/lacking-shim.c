/*
 * Preloaded (LD_PRELOAD) into a program that keeps a database: below one folder it makes the file system lack something, as
 * network file systems, FUSE and the shared folders of virtual machines do. The environment:
 *
 *   LACKING_SHIM_FOLDER=PATH     below it
 *   LACKING_SHIM_LACKS=mapping   mmap(MAP_SHARED) fails with ENODEV: 9p, FUSE with direct_io
 *   LACKING_SHIM_LACKS=locks     fcntl(F_SETLK) and flock() fail with ENOLCK: NFS without its lock daemon
 *   LACKING_SHIM_LACKS=sync      fsync() and fdatasync() fail with EINVAL
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

static int lacks(const char *what, int descriptor) {
    const char *lacking = getenv("LACKING_SHIM_LACKS"), *folder = getenv("LACKING_SHIM_FOLDER");
    char link[64], path[512];
    if (!lacking || !folder || strcmp(lacking, what) != 0 || descriptor < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static int fail(int code) {
    errno = code;
    return -1;
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    static void *(*real)(void *, size_t, int, int, int, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "mmap");
    if ((flags & MAP_SHARED) && lacks("mapping", descriptor)) {
        errno = ENODEV;
        return MAP_FAILED;
    }
    return real(address, length, protection, flags, descriptor, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    return mmap(address, length, protection, flags, descriptor, offset);
}

static int locking(int command) { return command == F_SETLK || command == F_SETLKW || command == F_GETLK; }

int fcntl(int descriptor, int command, ...) {
    static int (*real)(int, int, ...);
    if (!real) real = dlsym(RTLD_NEXT, "fcntl");
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (locking(command) && lacks("locks", descriptor)) return fail(ENOLCK);
    return real(descriptor, command, argument);
}

int fcntl64(int descriptor, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return fcntl(descriptor, command, argument);
}

int flock(int descriptor, int operation) {
    static int (*real)(int, int);
    if (!real) real = dlsym(RTLD_NEXT, "flock");
    return lacks("locks", descriptor) ? fail(ENOLCK) : real(descriptor, operation);
}

int fsync(int descriptor) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fsync");
    return lacks("sync", descriptor) ? fail(EINVAL) : real(descriptor);
}

int fdatasync(int descriptor) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
    return lacks("sync", descriptor) ? fail(EINVAL) : real(descriptor);
}

/* Stands between a program and the C library (LD_PRELOAD): writes down what reaches the files of
 * one folder, or lets the N-th call of one kind fail. Off until the harness asks. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { OPEN, READ, WRITE, SYNC, TRUNC, RENAME, LINK, UNLINK, MKDIR, LOCK, KINDS };

static char folder[4096];
static int log_fd = -1, target = -1, failure, when, lasting;
static int *counts; /* shared with the harness: calls of each kind, then how often one failed */

void anomaly_record(const char *path, int fd) {
    snprintf(folder, sizeof folder, "%s", path);
    log_fd = fd;
}

void anomaly_fail(const char *path, int *shared, int kind, int error, int nth, int from_there_on) {
    snprintf(folder, sizeof folder, "%s", path);
    counts = shared;
    target = kind;
    failure = error;
    when = nth;
    lasting = from_there_on;
}

static int ours(const char *path) {
    size_t length = strlen(folder);
    return length && path && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

static void whole(const char *path, char *out) { /* paths are absolute, or below the desk */
    if (path[0] == '/' || !getcwd(out, 2048)) {
        snprintf(out, 4096, "%s", path);
        return;
    }
    size_t length = strlen(out);
    snprintf(out + length, 4096 - length, "/%s", path);
}

static int named(int fd, char *out) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, out, 4095);
    if (length < 0) return 0;
    out[length] = 0;
    return 1;
}

static void whole_at(int dir, const char *path, char *out) { /* or below an open folder */
    char base[4096];
    if (dir == AT_FDCWD || path[0] == '/' || !named(dir, base)) {
        whole(path, out);
        return;
    }
    snprintf(out, 4096, "%s/%s", base, path);
}

static int fails(enum kind kind, const char *path) {
    if (!counts || !ours(path)) return 0;
    int count = __sync_add_and_fetch(&counts[kind], 1);
    if ((int)kind != target || !when) return 0;
    if (count == when || (lasting && count > when)) {
        __sync_add_and_fetch(&counts[KINDS], 1);
        errno = failure;
        return 1;
    }
    return 0;
}

static void put(const void *data, size_t length) {
    const char *at = data;
    while (length) {
        ssize_t done = syscall(SYS_write, log_fd, at, length);
        if (done <= 0) return;
        at += done;
        length -= done;
    }
}

static void note(char what, const char *path, const char *other, int64_t number, const void *data,
                 int64_t length) {
    if (log_fd < 0) return;
    int saved = errno;
    int64_t head[4] = {(int64_t)strlen(path), (int64_t)strlen(other), number, length};
    put(&what, 1);
    put(head, sizeof head);
    put(path, strlen(path));
    put(other, strlen(other));
    if (length) put(data, length);
    errno = saved;
}

static int opened(int dir, const char *path, int flags, mode_t mode, int (*call)(int, const char *, int, mode_t)) {
    char full[4096];
    if (!folder[0]) return call(dir, path, flags, mode);
    whole_at(dir, path, full);
    if (fails(OPEN, full)) return -1;
    int was = syscall(SYS_faccessat, AT_FDCWD, full, F_OK) == 0;
    int fd = call(dir, path, flags, mode);
    if (fd >= 0 && ours(full)) {
        if (!was && (flags & O_CREAT)) note('c', full, "", 0, 0, 0);
        if (was && (flags & O_TRUNC)) note('t', full, "", 0, 0, 0);
    }
    return fd;
}

static int by_openat(int dir, const char *path, int flags, mode_t mode) {
    return syscall(SYS_openat, dir, path, flags, mode);
}

#define OPENS(name, ...) \
    int name(__VA_ARGS__, ...)
#define MODE \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }
OPENS(open, const char *path, int flags) { MODE return opened(AT_FDCWD, path, flags, mode, by_openat); }
OPENS(open64, const char *path, int flags) { MODE return opened(AT_FDCWD, path, flags, mode, by_openat); }
OPENS(openat, int dir, const char *path, int flags) { MODE return opened(dir, path, flags, mode, by_openat); }
OPENS(openat64, int dir, const char *path, int flags) { MODE return opened(dir, path, flags, mode, by_openat); }

static ssize_t written(int fd, const void *data, size_t length, off_t at) {
    char path[4096];
    int known = folder[0] && named(fd, path);
    if (known && fails(WRITE, path)) return -1;
    if (known && at < 0 && ours(path)) {
        struct stat state;
        int append = fcntl(fd, F_GETFL) & O_APPEND;
        off_t place = append && !fstat(fd, &state) ? state.st_size : lseek(fd, 0, SEEK_CUR);
        ssize_t done = syscall(SYS_write, fd, data, length);
        if (done > 0) note('w', path, "", place, data, done);
        return done;
    }
    ssize_t done = at < 0 ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, at);
    if (known && done > 0) {
        if (ours(path)) note('w', path, "", at, data, done);
        else if (fd == 1 || fd == 2) note(fd == 1 ? 'o' : 'e', "", "", 0, data, done);
    }
    return done;
}

ssize_t write(int fd, const void *data, size_t length) { return written(fd, data, length, -1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return written(fd, data, length, at); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) { return written(fd, data, length, at); }

static int failing_read(int fd) {
    char path[4096];
    return counts && named(fd, path) && fails(READ, path);
}

ssize_t read(int fd, void *data, size_t length) {
    return failing_read(fd) ? -1 : syscall(SYS_read, fd, data, length);
}
ssize_t pread(int fd, void *data, size_t length, off_t at) {
    return failing_read(fd) ? -1 : syscall(SYS_pread64, fd, data, length, at);
}
ssize_t pread64(int fd, void *data, size_t length, off64_t at) {
    return failing_read(fd) ? -1 : syscall(SYS_pread64, fd, data, length, at);
}

static int synced(int fd, long call) {
    char path[4096];
    int known = folder[0] && named(fd, path);
    if (known && fails(SYNC, path)) return -1;
    int done = syscall(call, fd);
    if (known && !done && ours(path)) note('s', path, "", 0, 0, 0);
    return done;
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int cut(int fd, off_t size) {
    char path[4096];
    int known = folder[0] && named(fd, path);
    if (known && fails(TRUNC, path)) return -1;
    int done = syscall(SYS_ftruncate, fd, size);
    if (known && !done && ours(path)) note('t', path, "", size, 0, 0);
    return done;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

static int moved(char what, enum kind kind, const char *from, const char *to, long call) {
    char one[4096], two[4096];
    whole(from, one);
    whole(to, two);
    if (fails(kind, one)) return -1;
    int done = what == 'r' ? syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to)
                           : syscall(call, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (!done && ours(one)) note(what, one, two, 0, 0, 0);
    return done;
}

int rename(const char *from, const char *to) { return moved('r', RENAME, from, to, SYS_renameat); }
int renameat(int a, const char *from, int b, const char *to) { (void)a; (void)b; return rename(from, to); }
int link(const char *from, const char *to) { return moved('l', LINK, from, to, SYS_linkat); }
int linkat(int a, const char *from, int b, const char *to, int flags) { (void)a; (void)b; (void)flags; return link(from, to); }

static int gone(int dir, const char *path, int flags) {
    char full[4096];
    whole_at(dir, path, full);
    if (fails(UNLINK, full)) return -1;
    int done = syscall(SYS_unlinkat, dir, path, flags);
    if (!done && ours(full)) note('u', full, "", 0, 0, 0);
    return done;
}

int unlink(const char *path) { return gone(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return gone(AT_FDCWD, path, AT_REMOVEDIR); }
int unlinkat(int dir, const char *path, int flags) { return gone(dir, path, flags); }

static int made(const char *path, mode_t mode) {
    char full[4096];
    whole(path, full);
    if (fails(MKDIR, full)) return -1;
    int done = syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (!done && ours(full)) note('d', full, "", 0, 0, 0);
    return done;
}

int mkdir(const char *path, mode_t mode) { return made(path, mode); }

static int controlled(int fd, int command, void *argument) {
    char path[4096];
    int lock = command == F_SETLK || command == F_SETLKW;
    if (lock && counts && named(fd, path) && fails(LOCK, path)) return -1;
    return syscall(SYS_fcntl, fd, command, argument);
}

int fcntl(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return controlled(fd, command, argument);
}
int fcntl64(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return controlled(fd, command, argument);
}

/*
 * Makes file operations go wrong, one at a time or by chance. Preloaded into the real `lumen` by the tests (LD_PRELOAD, Linux with
 * glibc); what it does is said by its environment:
 *
 *   FAULTS_BELOW   a folder: only operations on what lies below it are counted and touched
 *   FAULTS_LOG     a file that gets a line for each operation: NUMBER NAME FAULT PATH, FAULT being "-" for none
 *   FAULTS_AT      the number of the operation that goes wrong, from 1; or
 *   FAULTS_FROM    the number of the first one from which on all go wrong to which that can happen,
 *   FAULTS_WITH    how: one of the names in `faults` below
 *   FAULTS_SEED    instead of those: draw what goes wrong, from this seed,
 *   FAULTS_RATE    so often: one operation in so many
 *   FAULTS_CLOCK   seconds that are added to the time of day
 *   FAULTS_COARSE  times of files are rounded down to so many seconds
 *
 * "vanish", "rename" and "grow" happen to the file just before the operation, which then goes ahead: somebody else works in the
 * same folder. With "kill" the process is gone at once, before the operation.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SHORT = -1, VANISH = -2, RENAME = -3, GROW = -4, KILL = -5 };

/* What an operation is, as far as faults are concerned. */
enum { OPENS = 1, READS = 2, WRITES = 4, LOOKS = 8, LISTS = 16, CHANGES = 32 };

static const struct fault {
    const char *name;
    int code;   /* an errno, or one of the above */
    int kinds;  /* operations that it can happen to */
} faults[] = {
    {"EIO", EIO, OPENS | READS | WRITES | LOOKS | LISTS | CHANGES},
    {"EINTR", EINTR, OPENS | READS | WRITES},
    {"EACCES", EACCES, OPENS | LOOKS | LISTS | CHANGES},
    {"EMFILE", EMFILE, OPENS},
    {"ENOSPC", ENOSPC, WRITES | CHANGES},
    {"EROFS", EROFS, WRITES | CHANGES},
    {"short", SHORT, READS | WRITES},
    {"vanish", VANISH, OPENS | LOOKS},
    {"rename", RENAME, OPENS | LOOKS},
    {"grow", GROW, OPENS | READS | LOOKS},
    {"kill", KILL, OPENS | READS | WRITES | LOOKS | LISTS | CHANGES},
};
enum { FAULTS = sizeof faults / sizeof *faults };

static struct {
    const char *below;
    int log;
    long at;
    long from;
    int with;
    uint64_t seed;
    long rate;
    long clock;
    long coarse;
} plan;

static atomic_long operations;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void) {
    const char *with = getenv("FAULTS_WITH"), *log = getenv("FAULTS_LOG");
    plan.below = getenv("FAULTS_BELOW");
    plan.log = log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    plan.at = number("FAULTS_AT");
    plan.from = number("FAULTS_FROM");
    plan.seed = (uint64_t)number("FAULTS_SEED");
    plan.rate = number("FAULTS_RATE");
    plan.clock = number("FAULTS_CLOCK");
    plan.coarse = number("FAULTS_COARSE");
    for (int i = 0; with && i < FAULTS; i++)
        if (!strcmp(faults[i].name, with)) plan.with = i;
}

/* The real function behind one of ours. */
#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* The path of an open file; empty if it has none. */
static void path_of(int file, char *path) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    path[length > 0 ? length : 0] = 0;
}

static void path_at(int folder, const char *name, char *path) {
    path[0] = 0;
    if (name && name[0] != '/' && folder >= 0) {
        path_of(folder, path);
        if (name[0]) strncat(path, "/", PATH_MAX - 1 - strlen(path));
    }
    strncat(path, name ? name : "", PATH_MAX - 1 - strlen(path));
}

static uint64_t mixed(uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

/* What goes wrong with operation `count` of a kind: a position in `faults`, or -1. */
static int chosen(long count, int kind) {
    int possible = faults[plan.with].kinds & kind;
    if (plan.at) return count == plan.at && possible ? plan.with : -1;
    if (plan.from) return count >= plan.from && possible ? plan.with : -1;
    if (!plan.rate) return -1;
    uint64_t draw = mixed(plan.seed * 1000003 + (uint64_t)count);
    if (draw % (uint64_t)plan.rate) return -1;
    int fault = (int)((draw >> 32) % FAULTS);
    return faults[fault].kinds & kind ? fault : -1;
}

/* Files that somebody else takes away or changes: nobody else works in a cache or a state, whose files do not change. */
static void meddle(int code, const char *path) {
    char other[PATH_MAX + 8];
    struct stat found;
    if (!strstr(path, "/src/") || syscall(SYS_newfstatat, AT_FDCWD, path, &found, 0) || !S_ISREG(found.st_mode)) return;
    snprintf(other, sizeof other, "%s.moved", path);
    if (code == VANISH) syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (code == RENAME) syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, other, 0);
    if (code == GROW) {
        int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND, 0);
        if (file >= 0 && syscall(SYS_write, file, "\nMore.\n", 7) < 0) errno = 0;
        if (file >= 0) syscall(SYS_close, file);
    }
}

/* Counts an operation and says what is to go wrong with it: 0, an errno, or SHORT. Keeps errno. */
static int fault(const char *name, int kind, const char *path) {
    if (!plan.below || strncmp(path, plan.below, strlen(plan.below))) return 0;
    int saved = errno, code = 0;
    long count = atomic_fetch_add(&operations, 1) + 1;
    int which = chosen(count, kind);
    if (which >= 0) code = faults[which].code;
    if (plan.log >= 0) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%ld %s %s %s\n", count, name, which < 0 ? "-" : faults[which].name, path);
        if (syscall(SYS_write, plan.log, line, (size_t)length) < 0) errno = saved;
    }
    if (code == KILL) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    if (code < SHORT) {
        meddle(code, path);
        code = 0;
    }
    errno = saved;
    return code;
}

static int fault_at(const char *name, int kind, int folder, const char *relative) {
    char path[PATH_MAX];
    path_at(folder, relative, path);
    return fault(name, kind, path);
}

static int fault_of(const char *name, int kind, int file) {
    char path[PATH_MAX];
    path_of(file, path);
    return fault(name, kind, path);
}

/* Fails as planned; SHORT is for those who can. */
#define FAIL_IF(code, result) \
    do { \
        int failure = (code); \
        if (failure > 0) { errno = failure; return result; } \
    } while (0)

static int opening(int flags) { return flags & O_CREAT ? OPENS | CHANGES : OPENS; }

static mode_t mode_of(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = mode_of(flags, rest); \
        va_end(rest); \
        FAIL_IF(fault_at("open", opening(flags), AT_FDCWD, path), -1); \
        return REAL(name)(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = mode_of(flags, rest); \
        va_end(rest); \
        FAIL_IF(fault_at("openat", opening(flags), folder, path), -1); \
        return REAL(name)(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

DIR *opendir(const char *path) {
    FAIL_IF(fault_at("opendir", OPENS | LISTS, AT_FDCWD, path), NULL);
    return REAL(opendir)(path);
}

DIR *fdopendir(int file) {
    FAIL_IF(fault_of("fdopendir", OPENS | LISTS, file), NULL);
    return REAL(fdopendir)(file);
}

#define READDIR(name, entry) \
    entry *name(DIR *folder) { \
        FAIL_IF(fault_of("readdir", LISTS, dirfd(folder)), NULL); \
        return REAL(name)(folder); \
    }
READDIR(readdir, struct dirent)
READDIR(readdir64, struct dirent64)

/* Folders of sources are read by the system call itself. All others pass, and so do those of this file. */
long syscall(long number, ...) {
    static long (*next)(long, ...);
    long given[6];
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 6; i++) given[i] = va_arg(rest, long);
    va_end(rest);
    if (!next) next = REAL(syscall);
    if (number == SYS_getdents64) FAIL_IF(fault_of("getdents", LISTS, (int)given[0]), -1);
    return next(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}

static size_t shorter(int code, size_t size) { return code == SHORT && size > 1 ? 1 + size / 3 : size; }

ssize_t read(int file, void *to, size_t size) {
    int code = fault_of("read", READS, file);
    FAIL_IF(code, -1);
    return REAL(read)(file, to, shorter(code, size));
}

ssize_t write(int file, const void *from, size_t size) {
    int code = fault_of("write", WRITES, file);
    FAIL_IF(code, -1);
    return REAL(write)(file, from, shorter(code, size));
}

#define POSITIONED(name, kind, pointer, offset) \
    ssize_t name(int file, pointer at, size_t size, offset start) { \
        int code = fault_of(#name, kind, file); \
        FAIL_IF(code, -1); \
        return REAL(name)(file, at, shorter(code, size), start); \
    }
POSITIONED(pread, READS, void *, off_t)
POSITIONED(pread64, READS, void *, off64_t)
POSITIONED(pwrite, WRITES, const void *, off_t)
POSITIONED(pwrite64, WRITES, const void *, off64_t)

ssize_t readv(int file, const struct iovec *parts, int count) {
    FAIL_IF(fault_of("readv", READS, file), -1);
    return REAL(readv)(file, parts, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    FAIL_IF(fault_of("writev", WRITES, file), -1);
    return REAL(writev)(file, parts, count);
}

ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *end, size_t size, unsigned flags) {
    int code = fault_of("copy_file_range", WRITES, to);
    FAIL_IF(code, -1);
    return REAL(copy_file_range)(from, start, to, end, shorter(code, size), flags);
}

#define ON_FILE(name, kind, declared, given) \
    int name declared { \
        FAIL_IF(fault_of(#name, kind, file), -1); \
        return REAL(name) given; \
    }
ON_FILE(fsync, WRITES, (int file), (file))
ON_FILE(fdatasync, WRITES, (int file), (file))
ON_FILE(ftruncate, CHANGES, (int file, off_t size), (file, size))
ON_FILE(ftruncate64, CHANGES, (int file, off64_t size), (file, size))
ON_FILE(fchmod, CHANGES, (int file, mode_t mode), (file, mode))

off64_t lseek64(int file, off64_t offset, int whence) {
    FAIL_IF(fault_of("lseek", LOOKS, file), -1);
    return REAL(lseek64)(file, offset, whence);
}

#define ON_PATH(name, kind, declared, given) \
    int name declared { \
        FAIL_IF(fault_at(#name, kind, AT_FDCWD, path), -1); \
        return REAL(name) given; \
    }
ON_PATH(rename, CHANGES, (const char *path, const char *to), (path, to))
ON_PATH(link, CHANGES, (const char *path, const char *to), (path, to))
ON_PATH(unlink, CHANGES, (const char *path), (path))
ON_PATH(rmdir, CHANGES, (const char *path), (path))
ON_PATH(mkdir, CHANGES, (const char *path, mode_t mode), (path, mode))
ON_PATH(chmod, CHANGES, (const char *path, mode_t mode), (path, mode))

int unlinkat(int folder, const char *path, int flags) {
    FAIL_IF(fault_at("unlinkat", CHANGES, folder, path), -1);
    return REAL(unlinkat)(folder, path, flags);
}

char *realpath(const char *path, char *resolved) {
    FAIL_IF(fault_at("realpath", LOOKS, AT_FDCWD, path), NULL);
    return REAL(realpath)(path, resolved);
}

ssize_t readlink(const char *path, char *to, size_t size) {
    FAIL_IF(fault_at("readlink", LOOKS, AT_FDCWD, path), -1);
    return REAL(readlink)(path, to, size);
}

static void round_time(struct timespec *time) {
    if (!plan.coarse) return;
    time->tv_sec -= time->tv_sec % plan.coarse;
    time->tv_nsec = 0;
}

#define STAT(name, structure, check, declared, given) \
    int name declared { \
        FAIL_IF(check, -1); \
        int result = REAL(name) given; \
        if (!result) { \
            round_time(&to->st_mtim); \
            round_time(&to->st_ctim); \
        } \
        return result; \
    }
#define LOOK(path) fault_at("stat", LOOKS, AT_FDCWD, path)
STAT(stat, struct stat, LOOK(path), (const char *path, struct stat *to), (path, to))
STAT(stat64, struct stat64, LOOK(path), (const char *path, struct stat64 *to), (path, to))
STAT(lstat, struct stat, LOOK(path), (const char *path, struct stat *to), (path, to))
STAT(lstat64, struct stat64, LOOK(path), (const char *path, struct stat64 *to), (path, to))
STAT(fstat, struct stat, fault_of("fstat", LOOKS, file), (int file, struct stat *to), (file, to))
STAT(fstat64, struct stat64, fault_of("fstat", LOOKS, file), (int file, struct stat64 *to), (file, to))
STAT(fstatat, struct stat, fault_at("stat", LOOKS, folder, path), (int folder, const char *path, struct stat *to, int flags), (folder, path, to, flags))
STAT(fstatat64, struct stat64, fault_at("stat", LOOKS, folder, path), (int folder, const char *path, struct stat64 *to, int flags), (folder, path, to, flags))

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *to) {
    FAIL_IF(fault_at("stat", LOOKS, folder, path), -1);
    int result = REAL(statx)(folder, path, flags, mask, to);
    if (!result && plan.coarse) {
        to->stx_mtime.tv_sec -= to->stx_mtime.tv_sec % plan.coarse;
        to->stx_ctime.tv_sec -= to->stx_ctime.tv_sec % plan.coarse;
        to->stx_mtime.tv_nsec = to->stx_ctime.tv_nsec = 0;
    }
    return result;
}

int clock_gettime(clockid_t clock, struct timespec *to) {
    int result = REAL(clock_gettime)(clock, to);
    if (!result && clock == CLOCK_REALTIME) to->tv_sec += plan.clock;
    return result;
}

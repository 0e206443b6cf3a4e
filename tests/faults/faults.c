/* Faults for a process and all that it starts: what is done to files below one folder is counted, and at the n-th
   call the processes are killed or the call fails.

   Preloaded (LD_PRELOAD). The orders lie in a file that all processes of a run map: `struct orders` here, `ORDERS` in
   staging.py. Environment FAULTS names it; a fork of a process that runs already calls `faults_attach`.
   What libraries call inside of the C library itself is not seen. */

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
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define LOG 262144
#define KILL -1
#define PAUSE -2 /* the n-th call that is hit waits until somebody sets `resume` to n */

struct orders {
    char under[1024];     /* the folder */
    char kinds[32];       /* which calls count, a letter each: see `step` */
    int64_t first, count; /* the n-th such call, from 1, and how many from there on; 0: none */
    int64_t error;        /* what they fail with, KILL or PAUSE */
    int64_t room;         /* how many bytes may be written; -1: as many as the disk takes */
    int64_t clock;        /* what time it is, in seconds; 0: as it is */
    int64_t shuffle;      /* folders list their entries in another order: 1 the last first, 2 and more by a hash */
    _Atomic int64_t calls, written, logged, hit, resume;
    char log[LOG]; /* the calls that counted: a letter and a path each */
};

static struct orders *orders;

#define REAL(type, name, ...)                                                                                          \
    static type (*real)(__VA_ARGS__);                                                                                  \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

void faults_attach(const char *path) {
    int fd = (int)openat(AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *found = mmap(NULL, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    orders = found == MAP_FAILED ? NULL : found;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS");
    if (path) faults_attach(path);
}

static int below(const char *path) {
    size_t length = strlen(orders->under);
    return length && !strncmp(path, orders->under, length) && (path[length] == '/' || !path[length]);
}

/* Whether a path lies below the folder; `full` gets it from the root. */
static int is_ours(int at, const char *path, char *full) {
    if (!orders || !orders->under[0]) return 0;
    int kept = errno;
    full[0] = 0;
    if (path[0] == '/') {
        snprintf(full, PATH_MAX, "%s", path);
    } else {
        char here[PATH_MAX] = "", link[64];
        if (at == AT_FDCWD) {
            if (!getcwd(here, sizeof here)) here[0] = 0;
        } else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", at);
            ssize_t size = readlink(link, here, sizeof here - 1);
            here[size > 0 ? size : 0] = 0;
        }
        strncat(here, "/", sizeof here - strlen(here) - 1);
        strncat(here, path, sizeof here - strlen(here) - 1);
        snprintf(full, PATH_MAX, "%s", here);
    }
    errno = kept;
    return below(full);
}

static int is_ours_fd(int fd, char *full) {
    if (!orders || !orders->under[0]) return 0;
    char link[64];
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, full, PATH_MAX - 1);
    errno = kept;
    if (size <= 0) return 0;
    full[size] = 0;
    return below(full);
}

/* Wait until the call that was hit as the `number`th may go on. */
static void wait_for(int64_t number) {
    for (int i = 0; i < 60000 && orders->resume < number; i++) usleep(500);
}

static void die(void) {
    kill(0, SIGKILL);
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Count a call; gives whether it fails now (`errno` is set). Letters: O open to read, C open to write, R read, W write,
   N rename or link, U unlink or rmdir, S sync, M mkdir, chmod, truncate. `half`: the call is a write of which half is
   to be done before `half_done` kills (KILL) or waits (the number of the hit). */
static int step(char kind, const char *path, int64_t *half) {
    if (half) *half = 0;
    if (strchr("CWM", kind) && orders->room >= 0 && orders->written >= orders->room && kind != 'W') {
        orders->hit++;
        errno = ENOSPC;
        return 1;
    }
    if (!strchr(orders->kinds, kind)) return 0;
    int64_t number = ++orders->calls;
    int64_t size = (int64_t)strlen(path) + 3, place = atomic_fetch_add(&orders->logged, size);
    if (place + size < LOG) {
        orders->log[place] = kind;
        orders->log[place + 1] = ' ';
        memcpy(orders->log + place + 2, path, size - 3);
        orders->log[place + size - 1] = '\n';
    }
    if (!orders->first || number < orders->first || number >= orders->first + orders->count) return 0;
    int64_t hit = ++orders->hit;
    if (orders->error == PAUSE) {
        if (half) *half = hit;
        else wait_for(hit);
        return 0;
    }
    if (orders->error == KILL) {
        if (!half) die();
        *half = KILL;
        return 0;
    }
    errno = (int)orders->error;
    return 1;
}

/* How many of `size` bytes are written: -1 none (errno is set). With `*half` half of them: see `half_done`. */
static ssize_t admit(int fd, size_t size, int64_t *half) {
    char full[PATH_MAX];
    if (half) *half = 0;
    if (!is_ours_fd(fd, full)) return (ssize_t)size;
    if (step('W', full, half)) return -1;
    if (half && *half) return (ssize_t)(size / 2);
    if (orders->room < 0) {
        orders->written += (int64_t)size;
        return (ssize_t)size;
    }
    int64_t left = orders->room - orders->written;
    if (left <= 0 && size) {
        orders->hit++;
        errno = ENOSPC;
        return -1;
    }
    size = (int64_t)size < left ? size : (size_t)left;
    orders->written += (int64_t)size;
    return (ssize_t)size;
}

static void half_done(int64_t half) {
    half == KILL ? die() : wait_for(half);
}

/* Write what `admit` lets: in two halves where something stands between them. `rest` writes `size` bytes from `from` on. */
#define WRITE(fd, size, call)                                                                                          \
    int64_t half;                                                                                                      \
    ssize_t some = admit(fd, size, &half), from = 0;                                                                   \
    if (some < 0) return -1;                                                                                           \
    ssize_t done = call;                                                                                               \
    if (half) half_done(half);                                                                                         \
    if (!half || done < some) return done;                                                                             \
    from = done, some = (ssize_t)(size)-done;                                                                          \
    ssize_t more = call;                                                                                               \
    return more < 0 ? done : done + more

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    WRITE(fd, size, real(fd, (const char *)data + from, (size_t)some));
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t place) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    WRITE(fd, size, real(fd, (const char *)data + from, (size_t)some, place + from));
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t place) { return pwrite(fd, data, size, place); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return admit(fd, count ? parts[0].iov_len : 0, NULL) < 0 ? -1 : real(fd, parts, count);
}

ssize_t sendfile(int out, int in, off_t *place, size_t size) {
    REAL(ssize_t, "sendfile", int, int, off_t *, size_t);
    if (size > 1 << 20) size = 1 << 20;
    WRITE(out, size, ((void)from, real(out, in, place, (size_t)some)));
}

ssize_t sendfile64(int out, int in, off_t *place, size_t size) { return sendfile(out, in, place, size); }

ssize_t copy_file_range(int in, off_t *start, int out, off_t *to, size_t size, unsigned flags) {
    REAL(ssize_t, "copy_file_range", int, off_t *, int, off_t *, size_t, unsigned);
    if (size > 1 << 20) size = 1 << 20;
    WRITE(out, size, ((void)from, real(in, start, out, to, (size_t)some, flags)));
}

static int fails(char kind, int at, const char *path) {
    char full[PATH_MAX];
    return path && is_ours(at, path, full) && step(kind, full, NULL);
}

static int fails_fd(char kind, int fd) {
    char full[PATH_MAX];
    return is_ours_fd(fd, full) && step(kind, full, NULL);
}

static char kind_of(int flags) { return (flags & O_ACCMODE) == O_RDONLY && !(flags & O_CREAT) ? 'O' : 'C'; }

#define MODE                                                                                                           \
    mode_t mode = 0;                                                                                                   \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                                               \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode = va_arg(more, mode_t);                                                                                   \
        va_end(more);                                                                                                  \
    }

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        REAL(int, #name, const char *, int, ...);                                                                      \
        MODE;                                                                                                          \
        if (fails(kind_of(flags), AT_FDCWD, path)) return -1;                                                          \
        return real(path, flags, mode);                                                                                \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                   \
    int name(int at, const char *path, int flags, ...) {                                                               \
        REAL(int, #name, int, const char *, int, ...);                                                                 \
        MODE;                                                                                                          \
        if (fails(kind_of(flags), at, path)) return -1;                                                                \
        return real(at, path, flags, mode);                                                                            \
    }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name)                                                                                                    \
    FILE *name(const char *path, const char *mode) {                                                                   \
        REAL(FILE *, #name, const char *, const char *);                                                               \
        if (fails(mode[0] == 'r' && !strchr(mode, '+') ? 'O' : 'C', AT_FDCWD, path)) return NULL;                      \
        return real(path, mode);                                                                                       \
    }
FOPEN(fopen)
FOPEN(fopen64)

ssize_t read(int fd, void *data, size_t size) {
    REAL(ssize_t, "read", int, void *, size_t);
    return fails_fd('R', fd) ? -1 : real(fd, data, size);
}

ssize_t pread(int fd, void *data, size_t size, off_t place) {
    REAL(ssize_t, "pread", int, void *, size_t, off_t);
    return fails_fd('R', fd) ? -1 : real(fd, data, size, place);
}

ssize_t pread64(int fd, void *data, size_t size, off_t place) { return pread(fd, data, size, place); }

ssize_t readv(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "readv", int, const struct iovec *, int);
    return fails_fd('R', fd) ? -1 : real(fd, parts, count);
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    return fails('N', AT_FDCWD, to) ? -1 : real(from, to);
}

int renameat(int at, const char *from, int there, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    return fails('N', there, to) ? -1 : real(at, from, there, to);
}

int renameat2(int at, const char *from, int there, const char *to, unsigned flags) {
    REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
    return fails('N', there, to) ? -1 : real(at, from, there, to, flags);
}

int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *);
    return fails('N', AT_FDCWD, to) ? -1 : real(from, to);
}

int linkat(int at, const char *from, int there, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    return fails('N', there, to) ? -1 : real(at, from, there, to, flags);
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    return fails('U', AT_FDCWD, path) ? -1 : real(path);
}

int unlinkat(int at, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    return fails('U', at, path) ? -1 : real(at, path, flags);
}

int rmdir(const char *path) {
    REAL(int, "rmdir", const char *);
    return fails('U', AT_FDCWD, path) ? -1 : real(path);
}

int fsync(int fd) {
    REAL(int, "fsync", int);
    return fails_fd('S', fd) ? -1 : real(fd);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    return fails_fd('S', fd) ? -1 : real(fd);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return fails('M', AT_FDCWD, path) ? -1 : real(path, mode);
}

int mkdirat(int at, const char *path, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    return fails('M', at, path) ? -1 : real(at, path, mode);
}

int chmod(const char *path, mode_t mode) {
    REAL(int, "chmod", const char *, mode_t);
    return fails('M', AT_FDCWD, path) ? -1 : real(path, mode);
}

int fchmodat(int at, const char *path, mode_t mode, int flags) {
    REAL(int, "fchmodat", int, const char *, mode_t, int);
    return fails('M', at, path) ? -1 : real(at, path, mode, flags);
}

int fchmod(int fd, mode_t mode) {
    REAL(int, "fchmod", int, mode_t);
    return fails_fd('M', fd) ? -1 : real(fd, mode);
}

int ftruncate(int fd, off_t size) {
    REAL(int, "ftruncate", int, off_t);
    return fails_fd('M', fd) ? -1 : real(fd, size);
}

int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

int fallocate(int fd, int mode, off_t place, off_t size) {
    REAL(int, "fallocate", int, int, off_t, off_t);
    return fails_fd('M', fd) ? -1 : real(fd, mode, place, size);
}

int fallocate64(int fd, int mode, off_t place, off_t size) { return fallocate(fd, mode, place, size); }

int clock_gettime(clockid_t which, struct timespec *now) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int done = real(which, now);
    if (!done && orders && orders->clock && which == CLOCK_REALTIME) now->tv_sec = (time_t)orders->clock;
    return done;
}

/* ---- folders in another order */

struct listing {
    DIR *dir;
    struct listing *next;
    int size, at;
    struct dirent entries[];
};

static struct listing *listings;
static _Atomic int listing_lock;

static uint64_t rank(const struct dirent *entry) {
    uint64_t sum = 1469598103934665603u + (uint64_t)orders->shuffle;
    for (const char *c = entry->d_name; *c; c++) sum = (sum ^ (uint64_t)(unsigned char)*c) * 1099511628211u;
    return sum ^ sum >> 29;
}

static int compare(const void *a, const void *b) {
    const struct dirent *one = a, *other = b;
    if (orders->shuffle == 1) return strcmp(other->d_name, one->d_name);
    return rank(one) < rank(other) ? -1 : rank(one) > rank(other);
}

static void lock(void) {
    while (atomic_exchange(&listing_lock, 1)) usleep(1);
}

struct dirent *readdir(DIR *dir) {
    REAL(struct dirent *, "readdir", DIR *);
    char full[PATH_MAX];
    if (!orders || !orders->shuffle || !is_ours_fd(dirfd(dir), full)) return real(dir);
    lock();
    struct listing *found = listings;
    while (found && found->dir != dir) found = found->next;
    if (!found) {
        int room = 64, size = 0;
        found = malloc(sizeof *found + room * sizeof(struct dirent));
        for (struct dirent *one; (one = real(dir)) != NULL; size++) {
            if (size == room) found = realloc(found, sizeof *found + (room *= 2) * sizeof(struct dirent));
            memset(&found->entries[size], 0, sizeof *one);
            memcpy(&found->entries[size], one, one->d_reclen < sizeof *one ? one->d_reclen : sizeof *one);
        }
        qsort(found->entries, size, sizeof(struct dirent), compare);
        found->dir = dir, found->size = size, found->at = 0;
        found->next = listings, listings = found;
        orders->hit++;
    }
    struct dirent *entry = found->at < found->size ? &found->entries[found->at++] : NULL;
    atomic_store(&listing_lock, 0);
    return entry;
}

struct dirent64 *readdir64(DIR *dir) { return (struct dirent64 *)readdir(dir); }

int closedir(DIR *dir) {
    REAL(int, "closedir", DIR *);
    lock();
    for (struct listing **place = &listings; *place; place = &(*place)->next)
        if ((*place)->dir == dir) {
            struct listing *gone = *place;
            *place = gone->next;
            free(gone);
            break;
        }
    atomic_store(&listing_lock, 0);
    return real(dir);
}

/* A file system that turned read-only, for one process: while the file $READ_ONLY_WHILE exists, nothing regular can be
 * written, by descriptors that were open before as little as by new ones. That is what the kernel does to a file system
 * whose disk fails; a test cannot ask it to, since it refuses to remount one with files open for writing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int is_read_only(void)
{
    const char *path = getenv("READ_ONLY_WHILE");
    int before = errno;
    int found = path && access(path, F_OK) == 0;
    errno = before;
    return found;
}

static int is_refused(int descriptor)
{
    struct stat about;
    /* What a test collects of stdout and stderr lies elsewhere. */
    return descriptor > 2 && is_read_only() && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
}

#define REFUSED(descriptor) if (is_refused(descriptor)) { errno = EROFS; return -1; }
#define NEXT(name) static __typeof__(name) *next; if (!next) next = dlsym(RTLD_NEXT, #name)

ssize_t write(int d, const void *from, size_t count) { NEXT(write); REFUSED(d); return next(d, from, count); }
ssize_t pwrite(int d, const void *from, size_t count, off_t at) { NEXT(pwrite); REFUSED(d); return next(d, from, count, at); }
ssize_t pwrite64(int d, const void *from, size_t count, off64_t at) { NEXT(pwrite64); REFUSED(d); return next(d, from, count, at); }
int ftruncate(int d, off_t size) { NEXT(ftruncate); REFUSED(d); return next(d, size); }
int ftruncate64(int d, off64_t size) { NEXT(ftruncate64); REFUSED(d); return next(d, size); }

static int is_for_writing(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)); }

#define OPENING(name) \
    int name(const char *path, int flags, ...) \
    { \
        NEXT(name); \
        struct stat about; \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        int is_special = stat(path, &about) == 0 && !S_ISREG(about.st_mode); \
        if (is_for_writing(flags) && !is_special && is_read_only()) { errno = EROFS; return -1; } \
        return next(path, flags, mode); \
    }
OPENING(open)
OPENING(open64)

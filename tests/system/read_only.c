/* A file system that turned read-only, or is full, for one process: while the file $READ_ONLY_WHILE exists, nothing
 * regular can be written, by descriptors that were open before as little as by new ones. That is what the kernel does to
 * a file system whose disk fails; a test cannot ask it to, since it refuses to remount one with files open for writing.
 * While the file $FULL_WHILE exists, no regular file can grow; what is there can be written over, and files be made. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int is_so(const char *switch_name)
{
    const char *path = getenv(switch_name);
    int before = errno;
    int found = path && access(path, F_OK) == 0;
    errno = before;
    return found;
}

static int is_read_only(void) { return is_so("READ_ONLY_WHILE"); }

/* What is wrong with writing up to the octet `end`; 0 when nothing is. */
static int fault(int descriptor, off64_t end)
{
    struct stat about;
    /* What a test collects of stdout and stderr lies elsewhere. */
    if (descriptor <= 2 || fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) return 0;
    if (is_read_only()) return EROFS;
    return end > about.st_size && is_so("FULL_WHILE") ? ENOSPC : 0;
}

#define REFUSED(descriptor, end) \
    int wrong = fault(descriptor, end); \
    if (wrong) { errno = wrong; return -1; }
#define NEXT(name) static __typeof__(name) *next; if (!next) next = dlsym(RTLD_NEXT, #name)

static off64_t behind(int descriptor, size_t count)
{
    int before = errno;
    off64_t at = lseek64(descriptor, 0, SEEK_CUR);
    errno = before;
    return (at < 0 ? 0 : at) + (off64_t)count;
}

ssize_t write(int d, const void *from, size_t count) { NEXT(write); REFUSED(d, behind(d, count)); return next(d, from, count); }
ssize_t pwrite(int d, const void *from, size_t count, off_t at) { NEXT(pwrite); REFUSED(d, at + (off64_t)count); return next(d, from, count, at); }
ssize_t pwrite64(int d, const void *from, size_t count, off64_t at) { NEXT(pwrite64); REFUSED(d, at + (off64_t)count); return next(d, from, count, at); }
int ftruncate(int d, off_t size) { NEXT(ftruncate); REFUSED(d, 0); return next(d, size); }
int ftruncate64(int d, off64_t size) { NEXT(ftruncate64); REFUSED(d, 0); return next(d, size); }

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

/*
 * Stands in for the Xen libraries, preloaded into xenstored, so that the real daemon runs on a machine without Xen.
 * Everything is in $XENSTORED_RUNDIR: a domain N exists while the file domain-N does (its content is the flags word of
 * xc_dominfo_t, 4 = shut down), and a port number written to the FIFO "events" is an event; 4000 is VIRQ_DOM_EXC.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define VIRQ_PORT 4000

static char handle;
static int event_fd = -1;
static int next_port = 1;

static const char *in_rundir(char *out, size_t size, const char *name)
{
    snprintf(out, size, "%s/%s", getenv("XENSTORED_RUNDIR"), name);
    return out;
}

static int domain_exists(uint32_t domid, unsigned *flags)
{
    char name[32], path[4096];
    FILE *file;

    *flags = 0;
    if (domid == 0)
        return 1;
    snprintf(name, sizeof(name), "domain-%u", domid);
    file = fopen(in_rundir(path, sizeof(path), name), "r");
    if (!file)
        return 0;
    if (fscanf(file, "%u", flags) != 1)
        *flags = 0;
    fclose(file);
    return 1;
}

void *xc_interface_open(void *logger, void *dombuild, unsigned flags)
{
    (void)logger, (void)dombuild, (void)flags;
    return &handle;
}

int xc_interface_close(void *xch)
{
    (void)xch;
    return 0;
}

int xc_domain_getinfo(void *xch, uint32_t domid, unsigned max, uint32_t *info)
{
    unsigned flags;

    (void)xch, (void)max;
    if (!domain_exists(domid, &flags)) {
        errno = ESRCH;
        return 0;
    }
    info[0] = domid;
    info[1] = 0;
    info[2] = flags;
    info[3] = 0;
    return 1;
}

void *xenevtchn_open(void *logger, unsigned flags)
{
    char path[4096];

    (void)logger, (void)flags;
    event_fd = open(in_rundir(path, sizeof(path), "events"), O_RDWR | O_NONBLOCK);
    return event_fd < 0 ? NULL : &handle;
}

void *xenevtchn_fdopen(void *logger, int fd, unsigned flags)
{
    (void)logger, (void)flags;
    event_fd = fd;
    return &handle;
}

int xenevtchn_fd(void *xce)
{
    (void)xce;
    return event_fd;
}

int xenevtchn_bind_interdomain(void *xce, uint32_t domid, uint32_t port)
{
    (void)xce, (void)domid, (void)port;
    return next_port++;
}

int xenevtchn_bind_virq(void *xce, unsigned virq)
{
    (void)xce, (void)virq;
    return VIRQ_PORT;
}

int xenevtchn_notify(void *xce, uint32_t port)
{
    (void)xce, (void)port;
    return 0;
}

int xenevtchn_unbind(void *xce, uint32_t port)
{
    (void)xce, (void)port;
    return 0;
}

int xenevtchn_unmask(void *xce, uint32_t port)
{
    (void)xce, (void)port;
    return 0;
}

int xenevtchn_pending(void *xce)
{
    uint32_t port;

    (void)xce;
    return read(event_fd, &port, sizeof(port)) == sizeof(port) ? (int)port : -1;
}

void *xengnttab_open(void *logger, unsigned flags)
{
    (void)logger, (void)flags;
    return &handle;
}

int xengnttab_close(void *xgt)
{
    (void)xgt;
    return 0;
}

int xengnttab_set_max_grants(void *xgt, uint32_t count)
{
    (void)xgt, (void)count;
    return 0;
}

void *xengnttab_map_grant_ref(void *xgt, uint32_t domid, uint32_t ref, int prot)
{
    unsigned flags;

    (void)xgt, (void)ref, (void)prot;
    if (!domain_exists(domid, &flags)) {
        errno = EINVAL;
        return NULL;
    }
    return calloc(1, 4096);
}

int xengnttab_unmap(void *xgt, void *page, uint32_t count)
{
    (void)xgt, (void)count;
    free(page);
    return 0;
}

static int open_elsewhere(const char *path, int flags, mode_t mode)
{
    char other[4096];
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");

    if (!strncmp(path, "/proc/xen/xsd_", 14))
        path = in_rundir(other, sizeof(other), path + 10);
    return real(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = va_arg(args, mode_t);
    va_end(args);
    return open_elsewhere(path, flags, mode);
}

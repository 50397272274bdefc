/* What the server and every client write of a request: id, number of events, a first time and the time of each event,
 * in nanoseconds of one monotonic clock (little-endian: u32, u32, i64, i64 * events). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct exchange {
  uint32_t id, count;
  int64_t start;
  int64_t *at;
};

static FILE *journal;

static void journal_open(const char *path) {
  journal = fopen(path, "wb");
  if (!journal) { perror(path); exit(1); }
  setvbuf(journal, NULL, _IOFBF, 1 << 20);
}

static void journal_write(const struct exchange *e) {
  fwrite(&e->id, 4, 1, journal);
  fwrite(&e->count, 4, 1, journal);
  fwrite(&e->start, 8, 1, journal);
  fwrite(e->at, 8, e->count, journal);
}

static int64_t clock_ns(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

/* Wall clock minus monotonic clock: of many readings the closest pair tells best. */
static int64_t wall_offset(void) {
  int64_t closest = INT64_MAX, offset = 0;
  for (int i = 0; i < 200; i++) {
    int64_t a = now_ns(), wall = clock_ns(CLOCK_REALTIME), b = now_ns();
    if (b - a < closest) { closest = b - a; offset = wall - (a + b) / 2; }
  }
  return offset;
}

/* Reads a socket; *stamp becomes the kernel's time of arrival on the wall clock, or 0. */
static ssize_t receive(int fd, char *buffer, size_t size, int64_t *stamp) {
  char control[128];
  struct iovec part = { buffer, size };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
  ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT);
  *stamp = 0;
  if (n > 0) {
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
      struct timespec t;
      memcpy(&t, CMSG_DATA(c), sizeof t);
      *stamp = t.tv_sec * 1000000000LL + t.tv_nsec;
    }
  }
  return n;
}

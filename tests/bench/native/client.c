/* The floor: the same loop in C (epoll, recvmsg with the kernel's stamp, a search for the event mark; no JSON), closed
 * loop, starts spread over 0.97 s (no multiple of the gap, so that streams do not fall in step).
 *
 *   client JOURNAL PORT STREAMS SECONDS WARMUP_SECONDS
 *
 * Prints the events, the requests, and the CPU microseconds after the warm-up. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include "journal.h"

#define MOST_EVENTS 4096

struct conn {
  int fd, busy;
  struct exchange e;
};

static const char request[] = "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
  "content-length: 15\r\n\r\n{\"stream\":true}";

static double cpu_us(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

int main(int argc, char **argv) {
  if (argc < 6) return 1;
  journal_open(argv[1]);
  int port = atoi(argv[2]), streams = atoi(argv[3]), one = 1;
  int64_t start = now_ns(), end = start + atof(argv[4]) * 1e9, warm = start + atof(argv[5]) * 1e9;
  struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port) };
  struct conn *all = calloc(streams, sizeof *all);
  int ep = epoll_create1(0), begun = 0;
  int64_t offset = wall_offset(), taken = start;
  uint64_t events = 0, requests = 0;
  double warm_cpu = -1;
  struct epoll_event got[256];
  static char in[65537];
  for (;;) {
    int64_t now = now_ns();
    if (now >= end) break;
    if (now - taken > 1000000000) { offset = wall_offset(); taken = now; }
    if (warm_cpu < 0 && now >= warm) { warm_cpu = cpu_us(); events = requests = 0; }
    while (begun < streams && now >= start + (int64_t)(9.717e8 * begun / streams)) {
      struct conn *c = &all[begun++];
      c->fd = socket(AF_INET, SOCK_STREAM, 0);
      if (connect(c->fd, (void *)&a, sizeof a)) { perror("connect"); return 1; }
      setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      setsockopt(c->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
      c->e.at = malloc(8 * MOST_EVENTS);
      struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
      epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
      c->e.start = now_ns();
      send(c->fd, request, sizeof request - 1, MSG_NOSIGNAL);
    }
    int n = epoll_wait(ep, got, 256, 1);
    for (int i = 0; i < n; i++) {
      struct conn *c = got[i].data.ptr;
      int64_t stamp;
      ssize_t length = receive(c->fd, in, sizeof in - 1, &stamp);
      if (length <= 0) { fprintf(stderr, "the server closed\n"); return 1; }
      in[length] = 0;
      int64_t at = stamp ? stamp - offset : now_ns();
      char *from = in;
      for (char *mark; (mark = memmem(from, in + length - from, "data: ", 6)); from = mark + 6) {
        if (mark[6] == '[') {
          journal_write(&c->e);
          requests++;
          c->e.count = 0;
          c->e.start = now_ns();
          send(c->fd, request, sizeof request - 1, MSG_NOSIGNAL);
          continue;
        }
        if (c->e.count == 0) c->e.id = atoi(strstr(mark, "\"r") + 2);
        if (c->e.count < MOST_EVENTS) c->e.at[c->e.count++] = at;
        events++;
      }
    }
  }
  printf("%lu %lu %.0f\n", events, requests, cpu_us() - warm_cpu);
  fclose(journal);
  return 0;
}

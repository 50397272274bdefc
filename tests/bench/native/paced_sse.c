/* The truth: streams events at absolute deadlines counted from the arrival of the request's last byte (the kernel's
 * stamp), and notes when it sent them.
 *
 *   paced_sse JOURNAL FIRST_MS GAP_MS EVENTS [CERTIFICATE KEY]
 *
 * With a certificate and its key (PEM files; compiled with -DTLS and OpenSSL) it speaks TLS.
 * Prints its port. Ends at the end of standard input; prints how late it was then: p50, p99, max in ms.
 * GAP_MS 0 sends the whole answer at once. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/ssl.h>
#endif
#include "journal.h"

#define MOST 8192

struct conn {
  int fd, filled, place;
  int64_t due;
  struct exchange e;
  char in[16384];
#ifdef TLS
  SSL *ssl;
  BIO *from, *to;
#endif
};

static struct conn *conns[MOST], *heap[MOST];
static int size;
static int64_t *late, lates, room;
static uint32_t next_id;

static void put(int i, struct conn *c) { heap[i] = c; c->place = i; }

static void sift(int i) {
  struct conn *c = heap[i];
  for (; i > 0 && heap[(i - 1) / 2]->due > c->due; i = (i - 1) / 2) put(i, heap[(i - 1) / 2]);
  for (int k; (k = 2 * i + 1) < size; i = k) {
    if (k + 1 < size && heap[k + 1]->due < heap[k]->due) k++;
    if (heap[k]->due >= c->due) break;
    put(i, heap[k]);
  }
  put(i, c);
}

static void unqueue(struct conn *c) {
  int i = c->place;
  if (i < 0) return;
  c->place = -1;
  if (i != --size) { put(i, heap[size]); sift(i); }
}

#ifdef TLS
static SSL_CTX *tls;
#endif

/* Returns the time just before the bytes are handed to the system. Without a text: what TLS has to say of its own. */
static int64_t out(struct conn *c, const char *text, int length) {
#ifdef TLS
  static char sealed[1 << 20];
  if (c->ssl) {
    if (text) SSL_write(c->ssl, text, length);
    length = BIO_read(c->to, sealed, sizeof sealed);
    text = sealed;
  }
#endif
  int64_t at = now_ns();
  if (length > 0 && send(c->fd, text, length, MSG_NOSIGNAL) != length) shutdown(c->fd, SHUT_RDWR);
  return at;
}

/* Reads text. Returns its length, 0 at the end, -1 when there is none yet; *stamp is as in `receive`. */
static ssize_t in(struct conn *c, char *buffer, size_t size, int64_t *stamp) {
#ifdef TLS
  static char sealed[65536];
  if (c->ssl) {
    ssize_t n = receive(c->fd, sealed, sizeof sealed, stamp);
    if (n <= 0) return n < 0 && errno == EAGAIN ? -1 : 0;
    BIO_write(c->from, sealed, n);
    n = SSL_read(c->ssl, buffer, size);
    out(c, NULL, 0);
    if (n > 0) return n;
    return SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ ? -1 : 0;
  }
#endif
  ssize_t n = receive(c->fd, buffer, size, stamp);
  return n < 0 && errno == EAGAIN ? -1 : n < 0 ? 0 : n;
}

static int event_text(char *to, uint32_t id) {
  char body[256];
  int n = sprintf(body, "data: {\"id\":\"r%u\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m\","
    "\"choices\":[{\"index\":0,\"delta\":{\"content\":\" token\"},\"finish_reason\":null}]}\n\n", id);
  return sprintf(to, "%x\r\n%s\r\n", n, body);
}

static const char tail[] = "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";
static const char head[] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

static void note(int64_t ns) {
  if (lates == room) late = realloc(late, 8 * (room = room ? room * 2 : 65536));
  late[lates++] = ns;
}

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static void drop(struct conn *c) {
  unqueue(c);
  conns[c->fd] = NULL;
  close(c->fd);
#ifdef TLS
  SSL_free(c->ssl);
#endif
  free(c->e.at);
  free(c);
}

int main(int argc, char **argv) {
  if (argc < 5) return 1;
  journal_open(argv[1]);
  int64_t first = atof(argv[2]) * 1e6, gap = atof(argv[3]) * 1e6;
  uint32_t events = atoi(argv[4]);
  if (argc > 6) {
#ifdef TLS
    tls = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(tls, argv[5]) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, argv[6], SSL_FILETYPE_PEM) != 1) { fprintf(stderr, "no certificate\n"); return 1; }
#else
    fprintf(stderr, "compiled without TLS\n");
    return 1;
#endif
  }
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  socklen_t al = sizeof a;
  if (bind(listener, (void *)&a, al) || listen(listener, 4096)) { perror("listen"); return 1; }
  getsockname(listener, (void *)&a, &al);
  printf("%d\n", ntohs(a.sin_port));
  fflush(stdout);
  int ep = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct epoll_event ev = { .events = EPOLLIN, .data.fd = listener }, got[256];
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &ev);
  ev.data.fd = timer;
  epoll_ctl(ep, EPOLL_CTL_ADD, timer, &ev);
  ev.data.fd = 0;
  epoll_ctl(ep, EPOLL_CTL_ADD, 0, &ev);
  int64_t offset = wall_offset();
  char text[512];
  char *whole = malloc(events * 512 + 1024);
  for (int open = 1; open;) {
    struct itimerspec t = { 0 };
    if (size) {
      t.it_value.tv_sec = heap[0]->due / 1000000000;
      t.it_value.tv_nsec = heap[0]->due % 1000000000;
    }
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &t, NULL);
    int n = epoll_wait(ep, got, 256, -1);
    while (size && heap[0]->due <= now_ns()) {
      struct conn *c = heap[0];
      int length = event_text(text, c->e.id);
      int64_t at = out(c, text, length);
      note(at - c->due);
      c->e.at[c->e.count++] = at;
      if (c->e.count < events) { c->due += gap; sift(0); }
      else {
        unqueue(c);
        out(c, tail, sizeof tail - 1);
        journal_write(&c->e);
      }
    }
    for (int i = 0; i < n; i++) {
      int fd = got[i].data.fd;
      if (fd == timer) continue;
      if (fd == 0) {
        if (read(0, text, sizeof text) <= 0) open = 0;
        continue;
      }
      if (fd == listener) {
        for (int f; (f = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
          if (f >= MOST) { close(f); continue; }
          setsockopt(f, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          setsockopt(f, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
          struct conn *c = calloc(1, sizeof *c);
          c->fd = f;
          c->place = -1;
          c->e.at = malloc(8 * events);
          conns[f] = c;
#ifdef TLS
          if (tls) {
            c->ssl = SSL_new(tls);
            SSL_set_bio(c->ssl, c->from = BIO_new(BIO_s_mem()), c->to = BIO_new(BIO_s_mem()));
            SSL_set_accept_state(c->ssl);
          }
#endif
          ev = (struct epoll_event){ .events = EPOLLIN, .data.fd = f };
          epoll_ctl(ep, EPOLL_CTL_ADD, f, &ev);
        }
        continue;
      }
      struct conn *c = conns[fd];
      if (!c) continue;
      int64_t stamp;
      ssize_t got_bytes = in(c, c->in + c->filled, sizeof c->in - 1 - c->filled, &stamp);
      if (got_bytes < 0) continue;
      if (got_bytes == 0) { drop(c); continue; }
      c->filled += got_bytes;
      c->in[c->filled] = 0;
      char *end = strstr(c->in, "\r\n\r\n"), *length = strcasestr(c->in, "content-length:");
      if (!end || end + 4 + (length && length < end ? atoi(length + 15) : 0) > c->in + c->filled) continue;
      c->filled = 0;
      c->e.id = next_id++;
      c->e.count = 0;
      c->e.start = stamp ? stamp - offset : now_ns();
      if (gap == 0) {
        int done = sprintf(whole, "%s", head), each = event_text(text, c->e.id);
        for (uint32_t k = 0; k < events; k++, done += each) memcpy(whole + done, text, each);
        done += sprintf(whole + done, "%s", tail);
        out(c, whole, done);
        continue;
      }
      out(c, head, sizeof head - 1);
      c->due = c->e.start + first;
      put(size, c);
      sift(size++);
    }
  }
  fclose(journal);
  qsort(late, lates, 8, by_size);
  if (lates) printf("%.4f %.4f %.4f\n", late[lates / 2] / 1e6, late[lates * 99 / 100] / 1e6, late[lates - 1] / 1e6);
  return 0;
}

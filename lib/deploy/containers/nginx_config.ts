/** nginx in front of copies of a server: to the copy with the fewest requests under way, token by token, for as long as it takes. */

/** nginx's own image; the stable branch. */
export const nginxImage = "docker.io/library/nginx:1.28.0-alpine";

/** As long as the longest answer may take. */
const patience = "1h";

/**
 * The text of `nginx.conf`. A request is sent to one copy and never again to another: a failure is to be seen, not hidden.
 *
 * @param listen where it listens, `127.0.0.1:8080`
 * @param copies where the copies are
 */
export function nginxConfig(listen: string, copies: readonly string[]): string {
  return `worker_processes auto;
worker_rlimit_nofile 65536;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;

events {
  worker_connections 16384;
  multi_accept on;
}

http {
  access_log off;
  server_tokens off;
  tcp_nodelay on;
  keepalive_timeout ${patience};
  keepalive_requests 1000000;
  client_max_body_size 256m;
  client_body_buffer_size 16m;

  upstream copies {
    # Without the zone, each worker process would count only its own requests.
    zone copies 256k;
    least_conn;
${copies.map((address) => `    server ${address} max_fails=0;`).join("\n")}
    keepalive 1024;
    # Servers made with uvicorn or cpp-httplib close after 5 s of silence: a request on its way then would be lost.
    keepalive_timeout 3s;
    keepalive_requests 1000000;
  }

  server {
    listen ${listen} backlog=4096;

    location / {
      proxy_pass http://copies;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_buffering off;
      proxy_cache off;
      proxy_request_buffering off;
      proxy_next_upstream off;
      proxy_connect_timeout 10s;
      proxy_send_timeout ${patience};
      proxy_read_timeout ${patience};
    }
  }
}
`;
}

/** What a child process is given of the environment whatever it does. */

/** Variables that the runtime itself needs to start, to find its cache and to trust certificates. None holds a secret. */
export const runtimeVariables: readonly string[] = [
  "PATH",
  "HOME",
  "DENO_DIR",
  "XDG_CACHE_HOME",
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "LD_LIBRARY_PATH",
  "SystemRoot",
  "LOCALAPPDATA",
  "USERPROFILE",
];

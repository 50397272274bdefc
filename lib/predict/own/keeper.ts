/**
 * The program between a module's process and its parent: hands on what the parent says, and ends the process as soon as the parent
 * falls silent, also one that never gives way and so can't notice it. What the process says goes to the parent directly.
 *
 * Arguments: the program to run, and its own.
 */

const [program = "", ...args] = Deno.args;
const child = new Deno.Command(program, { args, stdin: "piped", stdout: "inherit", stderr: "inherit" })
  .spawn();
const writer = child.stdin.getWriter();

/** A terminal's Ctrl-C reaches the whole group; what it means is the parent's business. */
Deno.addSignalListener("SIGINT", () => {});
if (Deno.build.os !== "windows") Deno.addSignalListener("SIGHUP", () => {});

(async () => {
  for await (const part of Deno.stdin.readable) {
    // Not waited for: a process that takes nothing more is to be ended, too.
    writer.write(part).catch(() => {});
  }
  child.kill("SIGKILL");
})().catch(() => {});

Deno.exit((await child.status).code);

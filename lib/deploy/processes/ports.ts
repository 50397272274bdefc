/** Ports of this machine: free ones, and who has one that is not. */

/** As many ports as asked for that nobody listens on now, all different. */
export function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  try {
    return listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  } finally {
    for (const listener of listeners) listener.close();
  }
}

/** Whether somebody listens on a port of the loopback interface. */
export function isTaken(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return true;
    throw error;
  }
}

/** Who listens on a port, as `llama-server (process 123)`; null where the system does not tell, or not this user. */
export async function listenerOn(port: number): Promise<string | null> {
  const inodes = new Set((await Promise.all(["tcp", "tcp6"].map((table) => socketsOn(port, table)))).flat());
  if (inodes.size === 0) return null;
  for await (const { name: pid } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    for (const inode of await socketsOf(pid)) {
      if (inodes.has(inode)) return `${await nameOf(pid)} (process ${pid})`;
    }
  }
  return null;
}

/** Inodes of the sockets that listen on a port, by the kernel's table. */
async function socketsOn(port: number, table: string): Promise<string[]> {
  const text = await Deno.readTextFile(`/proc/net/${table}`).catch(() => "");
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const listens = fields[1]?.endsWith(ending) && fields[3] === "0A";
    return listens && fields[9] !== undefined ? [fields[9]] : [];
  });
}

async function socketsOf(pid: string): Promise<string[]> {
  const inodes: string[] = [];
  try {
    for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
      const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined) inodes.push(inode);
    }
  } catch {
    // It is gone, or another user's.
  }
  return inodes;
}

async function nameOf(pid: string): Promise<string> {
  return (await Deno.readTextFile(`/proc/${pid}/comm`).catch(() => "a process")).trim();
}

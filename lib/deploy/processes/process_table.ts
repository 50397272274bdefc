/**
 * The processes of this machine: who belongs to whom, since when, and how they are marked. A program of its own, too: `/proc` is for
 * those only who are allowed everything, and `fmbench cleanup` is not, but for starting programs.
 */

/** The variable of the environment that marks what a run started. */
export const markVariable = "FMBENCH_PROCESS";

/** A process. One that is dead and not yet collected is none. */
export interface ProcessEntry {
  readonly pid: number;
  /** The session that it belongs to, by its leader's id; where the system does not tell, its group. */
  readonly session: number;
  /** When it started, as only this process of this boot can say it; the same id later on has another one. */
  readonly started: string;
  /** The variable that marks it; null: it has none, or the system does not tell. */
  readonly mark: string | null;
}

/** Whether the system tells what processes were started with. */
export const showsMarks = Deno.build.os === "linux";

/** All of them that this user may see. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  if (Deno.build.os !== "linux") return await fromPs();
  try {
    return fromProc();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    return await fromProgram();
  }
}

function fromProc(): ProcessEntry[] {
  const boot = Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
  const entries: ProcessEntry[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = contentOf(`/proc/${name}/stat`);
    // The name in the middle may hold anything, even parentheses: what counts follows the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, , , session] = fields;
    const ticks = fields[19];
    if (ticks === undefined || state === "Z" || state === "X") continue;
    const mark = contentOf(`/proc/${name}/environ`).split("\0")
      .find((entry) => entry.startsWith(`${markVariable}=`))?.slice(markVariable.length + 1) ?? null;
    entries.push({ pid: Number(name), session: Number(session), started: `${boot} ${ticks}`, mark });
  }
  return entries;
}

/** Empty for a process that is gone, or another user's. */
function contentOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** Exported for tests: as it is asked for where this process may not look. */
export async function fromProgram(): Promise<ProcessEntry[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-config", "--no-lock", "--quiet", import.meta.url],
    stdin: "null",
    stderr: "null",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Exported for tests: `ps` of macOS and the BSDs, whose columns Linux' has too. */
export async function fromPs(): Promise<ProcessEntry[]> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-A", "-o", "pid=,pgid=,stat=,lstart="],
    env: { LC_ALL: "C", TZ: "UTC" },
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const [, pid, group, state, started] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (started === undefined || state?.startsWith("Z")) return [];
    return [{ pid: Number(pid), session: Number(group), started, mark: null }];
  });
}

if (import.meta.main) console.log(JSON.stringify(fromProc()));

import { UpdateFailed } from "../project/faults";

/** A server of a rollout. */
export interface RolloutServer {
  readonly name: string;
  /** What `prepare` and `finish` take besides the release: the uploaded files. Empty for a release that is there already. */
  readonly files: string;
  /**
   * Runs release.sh with these arguments as root.
   * @throws {Error} with what it said when it fails
   */
  readonly release: (args: string, input?: string) => Promise<string>;
}

export interface Rollout {
  readonly release: string;
  /** What the release brings besides its files; undefined for one that is on the servers already: it has migrated, too. */
  readonly settings?: string | undefined;
  /** Who asks, for the records: one word of plain characters. */
  readonly who: string;
}

/**
 * Puts a release live on several servers: prepared on all at once, migrated on the first, live on one after the other, each through its own
 * gate, then finished on all. The first failure stops the rest, and servers on which it is live already return to their previous release.
 * Each part may be run again, so one that was interrupted goes on.
 * @throws {UpdateFailed} with what failed, and what became of the other servers
 */
export async function rollOut(servers: readonly RolloutServer[], rollout: Rollout): Promise<void> {
  const { release, settings, who } = rollout;
  const asked = `${release} --who ${who}`;
  const withSettings = settings === undefined ? "" : " --settings";
  const prepare = ({ release: run, files }: RolloutServer) =>
    run(words(`prepare ${asked}`, `${files}${withSettings}`), settings);
  const faults = await onAll(servers, prepare);
  if (faults.length > 0) await giveUp(servers, rollout, faults);
  const [first] = servers;
  const steps = [
    ...(settings === undefined || first === undefined
      ? []
      : [{ server: first, command: `migrate ${asked}` }]),
    ...servers.map((server) => ({ server, command: `live ${asked}` })),
  ];
  for (const { server, command } of steps) {
    const fault = await faultOf(server, () => server.release(command));
    if (fault !== undefined) await giveUp(servers, rollout, [fault]);
  }
  const unfinished = await onAll(servers, ({ release: run, files }) => run(words(`finish ${asked}`, files)));
  if (unfinished.length > 0) {
    throw new UpdateFailed([`${release} is live, but not finished everywhere:`, ...unfinished].join("\n"));
  }
}

/** Something that failed on a server, as a person reads it. */
type Fault = string;

async function faultOf({ name }: RolloutServer, run: () => Promise<unknown>): Promise<Fault | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    const message = (error as Error).message.replace(`${name}: `, "").replace(/^error: /, "");
    return `${name}: ${message}`;
  }
}

async function onAll(
  servers: readonly RolloutServer[],
  run: (server: RolloutServer) => Promise<unknown>,
): Promise<Fault[]> {
  const faults = await Promise.all(servers.map((server) => faultOf(server, () => run(server))));
  return faults.filter((fault) => fault !== undefined);
}

/** Takes the release back everywhere, the server that switched last first. */
async function giveUp(
  servers: readonly RolloutServer[],
  { release, settings, who }: Rollout,
  faults: readonly Fault[],
): Promise<never> {
  const returned: string[] = [];
  const stuck: Fault[] = [];
  // One that was live before stays one that a rollback may choose.
  const reason = settings === undefined ? "" : '--reason "it did not go live on all servers"';
  for (const server of [...servers].reverse()) {
    const fault = await faultOf(server, async () => {
      const said = await server.release(words(`back ${release} --who ${who}`, reason));
      const [, previous] = /release (\S+) is live, /.exec(said) ?? [];
      if (previous !== undefined) returned.push(`${server.name} serves ${previous} again`);
    });
    if (fault !== undefined) stuck.push(fault);
  }
  throw new UpdateFailed([...faults, ...returned, ...stuck].join("\n"));
}

function words(...parts: readonly string[]): string {
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(" ");
}

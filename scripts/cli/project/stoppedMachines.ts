import { runProcess } from "../../engine/runProcess";
import { projectFolder } from "./folders";
import type { SiteOutputs } from "./summary";

/** A machine of the platform `local`, as its server's way to log in names it. */
interface LocalMachine {
  readonly network: string;
  readonly name: string;
}

/** The machines of this host among a stack's servers. */
export function localMachines(servers: SiteOutputs["servers"]): LocalMachine[] {
  return servers.flatMap(({ login }) => {
    const [, network, name] = /^scripts\/(?:host|local)\/machine\.sh login (\S+) (\S+)$/.exec(login) ?? [];
    return network === undefined || name === undefined ? [] : [{ network, name }];
  });
}

/**
 * Starts machines that nobody told to stop, such as one that was killed: Pulumi sees only what its settings say, and would wait for
 * an answer. A machine that is not there at all is `pulumi up`'s to make.
 */
export async function startStopped(
  servers: SiteOutputs["servers"],
  report: (doing: string) => void,
): Promise<void> {
  for (const { network, name } of localMachines(servers)) {
    const status = await run("machine.sh", "status", network, name);
    if (status.code !== 0 || status.stdout.trim() !== "stopped") continue;
    report(`${name} was stopped: starting it`);
    // With the network's name server, which may have ended with it. A failure shows when the site is asked.
    await run("network.sh", "start", network, "--machines");
  }
}

function run(script: string, ...args: readonly string[]) {
  return runProcess(`${projectFolder}/scripts/host/${script}`, args, { cwd: projectFolder });
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Rung } from "../../../policy/vocabulary";
import { type Answer, addressOf, isServed, visitAt } from "./answer";
import { UpdateFailed, WorkspaceError } from "./faults";
import { localFolder } from "./folders";
import { duration, Progress, type Screen } from "./progress";
import { runUpdate } from "./runUpdate";
import { startStopped } from "./stoppedMachines";
import { engineLine, type SiteOutputs, siteOutputs, summary } from "./summary";
import { openWorkspace, pulumi, stackOutputs, type Workspace } from "./workspace";

/**
 * Brings the stack's site up, asks it for its page, and shows on one screen what was done and what comes next.
 * @param rung is noted in the stack's settings; they decide when it is unset
 */
export async function start(stack: string, screen: Screen, rung?: Rung): Promise<void> {
  const started = Date.now();
  const progress = new Progress(screen);
  try {
    progress.now("getting the Pulumi engine");
    const workspace = await openWorkspace(stack, { create: true, report: (doing) => progress.now(doing) });
    progress.line(engineLine(workspace));
    if (rung !== undefined) await setRung(workspace, rung);
    const before = await stackOutputs(workspace);
    if (before.servers !== undefined) {
      await startStopped(siteOutputs(before).servers, (doing) => progress.line(doing));
    }
    const update = await runUpdate(workspace, ["up", "--skip-preview", "--policy-pack", "policy"], progress);
    const outputs = siteOutputs(await stackOutputs(workspace));
    progress.now(`asking for ${outputs.url}`);
    const answer = await firstAnswer(outputs);
    const authorityFile = await keepAuthority(workspace, outputs);
    progress.line(
      summary({
        stack,
        outputs,
        answer,
        authorityFile,
        missingRecords: await missingRecords(outputs),
        changed: update.changed,
        took: duration(Date.now() - started),
        findings: update.findings,
      }),
    );
  } finally {
    progress.close();
  }
}

async function setRung(workspace: Workspace, rung: Rung): Promise<void> {
  const { code, stderr } = await pulumi(workspace, ["config", "set", "rung", rung, "-s", workspace.stack]);
  if (code !== 0) throw new WorkspaceError(`the rung could not be noted in the settings: ${stderr.trim()}`);
}

/** The answer to a visitor's request; where there is none, a fault that says what was asked and how to look. */
async function firstAnswer(outputs: SiteOutputs): Promise<Answer> {
  const look = outputs.servers[0]?.login ?? "";
  const { url, dnsServer, caCertificate } = outputs;
  // Names that a person sets may not be there yet, or lead to the server before this one.
  const address =
    outputs.dnsRecords === undefined ? addressOf(new URL(url).hostname, dnsServer) : outputs.publicIp;
  const visit = async () => visitAt(await address, url, caCertificate);
  const answer = await visit().catch((error: Error) => {
    throw new UpdateFailed(`${outputs.url} does not answer: ${error.message}; look at the server: ${look}`);
  });
  if (isServed(answer)) return answer;
  throw new UpdateFailed(
    `${outputs.url} answers with status ${answer.status}, expected 200; look at the server: ${look}`,
  );
}

/** The records that a person has still to set; none once the site's name leads to its server. */
async function missingRecords({ url, publicIp, dnsRecords = [] }: SiteOutputs): Promise<readonly string[]> {
  if (dnsRecords.length === 0) return [];
  const address = await addressOf(new URL(url).hostname).catch(() => undefined);
  return address === publicIp ? [] : dnsRecords;
}

/** Writes the authority's certificate where browsers and curl can be pointed at it. */
async function keepAuthority({ stack }: Workspace, outputs: SiteOutputs): Promise<string | undefined> {
  if (outputs.caCertificate === undefined) return undefined;
  const file = join(localFolder, `${stack}-authority.pem`);
  await writeFile(file, outputs.caCertificate);
  return file;
}

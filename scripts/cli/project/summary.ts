import { createHash, X509Certificate } from "node:crypto";
import { relative } from "node:path";
import { readUpgradePath, type UpgradePath } from "../../../policy/upgradePath";
import type { Answer } from "./answer";
import { type PolicyEvent, plainText } from "./engineEvents";
import { projectFolder } from "./folders";
import type { Workspace } from "./workspace";

/** The stack's outputs as the project's own programs use them. */
export interface SiteOutputs {
  readonly url: string;
  readonly publicIp: string;
  readonly dnsServer?: string;
  readonly caCertificate?: string;
  /** Records that a person sets at their own DNS provider, as a zone file holds them (platform `ssh`). */
  readonly dnsRecords?: readonly string[];
  readonly servers: readonly { readonly name: string; readonly login: string }[];
  readonly release: string;
  readonly rung: string;
  /** Undefined where a stack has none that this version can read. */
  readonly upgradePath: UpgradePath | undefined;
}

export interface SummaryFacts {
  readonly stack: string;
  readonly outputs: SiteOutputs;
  readonly answer: Answer;
  /** Where the authority's certificate was written, if the stack has one. */
  readonly authorityFile: string | undefined;
  /** The records that have to be set before visitors find the site. */
  readonly missingRecords: readonly string[];
  /** How many resources changed. */
  readonly changed: number;
  readonly took: string;
  readonly findings: readonly PolicyEvent[];
}

/** The outputs of a stack that this program made. */
export function siteOutputs(outputs: Record<string, unknown>): SiteOutputs {
  return { ...(outputs as unknown as SiteOutputs), upgradePath: readUpgradePath(outputs.upgradePath) };
}

/** Which engine and which plugins run. */
export function engineLine({ engine, stack }: Workspace): string {
  const source = engine.source === "vendor" ? "the vendor's" : "built from its Go module";
  const plugins = engine.plugins.map(
    (plugin) =>
      `${plugin.name} ${plugin.version} (${plugin.source === "vendor" ? "the vendor's" : "this project's"})`,
  );
  return `stack ${stack} · Pulumi ${engine.version} (${source}) · plugins: ${plugins.join(", ")}`;
}

/** What a person wants to know after an update, on one screen. */
export function summary(facts: SummaryFacts): string {
  const { outputs, answer, changed, took } = facts;
  const did = changed === 0 ? "nothing had to change" : `${changed} resources changed`;
  return [
    "",
    `${outputs.url} is up (${did}; ${took})`,
    `  ${answer.address} answered ${answer.status} in ${answer.milliseconds.toFixed(0)} ms, release ${outputs.release}`,
    "",
    ...missing(facts.missingRecords),
    "look at it from here",
    ...ways(facts).map((way) => `  ${way}`),
    "",
    "the policy pack found",
    ...found(facts.findings).map((line) => `  ${line}`),
    "",
    ...nextRung(facts),
    `stop      npm stop${facts.stack === "local" ? "" : ` -- -s ${facts.stack}`}`,
  ].join("\n");
}

function missing(records: readonly string[]): string[] {
  if (records.length === 0) return [];
  return [
    "its name does not point here yet: set these records at your DNS provider",
    ...records.map((record) => `  ${record}`),
    "",
  ];
}

function ways({ outputs, authorityFile }: SummaryFacts): string[] {
  const host = new URL(outputs.url).hostname;
  const trust = authorityFile === undefined ? "" : ` --cacert ${relative(projectFolder, authorityFile)}`;
  const browser = outputs.caCertificate === undefined ? outputs.url : browserCommand(outputs);
  return [
    ...(outputs.dnsServer === undefined ? [] : [`dig ${digServer(outputs.dnsServer)} +short ${host}`]),
    `curl${trust} --resolve ${host}:443:${outputs.publicIp} ${outputs.url}`,
    browser,
    ...outputs.servers.map((server) => server.login),
  ];
}

function digServer(dnsServer: string): string {
  const [address, port] = dnsServer.split(":");
  return port === undefined || port === "53" ? `@${address}` : `@${address} -p ${port}`;
}

/** A browser that finds the server by its address and trusts the stack's authority by the digest of its key. */
function browserCommand(outputs: SiteOutputs): string {
  const host = new URL(outputs.url).hostname;
  const key = new X509Certificate(outputs.caCertificate ?? "").publicKey.export({
    type: "spki",
    format: "der",
  });
  const digest = createHash("sha256").update(key).digest("base64");
  return (
    `chromium --user-data-dir=$(mktemp -d) --host-resolver-rules="MAP ${host} ${outputs.publicIp}" ` +
    `--ignore-certificate-errors-spki-list=${digest} ${outputs.url}`
  );
}

/** One line for each finding, after the rule's own description; what they say at length is in the report. */
function found(findings: readonly PolicyEvent[]): string[] {
  if (findings.length === 0) return ["nothing"];
  const lines = findings.map((finding) => {
    const [description = "", headline] = plainText(finding.message).trim().split("\n");
    return `${finding.policyName} (${finding.enforcementLevel}): ${headline ?? description}`;
  });
  return [...new Set(lines), "at length: npm run pulumi -- preview --policy-pack policy"];
}

function nextRung({ outputs }: SummaryFacts): string[] {
  const next = outputs.upgradePath?.next ?? undefined;
  if (next === undefined) return [];
  return [`next rung ${next.rung}: ${next.command}${next.available ? "" : " (not in this version yet)"}`];
}

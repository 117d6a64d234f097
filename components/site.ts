import * as pulumi from "@pulumi/pulumi";
import { type BuiltRung, builtRungs, type Rung } from "../policy/vocabulary";
import type { Endpoint, Platform, Server } from "./platforms/platform";
import { refusal } from "./refusal";
import type { RungPlan } from "./rungs/rung";
import { single } from "./rungs/single";
import { splitDatabase } from "./rungs/splitDatabase";
import { siteArchive } from "./servers/siteArchive";
import type { Survey } from "./servers/survey";
import type { Settings } from "./settings/settings";

const plans: Readonly<Record<BuiltRung, RungPlan>> = { single, "split-database": splitDatabase };

/** @throws {pulumi.RunError} where this version does not build the rung on the platform */
function requirePlan(settings: Settings): RungPlan {
  const built: readonly Rung[] = builtRungs[settings.platform];
  if (!built.includes(settings.rung)) throw refusal(notInThisVersion(settings));
  return plans[settings.rung as BuiltRung];
}

/**
 * Ends the run, before anything is made, where this version does not build the rung of the settings, or where the stack's database is on a
 * server that does not hold it there: its data would stay behind.
 * @throws {pulumi.RunError}
 */
export async function checkRung(settings: Settings, survey: Survey): Promise<void> {
  const { databases } = requirePlan(settings);
  const left = (await survey.databases()).filter((name) => !databases.includes(name));
  if (left.length > 0) throw refusal(wouldLoseData(settings, left));
}

/** A server as the stack's output `servers` shows it. */
export interface ServerOutput {
  readonly name: string;
  readonly tier: string;
  readonly zone: pulumi.Output<string>;
  readonly publicIp: pulumi.Output<string>;
  readonly privateIp: pulumi.Output<string>;
  /** A command line that logs in. */
  readonly login: pulumi.Output<string>;
}

/** The website on the rung and the platform that its settings name. */
export class Site extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly publicIp: pulumi.Output<string>;
  readonly servers: readonly ServerOutput[];
  readonly release: pulumi.Output<string>;
  /** PEM; only where the certificate comes from the stack's own authority. */
  readonly caCertificate?: pulumi.Output<string>;

  /** @param survey knows what servers that are there already say of themselves */
  constructor(
    settings: Settings,
    platform: Platform,
    survey: Survey,
    options?: pulumi.ComponentResourceOptions,
  ) {
    const { domain, aliases, rung } = settings;
    super("one-server-web:site:Site", domain, { domain, aliases, rung, platform: platform.name }, options);
    // A folder that can't be uploaded is refused before a server is touched.
    siteArchive(settings.site);
    const result = requirePlan(settings).build({ platform, settings, survey, parent: this });
    this.url = pulumi.output(`https://${settings.domain}/`);
    this.publicIp = publicAddress(result.endpoint);
    this.servers = result.servers.map(serverOutput);
    this.release = result.release;
    if (result.authority !== undefined) this.caCertificate = result.authority;
    this.registerOutputs({
      url: this.url,
      publicIp: this.publicIp,
      rung: settings.rung,
      release: this.release,
    });
  }
}

/** The first address that the site's names lead to, or the name that leads there. */
function publicAddress({ target }: Endpoint): pulumi.Output<string> {
  if ("alias" in target) return target.alias.name;
  const [first] = target.addresses;
  if (first === undefined) throw new Error("an endpoint has at least one address");
  return first.ipv4;
}

function serverOutput(server: Server): ServerOutput {
  return {
    name: server.serverName,
    tier: server.tiers.join(", "),
    zone: server.zone,
    publicIp: server.publicIp,
    privateIp: server.privateIp,
    login: server.login,
  };
}

function notInThisVersion(settings: Settings): string {
  return (
    `one-server-web:rung is "${settings.rung}", which this version cannot build on the platform ${settings.platform} yet; expected ${builtRungs[settings.platform].join(", ")}; ` +
    `for example: pulumi config set rung single -s ${settings.stack}`
  );
}

function wouldLoseData({ rung, stack }: Settings, left: readonly string[]): string {
  return (
    `one-server-web:rung is "${rung}", but this stack's database is on ${left.join(", ")}, and this version moves no data between rungs; ` +
    `set the former rung again (pulumi config set rung … -s ${stack}), or bring ${rung} up as another stack and load the data there`
  );
}

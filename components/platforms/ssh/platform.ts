import * as pulumi from "@pulumi/pulumi";
import type { Tier } from "../../../policy/vocabulary";
import { refusal } from "../../refusal";
import type { Settings, SshServerSettings } from "../../settings/settings";
import { Certificates } from "../certificates";
import type { Certificate, Endpoint, Platform, Server, ServerArgs } from "../platform";
import { addressesOf, planRecords } from "../records";
import { SshDnsRecord } from "./dns";
import { sshServer } from "./server";

/** Servers that are there already, named in the setting `servers`. */
export class SshPlatform implements Platform {
  readonly name = "ssh";
  readonly outputs: Record<string, pulumi.Output<unknown>>;
  private readonly certificates: Certificates;
  private readonly records: pulumi.Output<string>[] = [];

  constructor(private readonly settings: Settings) {
    this.certificates = new Certificates(settings);
    const shown = settings.ssh.dns === "print";
    // Read when the outputs are, by then the rung has asked for all its records.
    const lines = new Promise<void>((resolve) => setImmediate(resolve)).then(() => pulumi.all(this.records));
    this.outputs = shown ? { dnsRecords: pulumi.output(lines) } : {};
  }

  /** @throws {pulumi.RunError} when the settings name no such server. */
  server(name: string, args: ServerArgs, options: pulumi.ComponentResourceOptions): Server {
    const { ssh, rung, stack } = this.settings;
    const found = findServer(ssh.servers, name, args.tiers);
    if (typeof found === "string") {
      throw refusal(
        `one-server-web:servers ${found}; the rung ${rung} needs ${name} with the tiers ${args.tiers.join(", ")}; ` +
          `add or correct it, or take a lower rung: pulumi config set rung single -s ${stack}`,
      );
    }
    return sshServer(name, args, found, options);
  }

  names(
    hostnames: readonly string[],
    endpoint: Endpoint,
    options: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    return planRecords(hostnames, endpoint).flatMap((plan) =>
      addressesOf(plan).map((address, index) => {
        const name = index === 0 ? plan.name : `${plan.name}-${index + 1}`;
        const { hostname, type } = plan;
        return this.record(new SshDnsRecord(name, { hostname, type, address }, options));
      }),
    );
  }

  certificate(
    hostnames: readonly string[],
    _endpoint: Endpoint,
    options: pulumi.CustomResourceOptions,
  ): Certificate {
    return this.certificates.certificate("certificate", hostnames, options);
  }

  private record(record: SshDnsRecord): SshDnsRecord {
    this.records.push(record.line);
    if (this.settings.ssh.dns === "print") {
      record.line.apply((line) => pulumi.log.info(`set this DNS record at your provider: ${line}`, record));
    }
    return record;
  }
}

/**
 * The server of that name, or why it is missing, as it follows the setting's name in an error. A single server needs no name: then it is the
 * first one that a rung asks for.
 */
export function findServer(
  servers: readonly SshServerSettings[],
  wanted: string,
  tiers: readonly Tier[],
): SshServerSettings | string {
  const [only] = servers;
  const unnamed = servers.length === 1 && only?.name === undefined;
  const found = unnamed && wanted === "web-1" ? only : servers.find(({ name }) => name === wanted);
  if (found === undefined) {
    const names = servers.flatMap(({ name }) => name ?? []);
    return names.length === 0
      ? "has one server without a name"
      : `names ${names.join(", ")} and no ${wanted}`;
  }
  const held = found.tiers ?? tiers;
  const same = held.length === tiers.length && tiers.every((tier) => held.includes(tier));
  return same ? found : `has ${wanted} with the tiers ${held.join(", ")}`;
}

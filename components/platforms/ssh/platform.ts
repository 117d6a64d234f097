import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../refusal";
import type { Settings } from "../../settings/settings";
import { Certificates } from "../certificates";
import type { Certificate, Endpoint, Platform, Server, ServerArgs } from "../platform";
import { addressesOf, planRecords } from "../records";
import { SshDnsRecord } from "./dns";
import { sshServer } from "./server";

/** Servers that are there already, named in the setting `servers`; each server that a rung asks for takes the next of them. */
export class SshPlatform implements Platform {
  readonly name = "ssh";
  readonly outputs: Record<string, pulumi.Output<unknown>>;
  private readonly certificates: Certificates;
  private taken = 0;
  private readonly records: pulumi.Output<string>[] = [];

  constructor(private readonly settings: Settings) {
    this.certificates = new Certificates(settings);
    const shown = settings.ssh.dns === "print";
    // Read when the outputs are, by then the rung has asked for all its records.
    const lines = new Promise<void>((resolve) => setImmediate(resolve)).then(() => pulumi.all(this.records));
    this.outputs = shown ? { dnsRecords: pulumi.output(lines) } : {};
  }

  /** @throws {pulumi.RunError} when the rung needs more servers than the settings name. */
  server(name: string, args: ServerArgs, options: pulumi.ComponentResourceOptions): Server {
    const { servers } = this.settings.ssh;
    const settings = servers[this.taken];
    if (settings === undefined) {
      throw refusal(
        `one-server-web:servers names ${servers.length} of the servers that the rung ${this.settings.rung} needs; ` +
          `add one for ${name}, or take a lower rung: pulumi config set rung single -s ${this.settings.stack}`,
      );
    }
    this.taken += 1;
    return sshServer(name, args, settings, options);
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

import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../refusal";
import type { Settings } from "../../settings/settings";
import { Certificates } from "../certificates";
import type { Certificate, DnsRecordArgs, Platform, Server, ServerArgs } from "../platform";
import { SshDnsRecord } from "./dns";
import { SshServer } from "./server";

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
    return new SshServer(name, { ...args, settings }, options);
  }

  dnsRecord(name: string, args: DnsRecordArgs, options: pulumi.CustomResourceOptions): pulumi.Resource {
    const record = new SshDnsRecord(name, args, options);
    this.records.push(record.line);
    if (this.settings.ssh.dns === "print") {
      record.line.apply((line) => pulumi.log.info(`set this DNS record at your provider: ${line}`, record));
    }
    return record;
  }

  certificate(
    name: string,
    hostnames: readonly string[],
    options: pulumi.CustomResourceOptions,
  ): Certificate {
    return this.certificates.certificate(name, hostnames, options);
  }
}

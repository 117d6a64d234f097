import type * as pulumi from "@pulumi/pulumi";
import type { LocalSettings } from "../../settings/settings";
import type { Certificate, DnsRecordArgs, Platform, Server, ServerArgs } from "../platform";
import { LocalDnsRecord } from "./dns";
import { KeyPair } from "./keyPair";
import { Network } from "./network";
import { OwnCertificates } from "./ownCertificates";
import { LocalServer } from "./server";

/** Real Debian machines under systemd-nspawn on this host, in a network of their own with a DNS server. */
export class LocalPlatform implements Platform {
  readonly name = "local";
  readonly dnsServer: pulumi.Output<string>;
  private readonly keyPair: KeyPair;
  private readonly network: Network;
  private readonly ownCertificates = new OwnCertificates();

  constructor(private readonly settings: LocalSettings) {
    this.keyPair = new KeyPair("key-pair");
    this.network = new Network("network", {
      network: settings.network,
      subnet: settings.subnet,
      owner: this.keyPair.fingerprint,
    });
    this.dnsServer = this.network.dnsServer;
  }

  server(name: string, args: ServerArgs, options: pulumi.ComponentResourceOptions): Server {
    const { network, keyPair } = this;
    const { suite, network: networkName, memory } = this.settings;
    const size = memory === undefined ? {} : { memory };
    return new LocalServer(name, { ...args, ...size, suite, networkName, network, keyPair }, options);
  }

  dnsRecord(name: string, args: DnsRecordArgs, options: pulumi.CustomResourceOptions): pulumi.Resource {
    const networkName = this.settings.network;
    return new LocalDnsRecord(name, { ...args, networkName, network: this.network }, options);
  }

  certificate(
    name: string,
    hostnames: readonly string[],
    options: pulumi.CustomResourceOptions,
  ): Certificate {
    return this.ownCertificates.certificate(name, hostnames, options);
  }
}

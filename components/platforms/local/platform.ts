import type * as pulumi from "@pulumi/pulumi";
import type { LocalSettings } from "../../settings/settings";
import type { Certificate, Endpoint, Platform, Server, ServerArgs } from "../platform";
import { addressesOf, planRecords } from "../records";
import { LocalDnsRecord } from "./dns";
import { KeyPair } from "./keyPair";
import { Network } from "./network";
import { OwnCertificates } from "./ownCertificates";
import { localServer } from "./server";

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
    const size = args.size === undefined ? memory : Number(args.size);
    return localServer(
      name,
      { ...args, ...(size === undefined ? {} : { memory: size }), suite, networkName, network, keyPair },
      options,
    );
  }

  names(
    hostnames: readonly string[],
    endpoint: Endpoint,
    options: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    const { network } = this;
    const networkName = this.settings.network;
    return planRecords(hostnames, endpoint).map((record) => {
      const { name, hostname, type } = record;
      const addresses = addressesOf(record);
      return new LocalDnsRecord(name, { hostname, type, addresses, networkName, network }, options);
    });
  }

  certificate(
    hostnames: readonly string[],
    _endpoint: Endpoint,
    options: pulumi.CustomResourceOptions,
  ): Certificate {
    return this.ownCertificates.certificate("certificate", hostnames, options);
  }
}

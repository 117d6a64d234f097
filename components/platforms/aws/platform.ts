import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/settings";
import { Certificates } from "../certificates";
import type { Certificate, DnsRecordArgs, Platform, Server, ServerArgs } from "../platform";
import { Access } from "./access";
import { BackupBucket } from "./backup";
import { Firewall } from "./firewall";
import { Keys } from "./keys";
import type { Naming } from "./names";
import { Network } from "./network";
import { resizeNotice } from "./resizeNotice";
import { AwsServer } from "./server";
import { ServerWatching } from "./serverWatching";
import { Snapshots } from "./snapshots";
import { Watching } from "./watching";
import { Zone } from "./zone";

/** Amazon Web Services: EC2 with Elastic IPs, Route 53, CloudWatch. */
export class AwsPlatform implements Platform {
  readonly name = "aws";
  readonly outputs: Record<string, pulumi.Input<unknown>>;
  private readonly naming: Naming;
  private readonly network: Network;
  private readonly firewall: Firewall;
  private readonly keys: Keys;
  private readonly access: Access;
  private readonly zone: Zone;
  private readonly watching: Watching;
  private readonly certificates: Certificates;
  private readonly resizeNotice = resizeNotice();

  constructor(private readonly settings: Settings) {
    const { aws, domain, stack, rung, site, acme, server } = settings;
    const naming: Naming = { stack, domain, rung, tags: aws.tags };
    this.naming = naming;
    this.network = new Network("network", { settings: aws, naming });
    this.firewall = new Firewall("web", {
      vpcId: this.network.vpc.id,
      settings: aws,
      http3: server.http3,
      naming,
    });
    this.keys = new Keys("keys", { settings: aws, naming });
    const backup = new BackupBucket("backup", { naming, protect: aws.protectData });
    this.access = new Access("server", { naming, backupBucketArn: backup.bucket.arn });
    new Snapshots("snapshots", naming);
    this.zone = new Zone("zone", { settings: aws, naming, email: acme.email ?? aws.alarmEmail });
    this.watching = new Watching("watching", { settings: aws, naming, healthPath: site.healthPath });
    this.certificates = new Certificates(settings);
    this.outputs = {
      nameServers: this.zone.nameServers,
      backupBucket: backup.bucket.id,
      securityGroup: this.firewall.group.id,
    };
  }

  /** @throws {pulumi.RunError} when `zone` is none of the network's. */
  server(name: string, args: ServerArgs, options: pulumi.ComponentResourceOptions): Server {
    const { network, firewall, keys, access, naming, watching } = this;
    const settings = this.settings.aws;
    const server = new AwsServer(
      name,
      {
        tiers: args.tiers,
        backup: args.backup === true,
        settings,
        naming,
        placement: network.place(args.zone),
        securityGroupId: firewall.group.id,
        keys,
        profile: access.profile.name,
        resizeNotice: this.resizeNotice,
      },
      options,
    );
    new ServerWatching({ server, watching, settings, naming }, { parent: server });
    this.outputs.images = pulumi
      .all([server.instance.ami, server.newestImage])
      .apply(([running, newest]) => ({ running, newest }));
    return server;
  }

  dnsRecord(name: string, args: DnsRecordArgs, options: pulumi.CustomResourceOptions): pulumi.Resource {
    return this.zone.address(name, args, options);
  }

  certificate(
    name: string,
    hostnames: readonly string[],
    options: pulumi.CustomResourceOptions,
  ): Certificate {
    for (const hostname of hostnames) this.zone.issuers(hostname);
    return this.certificates.certificate(name, hostnames, options);
  }
}

import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/settings";
import { Certificates } from "../certificates";
import type { Certificate, Endpoint, Platform, Server, ServerArgs } from "../platform";
import { planRecords } from "../records";
import { Access } from "./access";
import { BackupBucket } from "./backup";
import { Firewalls } from "./firewall";
import { Keys } from "./keys";
import type { Naming } from "./names";
import { Network } from "./network";
import { resizeNotice } from "./resizeNotice";
import { awsServer, reachesVisitors } from "./server";
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
  private readonly firewalls: Firewalls;
  private readonly keys: Keys;
  private readonly backup: BackupBucket;
  private readonly zone: Zone;
  private readonly watching: Watching;
  private readonly certificates: Certificates;
  private readonly resizeNotice = resizeNotice();
  private readonly images: Record<string, pulumi.Input<unknown>> = {};
  /** By whether the servers keep data. */
  private readonly access = new Map<boolean, Access>();
  private siteIsWatched = false;

  constructor(private readonly settings: Settings) {
    const { aws, sizes, domain, stack, rung, site, acme } = settings;
    const naming: Naming = { stack, domain, rung, tags: aws.tags };
    this.naming = naming;
    const instanceTypes = [...new Set([aws.instanceType, ...Object.values(sizes)])];
    this.network = new Network("network", { settings: aws, naming, instanceTypes });
    this.firewalls = new Firewalls({ vpcId: this.network.vpc.id, settings: aws, naming });
    this.keys = new Keys("keys", { settings: aws, naming });
    this.backup = new BackupBucket("backup", { naming, protect: aws.protectData });
    new Snapshots("snapshots", naming);
    this.zone = new Zone("zone", { settings: aws, naming, email: acme.email ?? aws.alarmEmail });
    this.watching = new Watching("watching", { settings: aws, naming, healthPath: site.healthPath });
    this.certificates = new Certificates(settings);
    this.outputs = {
      nameServers: this.zone.nameServers,
      backupBucket: this.backup.bucket.id,
      images: this.images,
    };
  }

  /** @throws {pulumi.RunError} when `zone` is none of the network's. */
  server(name: string, args: ServerArgs, options: pulumi.ComponentResourceOptions): Server {
    const { network, keys, naming } = this;
    const settings = this.settings.aws;
    const instanceType = args.size ?? settings.instanceType;
    const group = this.firewalls.of(args);
    const { server, instance, newestImage } = awsServer(
      name,
      {
        ...args,
        settings,
        naming,
        instanceType,
        placement: network.place(name, args.zone),
        securityGroupId: group.id,
        keys,
        profile: this.accessOf(args).profile.name,
        resizeNotice: this.resizeNotice,
      },
      options,
    );
    this.watch(server, args, instanceType);
    this.images[name] = pulumi
      .all([instance.ami, newestImage])
      .apply(([running, newest]) => ({ running, newest }));
    this.outputs.securityGroup ??= group.id;
    return server;
  }

  names(
    hostnames: readonly string[],
    endpoint: Endpoint,
    options: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    return planRecords(hostnames, endpoint).map((record) => this.zone.record(record, options));
  }

  certificate(
    hostnames: readonly string[],
    _endpoint: Endpoint,
    options: pulumi.CustomResourceOptions,
  ): Certificate {
    for (const hostname of hostnames) this.zone.issuers(hostname);
    return this.certificates.certificate("certificate", hostnames, options);
  }

  /** What a server may do in the account. Only one that keeps data can reach the backups. */
  private accessOf({ keepsData }: ServerArgs): Access {
    const { naming } = this;
    const made =
      this.access.get(keepsData) ??
      (keepsData
        ? new Access("server", { naming, backupBucketArn: this.backup.bucket.arn })
        : new Access("stateless-server", { naming }));
    this.access.set(keepsData, made);
    return made;
  }

  private watch(server: Server, args: ServerArgs, instanceType: string): void {
    const { watching, naming } = this;
    const siteWide = !this.siteIsWatched && reachesVisitors(args);
    this.siteIsWatched ||= siteWide;
    const { keepsData } = args;
    new ServerWatching(
      { server, watching, settings: this.settings.aws, naming, instanceType, keepsData, siteWide },
      { parent: server },
    );
  }
}

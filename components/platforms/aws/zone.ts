import * as route53 from "@pulumi/aws/route53";
import * as pulumi from "@pulumi/pulumi";
import type { AwsSettings } from "../../settings/aws";
import type { RecordPlan } from "../records";
import { type Naming, tagsOf } from "./names";

export interface ZoneArgs {
  readonly settings: AwsSettings;
  readonly naming: Naming;
  /** Where a certificate authority tells of refused requests. */
  readonly email: string;
}

/** The Route 53 zone that holds the site's names: made here, or one that is there already. */
export class Zone extends pulumi.ComponentResource {
  readonly zoneId: pulumi.Output<string>;
  /** To be entered at the registrar when the zone is new. */
  readonly nameServers: pulumi.Output<string[]>;

  constructor(
    name: string,
    private readonly args: ZoneArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("one-server-web:aws:Zone", name, { zoneName: args.settings.zoneName }, options);
    const { settings, naming } = args;
    const zone =
      settings.dnsZone === "create"
        ? new route53.Zone(
            settings.zoneName,
            { name: settings.zoneName, comment: `Made for ${naming.domain}`, tags: tagsOf(naming, "zone") },
            { parent: this, protect: settings.protectData },
          )
        : route53.getZoneOutput({ name: settings.zoneName, privateZone: false }, { parent: this });
    this.zoneId = zone.zoneId;
    this.nameServers = zone.nameServers;
    this.registerOutputs({ zoneId: this.zoneId, nameServers: this.nameServers });
  }

  /** An A or AAAA record; an alias of what AWS runs itself follows its addresses. */
  record(plan: RecordPlan, options: pulumi.CustomResourceOptions): route53.Record {
    const { name, hostname, type, target } = plan;
    const record = { zoneId: this.zoneId, name: hostname, type };
    if ("alias" in target) {
      const aliases = [{ ...target.alias, evaluateTargetHealth: true }];
      return new route53.Record(name, { ...record, aliases }, options);
    }
    const ttl = timeToLive(this.args.settings.moving);
    return new route53.Record(name, { ...record, ttl, records: [...target.addresses] }, options);
  }

  /** Who may issue certificates for a name, and for the names below it that say nothing themselves. */
  issuers(hostname: string): route53.Record | undefined {
    const { settings, email } = this.args;
    if (settings.caaIssuers.length === 0) return undefined;
    return new route53.Record(
      `${hostname}-caa`,
      {
        zoneId: this.zoneId,
        name: hostname,
        type: "CAA",
        ttl: timeToLive(settings.moving),
        records: caaRecords(settings.caaIssuers, email),
      },
      { parent: this },
    );
  }
}

/** Seconds that resolvers may keep an answer: shortly before names move only a minute, so that the move is seen within one. */
export function timeToLive(moving: boolean): number {
  return moving ? 60 : 300;
}

/** The values of a CAA record (RFC 8659): one `issue` an authority, no wildcards, and where refusals are told. */
export function caaRecords(issuers: readonly string[], email: string): string[] {
  return [...issuers.map((issuer) => `0 issue "${issuer}"`), '0 issuewild ";"', `0 iodef "mailto:${email}"`];
}

import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint, Platform, Server } from "../platforms/platform";
import type { Survey } from "../servers/survey";
import type { Settings } from "../settings/settings";

/** What a rung is built from. */
export interface RungArgs {
  readonly platform: Platform;
  readonly settings: Settings;
  /** Knows what servers that are there already say of themselves. */
  readonly survey: Survey;
  /** Of everything that the rung makes. */
  readonly parent: pulumi.Resource;
}

/** A rung that this version builds. */
export interface RungPlan {
  readonly build: (args: RungArgs) => RungResult;
  /** The servers that hold the site's database. */
  readonly databases: readonly string[];
}

/** What a rung puts in place for the site. */
export interface RungResult {
  readonly servers: readonly Server[];
  /** What the site's names point at. */
  readonly endpoint: Endpoint;
  /** PEM of the authority that signed the certificate, where it is the stack's own. */
  readonly authority?: pulumi.Output<string>;
  /** The release that serves. */
  readonly release: pulumi.Output<string>;
}

import { local, remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Server } from "../platforms/platform";
import type { Settings } from "../settings/settings";
import type { Archive } from "./archive";
import { rolloutName } from "./beliefs";
import {
  planRelease,
  planReleaseOn,
  planRollout,
  type ReleaseContract,
  releaseContract,
  type SeenReleasePlan,
} from "./releasePlan";
import { siteArchive } from "./siteArchive";
import type { Survey } from "./survey";

export interface RolloutArgs {
  /** The machines that serve the site, in the order in which they go live. */
  readonly servers: readonly Server[];
  /** What has to be finished before a release goes live: the servers' own provisioning and their database's. Uploads do not wait. */
  readonly provisions: readonly pulumi.Resource[];
  readonly settings: Settings;
  /** Knows what the servers say of themselves. */
  readonly survey: Survey;
}

interface ReleaseArgs {
  readonly server: Server;
  readonly archive: Archive;
  readonly contract: pulumi.Output<ReleaseContract>;
  readonly pinned: string | undefined;
  readonly survey: Survey;
}

/** One release of the site on one server: its files are uploaded while the server is provisioned. */
class Release extends pulumi.ComponentResource {
  /** The release's name; known at preview. */
  readonly wanted: pulumi.Output<string>;
  readonly plan: pulumi.Output<SeenReleasePlan>;
  readonly upload: remote.CopyToRemote;
  private readonly server: Server;

  constructor(args: ReleaseArgs, options: pulumi.ComponentResourceOptions) {
    const { server, archive, contract, pinned, survey } = args;
    const name = server.serverName;
    const wanted = pulumi.unsecret(contract.apply((known) => planRelease(archive, known, pinned).release));
    super("one-server-web:server:Release", name, { server: name, release: wanted }, options);
    this.server = server;
    this.wanted = wanted;
    this.plan = pulumi.all([contract, survey.of(server)]).apply(([known, sight]) => {
      const seen = planReleaseOn(name, archive, known, pinned, sight);
      if (seen.warning !== undefined) void pulumi.log.warn(seen.warning, server);
      return seen;
    });
    this.upload = new remote.CopyToRemote(
      `${name}-upload`,
      {
        connection: server.connection,
        source: new pulumi.asset.FileAsset(archive.path),
        remotePath: pulumi.unsecret(this.plan.upload),
        // Another machine behind the same address does not have the files.
        triggers: [server.instanceId],
      },
      { parent: this },
    );
  }

  /** All parts of a deployment in one command on the server. */
  deploy(provisions: readonly pulumi.Resource[]): pulumi.Output<string> {
    const { server, plan } = this;
    const sudo = pulumi
      .output(server.connection)
      .apply(({ user }) => ((user ?? "root") === "root" ? "" : "sudo -n "));
    const deployment = new remote.Command(
      `${server.serverName}-deploy`,
      {
        connection: server.connection,
        create: pulumi.unsecret(pulumi.interpolate`${sudo}${plan.command}`),
        stdin: pulumi.secret(plan.stdin),
        triggers: [server.instanceId],
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: [...provisions, this.upload] },
    );
    return deployment.stdout;
  }

  /** @param done resolves when the release is live */
  close(done: pulumi.Output<string>): pulumi.Output<string> {
    // Known only once the server says so: a reader of this output waits for the release to be live.
    const release = pulumi.all([done, this.wanted]).apply(([, name]) => name);
    this.registerOutputs({ release, server: this.server.serverName });
    return release;
  }
}

/**
 * Puts a release of the site live on all servers that serve it, with no failed request.
 *
 * One server does all parts of it in one command. Several are driven from this host by one command, scripts/cli/rollout.ts: only a program that
 * reaches all of them can return those that switched when a later one fails (docs/decisions/rollout.md).
 * @returns the name of the release, once it is live everywhere
 */
export function rollout(
  { servers, provisions, settings, survey }: RolloutArgs,
  options: pulumi.ComponentResourceOptions,
): pulumi.Output<string> {
  const archive = siteArchive(settings.site);
  const contract = pulumi.output(settings).apply(releaseContract);
  const pinned = settings.site.release;
  const releases = servers.map(
    (server) => new Release({ server, archive, contract, pinned, survey }, options),
  );
  const [first, ...others] = releases;
  if (first === undefined) throw new Error("a release needs a server");
  const done =
    others.length === 0
      ? first.deploy(provisions)
      : driven(servers, releases, { provisions, survey, contract, archive, pinned }, options);
  return pulumi.all(releases.map((release) => release.close(done))).apply(([name = ""]) => name);
}

/** The one command that drives several servers. */
function driven(
  servers: readonly Server[],
  releases: readonly Release[],
  {
    provisions,
    survey,
    contract,
    archive,
    pinned,
  }: Pick<RolloutArgs, "provisions" | "survey"> & Omit<ReleaseArgs, "server">,
  options: pulumi.ComponentResourceOptions,
): pulumi.Output<string> {
  const plan = pulumi
    .all([
      contract,
      survey.rollout(),
      pulumi.all(servers.map((server) => survey.of(server))),
      pulumi.all(servers.map(({ connection }) => connection)),
      pulumi.all(releases.map(({ plan }) => plan)),
    ])
    .apply(([known, believed, sights, connections, plans]) => {
      const targets = servers.map(({ serverName }, index) => ({
        name: serverName,
        connection: connections[index] ?? {},
        upload: plans[index]?.upload ?? "",
        reported: sights[index]?.reported?.facts.release,
      }));
      const facts = { pinned, believed, freshMark: sights[0]?.freshMark ?? "" };
      const seen = planRollout(targets, archive, known, facts);
      for (const warning of seen.warnings) void pulumi.log.warn(warning);
      return seen;
    });
  const command = new local.Command(
    rolloutName,
    {
      interpreter: ["/bin/bash", "-c"],
      create: pulumi.unsecret(plan.command),
      stdin: pulumi.secret(plan.stdin),
      // Other machines behind the same addresses do not have the release.
      triggers: servers.map(({ instanceId }) => instanceId),
      addPreviousOutputInEnv: false,
    },
    {
      ...(options as pulumi.CustomResourceOptions),
      dependsOn: [...provisions, ...releases.map(({ upload }) => upload)],
    },
  );
  return command.stdout;
}

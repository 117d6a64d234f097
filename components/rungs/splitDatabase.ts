import type * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../platforms/platform";
import { InternalAuthority } from "../servers/internalAuthority";
import { provisionInTurn } from "../servers/provisionInTurn";
import { rollout } from "../servers/rollout";
import type { Settings } from "../settings/settings";
import { databaseClients } from "./databaseClients";
import { publicNames } from "./publicNames";
import type { RungArgs, RungPlan, RungResult } from "./rung";
import { sizeOf } from "./sizes";
import { visitors } from "./visitors";

const webName = "web-1";
const databaseName = "database-1";

/**
 * Two servers: `web-1` has web server and app server, `database-1` the database. Each is sized and backed up on its own, and the site stops
 * when either does, which the policy pack says.
 */
function build(args: RungArgs): RungResult {
  const { platform, settings, survey, parent } = args;
  const { web, database } = makeServers(platform, settings, parent);
  const servers = [web, database];
  const { endpoint } = web;
  const { records, certificate, authority } = publicNames(args, endpoint);
  const common = { settings, survey, internal: new InternalAuthority({ parent }), peers: servers };
  const data = provisionInTurn([database], common, { parent });
  // The database comes first, too, for an app server is replaced only by one that can log in there; a new one holds nothing up.
  const before = survey.databases().then((held) => (held.length === 0 ? records : [...records, ...data]));
  const site = provisionInTurn([web], { ...common, certificate }, { parent, dependsOn: before });
  const release = rollout({ servers: [web], provisions: [...data, ...site], settings, survey }, { parent });

  return {
    servers,
    endpoint,
    release,
    ...authority,
  };
}

function makeServers(platform: Platform, settings: Settings, parent: pulumi.Resource) {
  const { server, site } = settings;
  const backup = server.backup !== undefined;
  const web = platform.server(
    webName,
    {
      tiers: ["web", "app"],
      size: sizeOf(["web", "app"], settings),
      // Certificates, and what visitors have uploaded.
      keepsData: true,
      admits: visitors(server.http3),
      backup: backup && site.sharedPaths.length > 0,
    },
    { parent },
  );
  const database = platform.server(
    databaseName,
    {
      tiers: ["database"],
      size: sizeOf(["database"], settings),
      keepsData: true,
      admits: databaseClients("app"),
      backup,
    },
    { parent },
  );
  return { web, database };
}

export const splitDatabase: RungPlan = { build, databases: [databaseName] };

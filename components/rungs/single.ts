import { provisionInTurn } from "../servers/provisionInTurn";
import { rollout } from "../servers/rollout";
import { publicNames } from "./publicNames";
import type { RungArgs, RungPlan, RungResult } from "./rung";
import { sizeOf } from "./sizes";
import { visitors } from "./visitors";

const name = "web-1";

/**
 * One server with all tiers: name → address → nginx → app → database, everything on `web-1`.
 * Whatever stops that machine stops the site, which the policy pack says.
 */
function build(args: RungArgs): RungResult {
  const { platform, settings, survey, parent } = args;
  const tiers = ["web", "app", "database"] as const;
  const server = platform.server(
    name,
    {
      tiers,
      size: sizeOf(tiers, settings),
      keepsData: true,
      admits: visitors(settings.server.http3),
      backup: settings.server.backup !== undefined,
    },
    { parent },
  );
  const { endpoint } = server;
  const { records, certificate, authority } = publicNames(args, endpoint);
  const provisions = provisionInTurn(
    [server],
    { settings, certificate, survey },
    { parent, dependsOn: records },
  );
  const release = rollout({ servers: [server], provisions, settings, survey }, { parent });

  return {
    servers: [server],
    endpoint,
    release,
    ...authority,
  };
}

export const single: RungPlan = { build, databases: [name] };

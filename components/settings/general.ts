import { z } from "zod";
import { platforms, rungs } from "../../policy/vocabulary";
import { derived, setting } from "./setting";
import { apexOf, hostname, json, oneOf } from "./values";

/** Which site this is and where it stands. */
export const generalTable = {
  domain: setting(hostname, {
    about: "The site's full host name.",
    default: "www.foobar.com",
    example: "www.foobar.com",
    server: { roles: ["base", "tls", "nginx", "apache", "python", "site", "watch", "certificate-metric"] },
  }),
  aliases: setting(json(z.array(hostname).max(20), "a list of host names that redirect to the domain"), {
    about: "Other host names, which redirect to the domain.",
    default: derived("the name without www", ({ domain }: { domain: string }) => apexOf(domain)),
    example: '["foobar.com"]',
    check: (aliases, { domain }: { domain: string }) =>
      aliases.includes(domain) ? `holds the domain ${domain} itself` : undefined,
    server: { roles: ["tls", "nginx", "apache"] },
  }),
  platform: setting(oneOf(platforms), {
    about: "Where servers, addresses and names come from.",
    default: "local",
    example: "local",
  }),
  rung: setting(oneOf(rungs), {
    about: "How far up the ladder the site stands.",
    default: "single",
    example: "single",
  }),
};

import { z } from "zod";
import { platforms, rungs, tiers } from "../../policy/vocabulary";
import { instanceType } from "./awsValues";
import { derived, setting } from "./setting";
import { apexOf, hostname, json, oneOf, wholeNumber } from "./values";

/** Which site this is and where it stands. */
export const generalTable = {
  domain: setting(hostname, {
    about: "The site's full host name.",
    default: "www.foobar.com",
    example: "www.foobar.com",
    server: { roles: ["base", "tls", "nginx", "apache", "python", "site", "certificate-metric"] },
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
  sizes: setting(
    json(
      z.partialRecord(z.enum(tiers), z.string()),
      "an object of sizes by tiers: EC2 instance types (aws), or MiB of memory, 512 to 1048576 (local)",
    ),
    {
      about:
        "Sizes of the servers that hold a tier, where they differ from instanceType (aws) or memory (local). Of a server's tiers the first that is named here decides.",
      default: {},
      example: '{"database": "r8g.large"}',
      only: { platform: ["aws", "local"] },
      check: (sizes, { platform }: { platform: string }) => {
        const schema = platform === "aws" ? instanceType : memorySize;
        const wrong = Object.entries(sizes).find(([, size]) => !schema.safeParse(size).success);
        return wrong === undefined ? undefined : `has ${JSON.stringify(wrong[1])} at ${wrong[0]}`;
      },
    },
  ),
};

/** The memory of a server of the platform `local`. */
const memorySize = wholeNumber("MiB", 512, 1048576);

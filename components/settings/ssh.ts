import { z } from "zod";
import { tiers } from "../../policy/vocabulary";
import { type Fields, setting } from "./setting";
import { areDifferentServers, nameProblem, sshHostKey } from "./sshValues";
import { choice, hostname, json } from "./values";

const only = { platform: ["ssh"] } as const;

const server = z.strictObject({
  // Which machine is which is said, never taken from the order.
  name: z
    .string()
    .regex(/^[a-z]+(-[a-z]+)*-[1-9][0-9]?$/)
    .optional(),
  tiers: z.array(z.enum(tiers)).min(1).optional(),
  address: z.union([hostname, z.ipv4(), z.ipv6()]),
  /** Where the stack's other servers reach it, when that is not `address`. */
  privateAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
    .default("root"),
  port: z.number().int().min(1).max(65535).default(22),
  privateKey: z.string().includes("PRIVATE KEY"),
  hostKey: sshHostKey,
});

/** What the platform `ssh` needs. */
export const sshTable = {
  servers: setting(
    json(
      z.array(server).min(1).max(20).refine(areDifferentServers),
      "a list of different servers, each with name (such as web-1), tiers, address, privateAddress (where other servers reach it, when that is another), user, port (1 to 65535), privateKey (PEM, secret) and hostKey (as ssh-keyscan prints it, without the name); a single one needs no name and tiers",
    ),
    {
      about:
        "The machines: name, tiers, address, user, port, privateKey and hostKey of each. The rung asks for servers by name; `pulumi preview` says which are missing.",
      default: [],
      example:
        '[{"name": "web-1", "tiers": ["web", "app", "database"], "address": "203.0.113.7", "user": "root", "port": 22, "privateKey": "…", "hostKey": "ssh-ed25519 …"}]',
      secret: true,
      only,
      required: [{ when: { platform: ["ssh"] }, because: "" }],
      check: nameProblem,
      present: (servers, _source, hide) =>
        servers.map((server) => ({ ...server, privateKey: hide(server.privateKey) })),
    },
  ),
  dns: setting(choice({ print: "shows the records to set", none: "" }), {
    about: "Whether the DNS records that a person has to set are shown.",
    default: "print",
    example: "print",
    only,
  }),
};

export type SshSettings = Fields<typeof sshTable>;
/** One machine of the platform `ssh`. */
export type SshServerSettings = SshSettings["servers"][number];

import type { Output } from "@pulumi/pulumi";
import { z } from "zod";
import { tiers } from "../../policy/vocabulary";
import { type Fields, type Hide, setting } from "./setting";
import { areDifferentServers, serversProblem, sshHostKey } from "./sshValues";
import { choice, flag, hostname, json } from "./values";

const only = { platform: ["ssh"] } as const;

const address = z.union([hostname, z.ipv4(), z.ipv6()]);

/** How a machine is reached. Without a private key the SSH agent that runs here has it. */
const login = z.strictObject({
  address,
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
    .default("root"),
  port: z.number().int().min(1).max(65535).default(22),
  privateKey: z.string().includes("PRIVATE KEY").optional(),
  passphrase: z.string().min(1).optional(),
  hostKey: sshHostKey,
});

const server = login.extend({
  // Which machine is which is said, never taken from the order.
  name: z
    .string()
    .regex(/^[a-z]+(-[a-z]+)*-[1-9][0-9]?$/)
    .optional(),
  tiers: z.array(z.enum(tiers)).min(1).optional(),
  /** Where the stack's other servers reach it, when that is not `address`. */
  privateAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  // What names point at, where that is another address than the one for logins.
  publicAddress: address.optional(),
  bastion: login.optional(),
});

/** What the platform `ssh` needs. */
export const sshTable = {
  servers: setting(
    json(
      z.array(server).min(1).max(20).refine(areDifferentServers),
      "a list of different servers, each with name (such as web-1), tiers, address, privateAddress (where other servers reach it, when that is another), user, port (1 to 65535), privateKey (PEM, secret), passphrase, hostKey (as ssh-keyscan prints it, without the name), publicAddress and bastion; a single one needs no name and tiers",
    ),
    {
      about:
        "The machines: name, tiers, address, user, port, privateKey, passphrase and hostKey of each; publicAddress where names point at another address than logins go to; bastion (address, user, port, privateKey, passphrase, hostKey) where logins go through another machine. Without a privateKey the SSH agent is asked. The rung asks for servers by name; `pulumi preview` says which are missing.",
      default: [],
      example:
        '[{"name": "web-1", "tiers": ["web", "app", "database"], "address": "203.0.113.7", "user": "root", "port": 22, "privateKey": "…", "hostKey": "ssh-ed25519 …"}]',
      secret: true,
      only,
      required: [{ when: { platform: ["ssh"] }, because: "" }],
      check: serversProblem,
      present: (servers, _source, hide) =>
        servers.map((server) => ({
          ...server,
          ...hiddenKey(server, hide),
          ...(server.bastion === undefined
            ? {}
            : { bastion: { ...server.bastion, ...hiddenKey(server.bastion, hide) } }),
        })),
    },
  ),
  takeOver: setting(flag, {
    about:
      "Whether servers that already serve something else, or belong to another stack, are taken over. Their web server, database and firewall then are this site's alone; the settings that are replaced are kept in /var/backups/one-server-web.",
    default: false,
    example: "true",
    only,
  }),
  openPorts: setting(
    json(
      z
        .array(
          z
            .string()
            .regex(
              /^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])\/(tcp|udp)$/,
            ),
        )
        .max(50),
      "a list of ports with their protocol, such as 8080/tcp and 51820/udp",
    ),
    {
      about:
        "Ports that stay open to anyone besides those of logins and of the site, for what else a server does.",
      default: [],
      example: '["8080/tcp"]',
      only,
      server: { roles: ["base", "hardening"], format: (ports) => ports.join(" ") },
    },
  ),
  dns: setting(choice({ print: "shows the records to set", none: "" }), {
    about: "Whether the DNS records that a person has to set are shown.",
    default: "print",
    example: "print",
    only,
  }),
};

/** The secret parts of a login. */
function hiddenKey(
  { privateKey, passphrase }: z.output<typeof login>,
  hide: Hide,
): { readonly privateKey?: Output<string>; readonly passphrase?: Output<string> } {
  return {
    ...(privateKey === undefined ? {} : { privateKey: hide(privateKey) }),
    ...(passphrase === undefined ? {} : { passphrase: hide(passphrase) }),
  };
}

export type SshSettings = Fields<typeof sshTable>;
/** One machine of the platform `ssh`. */
export type SshServerSettings = SshSettings["servers"][number];

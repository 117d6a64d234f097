import { environmentLines, trimmed } from "./formats";
import { type Fields, setting } from "./setting";
import { sshHostKey } from "./sshValues";
import { certificate, environment, line, password, privateKey, timeOfDay, wholeNumber } from "./values";

/** A target whose server is logged in to over SSH. */
const sftp = { backupRepository: /^sftp:/ };

const set = { backupRepository: true } as const;

/** Where backups go. */
export const backupTable = {
  backupRepository: setting(
    line
      .refine((text) => !/^[a-z0-9]+:(?:[a-z]+:)?\/\/[^/@]*:[^/@]*@/.test(text))
      .describe(
        "a folder on the server, sftp:, s3:, rest: or another of restic's targets, without a password in it (backupEnvironment holds those)",
      ),
    {
      about: "Where restic writes encrypted backups; none are made when empty.",
      example: "s3:https://s3.example.com/backups",
      field: "repository",
      server: { roles: ["backup"] },
    },
  ),
  backupPassword: setting(password, {
    about: "What encrypts the backups; keep a copy elsewhere.",
    example: "$(openssl rand -base64 24)",
    secret: true,
    field: "password",
    only: set,
    required: [{ when: set, because: "backups are encrypted" }],
    server: { roles: ["backup"] },
  }),
  backupEnvironment: setting(environment, {
    about: "Environment variables for restic, such as an S3 bucket's keys.",
    default: {},
    example: '{"AWS_ACCESS_KEY_ID": "…", "AWS_SECRET_ACCESS_KEY": "…"}',
    secret: true,
    field: "environment",
    only: set,
    server: { roles: ["backup"], format: environmentLines },
  }),
  backupAuthority: setting(certificate, {
    about: "The authority that signed the certificate of the backups' target, where no public one did.",
    example: "$(cat authority.pem)",
    field: "authority",
    only: set,
    server: { roles: ["backup"], format: trimmed },
  }),
  backupPrivateKey: setting(privateKey, {
    about: "The private key that an SFTP target accepts.",
    example: "$(cat ~/.ssh/backups)",
    secret: true,
    field: "privateKey",
    only: sftp,
    required: [{ when: sftp, because: "backupRepository is sftp:" }],
    server: { roles: ["backup"], format: trimmed },
  }),
  backupHostKey: setting(sshHostKey, {
    about: "The SFTP target's public key; a server with another one is refused.",
    example: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAVHdhcoGWEWhdsMJUpVnTUDyHuAPSXyfIFgXTlfZ7rK",
    field: "hostKey",
    only: sftp,
    required: [{ when: sftp, because: "backupRepository is sftp:" }],
    server: { roles: ["backup"] },
  }),
  backupTime: setting(timeOfDay, {
    about: "When the nightly backup begins, by the server's clock.",
    default: "02:15",
    example: "02:15",
    field: "time",
    only: set,
    server: { roles: ["backup"] },
  }),
  backupKeepDays: setting(wholeNumber("days", 1, 3650), {
    about: "How many days backups are kept.",
    default: 14,
    example: "14",
    field: "keepDays",
    only: set,
    server: { roles: ["backup"] },
  }),
};

/** Backups that are made: their repository and password are set. */
export type BackupSettings = Fields<typeof backupTable> &
  Required<Pick<Fields<typeof backupTable>, "repository" | "password">>;

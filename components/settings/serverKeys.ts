import { z } from "zod";
import { key } from "./key";
import { sshHostKey } from "./sshValues";
import { certificate, environmentName, flag, json, line, privateKey, taskName, wholeNumber } from "./values";

/** The keys that say how a server is set up, on every platform. */
export const serverKeys = {
  stack: key(z.enum(["lemp", "lamp"]), "lemp (nginx) or lamp (Apache)", "lemp"),
  phpVersion: key(
    z.string().regex(/^[0-9]\.[0-9]{1,2}$/),
    "a version of PHP that the server's distribution has, two numbers",
    "8.4",
  ),
  phpExtensions: key(
    json(z.array(z.string().regex(/^[a-z0-9]{1,30}$/)).max(50)),
    "a list of PHP extensions as the distribution names their packages, without php-",
    '["curl", "gd", "mbstring", "xml"]',
  ),
  application: key(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$/),
    "a Python module and the application in it",
    "wsgi:application",
  ),
  interface: key(z.enum(["wsgi", "asgi"]), "wsgi or asgi", "wsgi"),
  maximumUpload: key(wholeNumber(1, 10240), "MiB that one request may upload, 1 to 10240", "32"),
  appProcesses: key(
    wholeNumber(1, 1024),
    "how many requests the app server works on at the same time, 1 to 1024",
    "10",
  ),
  requestTimeout: key(wholeNumber(5, 3600), "seconds that one request may take, 5 to 3600", "120"),
  pageCache: key(
    z.string().regex(/^[1-9][0-9]{0,4}[smh]$/),
    "how long a page without cookies may be served from memory: seconds, minutes or hours",
    "10s",
  ),
  http3: key(flag, "true or false", "true"),
  rebootWindow: key(
    z.string().regex(/^(never|([01][0-9]|2[0-3]):[0-5][0-9])$/),
    "a time of day as the server's clock shows it, HH:MM, or never",
    "03:30",
  ),
  cache: key(z.enum(["none", "valkey"]), "none or valkey", "valkey"),
  workers: key(
    json(z.record(taskName, line)),
    "an object of command lines that run all the time, by names of lower-case letters, digits and hyphens",
    '{"mail": "php bin/worker.php"}',
  ),
  cron: key(
    json(z.record(taskName, z.strictObject({ schedule: line, command: line }))),
    "an object of jobs, each with a schedule (as systemd.time writes calendar events) and a command line",
    '{"clean": {"schedule": "*:0/10", "command": "php bin/clean.php"}}',
  ),
  exporters: key(flag, "true or false", "true"),
  alertCommand: key(
    line,
    "a command line that is given an alarm's text on standard input",
    'curl --fail --silent --variable %TOPIC --expand-url "https://ntfy.example.com/{{TOPIC}}" --data-binary @-',
  ),
  alertEnvironment: key(
    json(z.record(environmentName, line)),
    "an object of environment variables for alertCommand",
    '{"TOPIC": "…"}',
    { secret: true },
  ),
  backupRepository: key(
    line.refine((text) => !/^[a-z0-9]+:(?:[a-z]+:)?\/\/[^/@]*:[^/@]*@/.test(text)),
    "where restic writes backups: a folder on the server, sftp:, s3:, rest: or another of its targets; names and passwords belong into backupEnvironment",
    "s3:https://s3.example.com/backups",
  ),
  backupPassword: key(
    z.string().min(12).max(128).pipe(line),
    "12 to 128 characters that encrypt the backups; keep a copy elsewhere",
    "$(openssl rand -base64 24)",
    { secret: true },
  ),
  backupEnvironment: key(
    json(z.record(environmentName, line)),
    "an object of environment variables for restic, such as an S3 bucket's keys",
    '{"AWS_ACCESS_KEY_ID": "…", "AWS_SECRET_ACCESS_KEY": "…"}',
    { secret: true },
  ),
  backupAuthority: key(
    certificate,
    "the authority that signed the certificate of the backups' target, in PEM",
    "$(cat authority.pem)",
  ),
  backupPrivateKey: key(
    privateKey,
    "the private key that an SFTP target lets in, in PEM, without a passphrase",
    "$(cat ~/.ssh/backups)",
    { secret: true },
  ),
  backupHostKey: key(
    sshHostKey,
    "the SFTP target's public key as ssh-keyscan prints it, without the name",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAVHdhcoGWEWhdsMJUpVnTUDyHuAPSXyfIFgXTlfZ7rK",
  ),
  backupKeepDays: key(wholeNumber(1, 3650), "days, 1 to 3650", "14"),
};

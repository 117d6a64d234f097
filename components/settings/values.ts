import { z } from "zod";

/** A label of a host name: letters, digits and inner hyphens, at most 63 (RFC 1123, section 2.1). */
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostnamePattern = new RegExp(
  `^(?=.{1,253}$)${label}(?:\\.${label})*\\.[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`,
);

/** A full host name in lower case, with at least two labels: `www.foobar.com`. */
export const hostname = z.string().regex(hostnamePattern);

/** A whole number written in decimal digits, from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum));
}

/** `true` or `false`. */
export const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** A value that Pulumi hands over as JSON (lists and objects), checked by `schema`. */
export function json<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: "not JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** A path below a folder: relative, without `..`, of ordinary characters, so that it means the same to every shell. */
export const relativePath = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_.][A-Za-z0-9._-]*)*$/)
  .refine((path) => !path.split("/").includes(".."));

/** The path of a URL: starts with a slash. */
export const urlPath = z.string().regex(/^\/[A-Za-z0-9._~/-]*$/);

/** The name of an environment variable that the site may be given. */
export const environmentName = z.string().regex(/^[A-Z][A-Z0-9_]*$/);

/** The name of a worker or a job, as a unit's name holds it. */
export const taskName = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/);

/** One line of text without control characters, as commands and environment values are. */
export const line = z
  .string()
  .min(1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/);

/** A certificate in PEM. */
export const certificate = z
  .string()
  .regex(/^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----\s*$/);

/** A private key in PEM. */
export const privateKey = z
  .string()
  .regex(/^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\s\S]+\n-----END [A-Z ]*PRIVATE KEY-----\s*$/);

/** A private IPv4 network (RFC 1918) of 256 addresses: `10.88.0.0/24`. */
export const privateSubnet = z
  .string()
  .regex(
    /^(?:10\.(?:25[0-5]|2[0-4]\d|1?\d?\d)|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.(?:25[0-5]|2[0-4]\d|1?\d?\d)\.0\/24$/,
  );

/** `foobar.com` for `www.foobar.com`: people type either. */
export function apexOf(domain: string): string[] {
  return domain.startsWith("www.") ? [domain.slice("www.".length)] : [];
}

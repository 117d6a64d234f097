import { z } from "zod";

// Each schema reads the text that Pulumi hands over, and describes what it allows: the words after "expected" in an error.

/** A label of a host name: letters, digits and inner hyphens, at most 63 (RFC 1123, section 2.1). */
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostnamePattern = new RegExp(
  `^(?=.{1,253}$)${label}(?:\\.${label})*\\.[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`,
);

/** A full host name in lower case, with at least two labels: `www.foobar.com`. */
export const hostname = z.string().regex(hostnamePattern).describe("a full host name in lower case");

/** A text of this form. */
export function text(form: RegExp, words: string) {
  return z.string().regex(form).describe(words);
}

/**
 * A whole number written in decimal digits, from `minimum` to `maximum`.
 * @param unit what is counted: `seconds`
 */
export function wholeNumber(unit: string, minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum))
    .describe(`a whole number of ${unit}, ${minimum} to ${maximum}`);
}

/** `true` or `false`. */
export const flag = z
  .enum(["true", "false"])
  .transform((value) => value === "true")
  .describe("true or false");

/** One of these words; each may have a text that explains it. */
export function choice<const Choices extends Readonly<Record<string, string>>>(choices: Choices) {
  const words = Object.keys(choices) as (keyof Choices & string)[];
  const explained = words.map((word) => (choices[word] === "" ? word : `${word} (${choices[word]})`));
  return z.enum(words).describe(alternatives(explained));
}

/** One of these words, which explain themselves. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words).describe(alternatives(words));
}

/** `a, b or c` */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** A value that Pulumi hands over as JSON (lists and objects), checked by `schema`. */
export function json<Schema extends z.ZodType>(schema: Schema, words: string) {
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
    .pipe(schema)
    .describe(words);
}

/** A path below a folder: relative, without `..`, of ordinary characters, so that it means the same to every shell. */
export const relativePath = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_.][A-Za-z0-9._-]*)*$/)
  .refine((path) => !path.split("/").includes(".."))
  .describe("a relative path of letters, digits and ._-, without ..");

/** The path of a URL. */
export const urlPath = text(
  /^\/[A-Za-z0-9._~/-]*$/,
  "the path of a URL: a slash, then letters, digits and ._~/-",
);

/** The name of an environment variable that the site may be given. */
export const environmentName = z.string().regex(/^[A-Z][A-Z0-9_]*$/);

/** The name of a worker or a job, as a unit's name holds it. */
export const taskName = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/);

/** One line of text without control characters, as commands and environment values are. */
export const line = z
  .string()
  .min(1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/)
  .describe("one line of text");

/** A time of day. */
export const timeOfDay = text(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "a time of day, HH:MM");

/** A command line. */
export const command = line.describe("one command line");

/** Environment variables, by their names. */
export const environment = json(
  z.record(environmentName, line),
  "an object of environment variables, names in capitals",
);

/** A password. */
export const password = z.string().min(12).max(128).pipe(line).describe("12 to 128 characters on one line");

/** A certificate in PEM. */
export const certificate = text(
  /^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----\s*$/,
  "a certificate in PEM",
);

/** A private key in PEM. */
export const privateKey = text(
  /^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\s\S]+\n-----END [A-Z ]*PRIVATE KEY-----\s*$/,
  "a private key in PEM, without a passphrase",
);

/** A private IPv4 network (RFC 1918) of 256 addresses: `10.88.0.0/24`. */
export const privateSubnet = text(
  /^(?:10\.(?:25[0-5]|2[0-4]\d|1?\d?\d)|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.(?:25[0-5]|2[0-4]\d|1?\d?\d)\.0\/24$/,
  "a private network of 256 addresses",
);

/** `foobar.com` for `www.foobar.com`: people type either. */
export function apexOf(domain: string): string[] {
  return domain.startsWith("www.") ? [domain.slice("www.".length)] : [];
}

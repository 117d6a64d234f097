import { UNKNOWN } from "../resources";
import { isSecretName } from "./names";
import { isLiteral } from "./values";

/** What is a secret wherever it stands, by its form alone. */
const forms: readonly (readonly [string, RegExp])[] = [
  ["an AWS access key", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a private key", /-----BEGIN (RSA |EC |OPENSSH |DSA |ENCRYPTED |PGP )?PRIVATE KEY( BLOCK)?-----/],
  ["a GitHub token", /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,})\b/],
  ["a GitLab token", /\bglpat-[\w-]{20,}/],
  ["a Slack token", /\bxox[abpors]-[A-Za-z0-9-]{10,}/],
  ["a Stripe key", /\b[sr]k_live_[A-Za-z0-9]{16,}/],
  ["a Google key", /\bAIza[\w-]{35}\b/],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["a SendGrid key", /\bSG\.[\w-]{20,}\.[\w-]{20,}/],
];

/** Where commands take a secret; the first group is its value. */
const commands: readonly RegExp[] = [
  /\bIDENTIFIED\s+(?:WITH\s+\S+\s+)?BY\s+["']([^"']+)["']/gi,
  /\bPASSWORD\s*\(?\s*'([^']+)'/gi,
  // At a command's place: `docker run --name mysql -p3306:3306` runs no client.
  /(?:^|[;&|(`"']|\bsudo|\bexec|\s-l?c|\btime|\bthen|\bdo)[^\S\n]*(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin)\b[^\n|;&]*?\s(?:-p|--password=)["']?([^\s"']+)/gm,
  /\b(?:docker|podman|kubectl)\s+exec\b[^\n|;&]*\s(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;&]*?\s-p["']?([^\s"']+)/g,
  /\bmysqladmin\b[^\n|;&]*\spassword\s+["']?([^\s"']+)/gi,
  /\bredis-cli\b[^\n|;&]*\s-a\s+["']?([^\s"']+)/gi,
  /\baws_secret_access_key\s+["']?([^\s"'=:]+)/gi,
  /\bsshpass\s+-p\s*["']?([^\s"']+)/gi,
  /\brequirepass\s+["']?([^\s"']+)/gi,
  /\bhtpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+["']?([^\s"']+)/gi,
  /\becho\s+["']?[\w.-]+:([^"'\s|]+)["']?\s*\|\s*(?:sudo\s+)?chpasswd/gi,
  /-pass(?:in|out)?\s+pass:([^\s"']+)/gi,
  /\/\S*pass(?:word)?(?:[_-]again)?\s+password\s+["']?([^\s"']+)/gi,
  /\bs([/|#,])\w*(?:password|secret)\w*\1(?<value>[^/|#,\n]+)\1/gi,
  /\bAuthorization:\s*(?:Bearer|Basic|token)\s+([\w.~+/=-]{12,})/gi,
  /--[\w-]*(?:password|passwd|passphrase|secret|token|api-key)\s+["']?((?!-)[^\s"']{4,})/gi,
];

/** A password in an address: `postgres://user:password@host`. */
const address = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"'<>{}$]*:([^\s@/"'<>]+)@(?!sha256)/gi;

/** `name: value`, `name = value`, `name=value`, `'name' => 'value'`: name, sign, value in quotes or bare. */
const assignment =
  /(?<![\w.$])(?<!\$\{)([A-Za-z][\w.-]*)["']?([^\S\n]*)(=>|:=|[:=])(?![=~>])([^\S\n]*)(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"',;&|]+))([^\n]*)/g;
const definition = /\bdefine\(\s*["'](\w+)["']\s*,\s*["']([^"'\n]*)["']/g;
const element = /<(\w+)>([^<\n]+)<\//g;

/**
 * Names what looks like a secret in a text: a start-up script, a command, a file's content.
 * @returns such as `a password`; undefined where there is none. The secret itself is never returned.
 */
export function secretIn(text: string): string | undefined {
  const form = forms.find(([, pattern]) => pattern.test(text));
  if (form !== undefined) return form[0];
  // In scripts inside scripts quotes are escaped. An unknown part is no secret, and hides none beside it.
  const script = text.replaceAll(UNKNOWN, "$(unknown)").replace(/\\(["'])/g, "$1");
  return commandHolds(script) || assignmentHolds(script) ? "a password" : undefined;
}

/** Names what looks like a secret in a value that has a name of its own, such as an environment variable. */
export function secretInVariable(name: string, value: string): string | undefined {
  const form = forms.find(([, pattern]) => pattern.test(value));
  if (form !== undefined) return form[0];
  const named = isSecretName(name) && isLiteral(name, value, { quoted: true, bareIsText: true });
  return named || addressHolds(value) ? "a password" : undefined;
}

/** True for an address with a password in it. */
function addressHolds(text: string): boolean {
  return [...text.matchAll(address)].some(([, value = ""]) => literal("password", value));
}

function commandHolds(script: string): boolean {
  if (addressHolds(script)) return true;
  return commands.some((pattern) =>
    [...script.matchAll(pattern)].some((match) => literal("password", match.groups?.value ?? match[1] ?? "")),
  );
}

function literal(name: string, value: string): boolean {
  return !/^\d+:\d+/.test(value) && isLiteral(name, value, { quoted: false, bareIsText: true });
}

function assignmentHolds(script: string): boolean {
  for (const [, name = "", value = ""] of [...script.matchAll(definition), ...script.matchAll(element)])
    if (isSecretName(name) && isLiteral(name, value, { quoted: true, bareIsText: true })) return true;
  // In a configuration for cloud-init, a bare word is a text.
  const yaml = /^(#cloud-config|---)\s*$/m.test(script);
  assignment.lastIndex = 0;
  for (let match = assignment.exec(script); match !== null; match = assignment.exec(script)) {
    const [whole, name = "", before = "", sign = "", after = "", double, single, bare = "", rest = ""] =
      match;
    const signed = name.length + before.length + sign.length + after.length;
    const secret = isSecretName(lastPart(name));
    // What follows may hold the next one: the rest of the line, or the value, as in `--from-literal=password=…`.
    assignment.lastIndex = match.index + (secret ? whole.length - rest.length : signed);
    if (!secret) continue;
    const quoted = double ?? single;
    if (quoted === undefined) {
      const spaced = before !== "" || after !== "";
      if (bareHolds({ name, sign, spaced, value: bare, rest, yaml })) return true;
    } else if (quoted.length >= 3 && !(double !== undefined && /\$[A-Za-z_]/.test(double))) {
      if (isLiteral(name, quoted, { quoted: true, bareIsText: true })) return true;
    }
  }
  return false;
}

/** `--db-password` and `spring.datasource.password` are judged by their last part. */
function lastPart(name: string): string {
  return name.split(".").at(-1) ?? name;
}

interface Bare {
  readonly name: string;
  readonly sign: string;
  readonly spaced: boolean;
  readonly value: string;
  readonly rest: string;
  readonly yaml: boolean;
}

/** A value without quotes: in a shell's assignment the word itself; elsewhere only where it fills its line, and isn't a program's variable. */
function bareHolds({ name, sign, spaced, value, rest, yaml }: Bare): boolean {
  if (sign === "=>" || value.length < 4) return false;
  const shell = sign === "=" && !spaced;
  const argument = /^\s*[,)]/.test(rest) && value === value.toLowerCase();
  if (shell && !argument) return isLiteral(name, value, { quoted: false, bareIsText: true });
  const fillsLine = /^\s*(["'].*|[,;].*|#.*)?$/.test(rest);
  const written = { quoted: false, bareIsText: sign === ":" && (yaml || /^["']/.test(rest)) };
  return fillsLine && value.length >= 6 && isLiteral(name, value, written);
}

import { isUnknown, UNKNOWN } from "../resources";
import { isSecretName, wordsOfName } from "./names";

/** How a value stands in its text: what follows from its quotes, and what is around it. */
export interface Written {
  readonly quoted: boolean;
  /** False in a program's text, where a bare word is a variable: `password: dbPassword`, `connect(password=password)`. */
  readonly bareIsText: boolean;
}

/** What isn't a secret but says where one is, or that there is none. */
const references = [
  // Variables and templates of shells, Terraform, Jinja, Mustache, Ruby, Python, printf, Angular.
  /\$\{|\$\(|^\$|`|\{\{|<%|%\(|#\{|^%\w$|^\{[^}]*\}$|^<[^>]*>$|^@@?\w+@@?$|^__\w+__$|^%\w+%$|^\[.*\]$|^!\w+/,
  // Names of secrets elsewhere, paths and addresses.
  /^(arn:|ssm:|secretsmanager:|vault:|op:\/\/|file:|env:|resolve:|sm:\/\/|https?:\/\/[^@]*$|projects\/|\.{0,2}\/|~\/|[A-Za-z]:\\)/,
  // Masks.
  /^(x{3,}|\*{3,}|\.{3,}|-+|redacted|masked|hidden)$/i,
  /^(put|enter|insert|your|replace)[ _-].*(here|phrase|password|secret|token|key)/i,
  // Words that choose, and types.
  /^(true|false|null|none|nil|undefined|yes|no|on|off|required|optional|auto|string|str|boolean|bool|number|int|integer|any|unknown|bytes|object|empty)$/i,
  // Labels and prose for people.
  /^Password$|^Secret$|^Token$|(\S+\s+){5}/,
];

/** Roots of what programs read values from. */
const codeRoots =
  /^(process|os|env|environ|config|cfg|conf|settings|self|this|var|local|data|args|props|secrets?|context|ctx|event|options|opts|params|req|request|res|response|result|app|module|input|inputs|values|body|credentials|creds|db|aws|pulumi|global|window|user|form|json|parsed|payload)\b[.[]/i;

/**
 * True when a value under a secret's name is the secret itself.
 * @param value without its quotes
 */
export function isLiteral(name: string, value: string, { quoted, bareIsText }: Written): boolean {
  const trimmed = value.trim();
  if (trimmed === "" || isUnknown(trimmed) || trimmed.includes(UNKNOWN)) return false;
  if (references.some((pattern) => pattern.test(trimmed))) return false;
  if (namesSecret(name, trimmed)) return false;
  const number = /^\d+$/.test(trimmed);
  if (number && !/pass|pwd/i.test(name)) return false;
  if (quoted) return true;
  if (/[()[\]{}]|=>|\$[A-Za-z_]/.test(trimmed) || codeRoots.test(trimmed)) return false;
  if (bareIsText) return true;
  // A bare word in a program is a variable; what holds digits or signs that names can't is a value.
  return !/^[A-Za-z_][\w.]*$/.test(trimmed) || (/\d/.test(trimmed) && !isSecretName(trimmed));
}

/** What keeps its credentials in Secrets Manager, and is configured with their name. */
const keepers = new Set(
  "db database rds mysql postgres pg docdb aurora redis user admin master manager sm aws".split(" "),
);

/** `DB_SECRET: prod-db-credentials` names a secret of Secrets Manager; `JWT_SECRET: mysecret` is one. */
function namesSecret(name: string, value: string): boolean {
  const words = wordsOfName(name);
  if (words.at(-1) !== "secret" || !/^[a-z][a-z0-9/_-]*$/.test(value)) return false;
  if (words.length > 1 && !keepers.has(words.at(-2) ?? "")) return false;
  return /secret|cred|password|\/|(^|-)(db|rds|prod|dev|staging)(-|$)/.test(value);
}

/** Endings of one word: `MYSQL_ROOT_PASSWORD`, `pgpassword`, `dbPass`. */
const endings = /(password|passwd|passphrase|passcode|dbpass|pwd)$/;
const lastWords = new Set(
  "pass secret secrets token apikey secretkey authkey privatekey accesskey clientsecret authtoken accesstoken apitoken credential credentials".split(
    " ",
  ),
);
/** What stands before `key` when the key is secret: `API_KEY`, `secretAccessKey`. */
const secretKeys = new Set(
  "api secret access private auth encryption signing master app hmac jwt session account storage".split(" "),
);
/** Such words make a name's value one that may be seen: `PUBLISHABLE_API_KEY`, `proxy_pass`. */
const openWords = new Set(
  "public publishable pub proxy fastcgi uwsgi scgi grpc no allow require use enable disable has is with".split(
    " ",
  ),
);

/** The words of a name: `dbPassword1` gives `db`, `password`. */
export function wordsOfName(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
}

/** True for the name of a value that nobody else should see, such as `DB_PASSWORD`; false for `DB_PASSWORD_FILE`. */
export function isSecretName(name: string): boolean {
  const words = wordsOfName(name);
  const last = words.at(-1) ?? "";
  if (words.some((word) => openWords.has(word))) return false;
  if (endings.test(last) || lastWords.has(last)) return true;
  if (/secret ?key ?base$/.test(words.join(" "))) return true;
  return last === "key" && secretKeys.has(words.at(-2) ?? "");
}

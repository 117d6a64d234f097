import assert from "node:assert/strict";
import { formatAssignments } from "../../components/servers/assignments";
import { type Config, plainSettings, serverAssignments } from "../support/settings";
import { runShell } from "../support/shell";

function parse(text: string, show = "") {
  return runShell(["lib/log", "lib/assignments", "lib/settings"], `parse_assignments "$TEXT"; ${show}`, {
    TEXT: text,
  });
}

describe("a server's settings", () => {
  it("are those of its roles, whole", () => {
    const given = serverAssignments();
    const names = Object.keys(given);
    const show = `for name in ${names.join(" ")}; do printf '%s=%s\\0' "$name" "\${!name}"; done`;
    const { output, error } = parse(formatAssignments(given), show);
    const read = output.split("\0").slice(0, -1);
    assert.deepEqual(
      read,
      names.map((name) => `${name}=${given[name]}`),
      error,
    );
  });

  it("have no defaults on the server", () => {
    const { code, error } = parse("ROLES='base'", 'echo "$RUNTIME"');
    assert.notEqual(code, 0);
    assert.match(error, /RUNTIME: unbound variable/);
  });

  const roles = "ROLES='base'\n";
  const faults: readonly (readonly [string, string, RegExp])[] = [
    ["no assignment", "reboot", /^error: setting number 1: expected NAME='value'/],
    ["a value without quotes", "DOMAIN=x", /expected NAME='value'/],
    ["a name in small letters", "domain='x'", /expected NAME='value'/],
    ["an open quote", "DOMAIN='x", /setting DOMAIN: the closing quote is missing/],
    ["a name that is given twice", "DOMAIN='x'\nDOMAIN='y'", /setting DOMAIN: the name is given twice/],
    ["a variable of the shell", `${roles}IFS='x'`, /setting IFS: .*used by these scripts or the shell/],
    ["a constant of the shell", `${roles}EUID='0'`, /setting EUID: .*used by these scripts or the shell/],
    ["the search path", `${roles}PATH='/tmp'`, /setting PATH: .*used by these scripts or the shell/],
    ["no roles", "DOMAIN='x'", /setting ROLES: expected what this server is to be set up as/],
  ];
  for (const [name, text, message] of faults) {
    it(`end with one line at ${name}`, () => {
      const { code, output, error } = parse(text);
      assert.equal(code, 1);
      assert.equal(output, "");
      assert.match(error, message);
      assert.equal(error.trimEnd().split("\n").length, 1);
    });
  }

  it("replace what the login's environment holds, and are handed to no program", () => {
    const script =
      'export DOMAIN=login; parse_assignments "$TEXT"; echo "$DOMAIN"; printenv DOMAIN || echo nothing';
    const { output } = runShell(["lib/log", "lib/assignments", "lib/settings"], script, {
      TEXT: `${roles}DOMAIN='site'`,
    });
    assert.equal(output, "site\nnothing\n");
  });

  it("are never executed", () => {
    const { code, error } = runShell(
      ["lib/log", "lib/assignments", "lib/settings"],
      'cd "$(mktemp -d)"; parse_assignments "$TEXT"; [ ! -e made ] && [ "$DOMAIN" = "\\$(touch made)" ]',
      { TEXT: `${roles}DOMAIN='$(touch made)'` },
    );
    assert.equal(code, 0, error);
  });
});

describe("what a server must never be given", () => {
  // Each was refused by the server itself once, after everything had been made.
  const refused: readonly (readonly [what: string, config: Config, says: RegExp])[] = [
    ["a domain in capitals", { domain: "WWW" }, /^SettingsError: one-server-web:domain is "WWW"/],
    [
      "another runtime",
      { runtime: "ruby" },
      /^SettingsError: one-server-web:runtime is "ruby"; expected php or python/,
    ],
    [
      "a way out of the release",
      { documentRoot: "../x" },
      /^SettingsError: one-server-web:documentRoot is "..\/x"/,
    ],
    [
      "a path that begins with a hyphen",
      { documentRoot: "-x" },
      /^SettingsError: one-server-web:documentRoot is "-x"/,
    ],
    ["a directive in a path", { healthPath: "/x;}" }, /^SettingsError: one-server-web:healthPath is "\/x;}"/],
    ["a space in a shared path", { sharedPaths: '["a b"]' }, /^SettingsError: one-server-web:sharedPaths is/],
    [
      "an environment that is no object",
      { environment: "GREETING=hello" },
      /^SettingsError: one-server-web:environment is/,
    ],
    [
      "a value on two lines",
      { environment: '{"A": "b\\nc"}' },
      /^SettingsError: one-server-web:environment is/,
    ],
    [
      "a backup's password that is short",
      { backupPassword: "hunter2" },
      /^SettingsError: one-server-web:backupPassword has a/,
    ],
    [
      "an authority without an address",
      { platform: "ssh", servers: '[{"address": "203.0.113.7"}]', acmeEmail: "nobody" },
      /^one-server-web:acmeEmail is "nobody"/m,
    ],
    [
      "SFTP without a key",
      { backupRepository: "sftp:backups@example.org:/site", backupPassword: "x".repeat(12) },
      /^SettingsError: one-server-web:backupPrivateKey is not set.*\n.*backupHostKey is not set/,
    ],
    ["an upload of nothing", { maximumUpload: "0" }, /^SettingsError: one-server-web:maximumUpload is "0"/],
    ["too many releases", { keepReleases: "99" }, /^SettingsError: one-server-web:keepReleases is "99"/],
  ];
  for (const [what, config, says] of refused) {
    it(`is refused by the program: ${what}`, () => {
      assert.throws(() => plainSettings(config), says);
    });
  }

  for (const [value, accepted] of [
    ["4", false],
    ["5", true],
    ["60", true],
    ["999", true],
    ["3600", true],
    ["3601", false],
    ["1m", false],
  ] as const) {
    it(`${accepted ? "is not" : "is"} a request timeout of ${value}`, () => {
      if (accepted)
        assert.equal(plainSettings({ requestTimeout: value }).server.requestTimeout, Number(value));
      else assert.throws(() => plainSettings({ requestTimeout: value }), /requestTimeout is/);
    });
  }

  it("is a secret in an error", () => {
    assert.throws(
      () => plainSettings({ databasePassword: "hunter2" }),
      (error: Error) => /databasePassword has a value/.test(error.message) && !/hunter2/.test(error.message),
    );
  });
});

describe("the version of PHP", () => {
  const check = (wanted: string, available: string) =>
    runShell(["lib/log", "lib/system"], `check_php_version "${wanted}" "${available}"`);

  it("is the distribution's own, or one of those that it has", () => {
    for (const [wanted, available] of [
      ["", "8.4"],
      ["8.4", "8.4"],
      ["8.4", "8.4 8.5"],
      ["8.5", "8.4 8.5"],
    ] as const)
      assert.equal(check(wanted, available).code, 0, `${wanted} of ${available}`);
  });

  it("is refused with one line that names those there are", () => {
    const { code, error } = check("8.1", "8.4 8.5");
    assert.equal(code, 1);
    assert.equal(
      error,
      "error: setting PHP_VERSION (phpVersion) is 8.1, which this system does not have: it has 8.4, 8.5; take one of them, or none for the system's own\n",
    );
    assert.equal(check("8", "8.4").code, 1);
  });

  it("is in the names of the packages that are asked for", () => {
    const packages = (version: string) =>
      runShell(
        ["lib/log", "lib/assignments", "lib/settings", "roles/php-fpm/role", "roles/valkey/role"],
        `PHP_VERSION=${version} PHP_EXTENSIONS="gd curl" CACHE=valkey RUNTIME=php; php-fpm_packages; valkey_packages`,
      ).output;
    assert.equal(
      packages("8.2"),
      "libfcgi-bin\nphp8.2-fpm\nphp8.2-mysql\nphp8.2-gd\nphp8.2-curl\nvalkey-server\nphp8.2-redis\n",
    );
    assert.equal(
      packages(""),
      "libfcgi-bin\nphp-fpm\nphp-mysql\nphp-gd\nphp-curl\nvalkey-server\nphp-redis\n",
    );
  });
});

describe("a target of backups", () => {
  const run = (script: string, answer: string) => runShell(["backup/target"], script, { ANSWER: answer });
  const reason = (answer: string) => run('target_reason "$ANSWER"', answer).output.trimEnd();
  const nothing =
    "Fatal: repository does not exist: unable to open config file: <config/> does not exist\nIs there a repository at the following location?\nrest:https://127.0.0.2:9444/";
  const noBucket =
    "Stat(<config/>) returned error, retrying after 699.650646ms: Stat: The specified bucket does not exist.\nsignal terminated received, cleaning up\nFatal: unable to open config file: context canceled\ns3:https://10.94.77.1:7070/backups";

  const answers: readonly (readonly [what: string, answer: string, reason: string])[] = [
    [
      "a target that nobody answers at",
      'Stat(<config/>) returned error, retrying after 516.391907ms: Head "https://site:***@127.0.0.2:9999/config": dial tcp 127.0.0.2:9999: connect: connection refused\nsignal terminated received, cleaning up\nFatal: unable to open config file: context canceled\nrest:https://127.0.0.2:9999/',
      'Head "https://site:***@127.0.0.2:9999/config": dial tcp 127.0.0.2:9999: connect: connection refused',
    ],
    [
      "a name and password that are refused",
      "Stat(<config/>) failed: unexpected HTTP response (401): 401 Unauthorized\nFatal: unable to open config file: unexpected HTTP response (401): 401 Unauthorized\nrest:https://127.0.0.2:9444/",
      "unable to open config file: unexpected HTTP response (401): 401 Unauthorized",
    ],
    ["another encryption", "Fatal: wrong password or no key found", "wrong password or no key found"],
    [
      "a key that SSH refuses",
      "subprocess ssh: backup@127.0.0.2: Permission denied (password,publickey).\nFatal: unable to open repository at sftp://backup@127.0.0.2:9445/site: unable to start the sftp session, error: EOF",
      "backup@127.0.0.2: Permission denied (password,publickey).",
    ],
    [
      "another host key",
      "subprocess ssh: @@@@@@@@@@@@@@@\nsubprocess ssh: @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nsubprocess ssh: Please contact your system administrator.\nFatal: unable to open repository",
      "its host key is not the one in BACKUP_HOST_KEY (backupHostKey)",
    ],
  ];
  for (const [what, answer, expected] of answers) {
    it(`says in one line that there is ${what}, and is not taken for an empty one`, () => {
      assert.equal(reason(answer), expected);
      assert.equal(run('is_empty_target 1 "$ANSWER"', answer).code, 1);
    });
  }

  it("is empty where restic says so, by its code or, before 0.17, in words", () => {
    assert.equal(run('is_empty_target 10 ""', "").code, 0);
    assert.equal(run('is_empty_target 1 "$ANSWER"', nothing).code, 0);
    assert.equal(run('is_empty_target 124 "$ANSWER"', noBucket).code, 0);
  });
});

describe("the site's environment file", () => {
  const value = `a "b" $HOME \`id\` \\ 'c' # d`;

  it("reads the same in a shell", () => {
    const script = 'eval "X=$(quoted "$VALUE")"; printf %s "$X"';
    assert.equal(
      runShell(["lib/log", "lib/assignments", "lib/settings"], script, { VALUE: value }).output,
      value,
    );
  });
});

import assert from "node:assert/strict";
import { formatAssignments } from "../../components/servers/assignments";
import { runShell } from "../support/shell";

const good = {
  DOMAIN: "www.foobar.com",
  DATABASE_PASSWORD: "twelve characters",
  CERTIFICATE: "PEM",
  CERTIFICATE_KEY: "KEY",
};

function parse(text: string) {
  return runShell(
    ["lib/log", "lib/assignments", "lib/settings"],
    'parse_assignments "$TEXT"; echo "$DOMAIN $RUNTIME"',
    {
      TEXT: text,
    },
  );
}

describe("a server's settings", () => {
  it("have defaults", () => {
    assert.equal(parse(formatAssignments(good)).output, "www.foobar.com php\n");
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ["an unknown name", "RUNTIMES='php'", /^error: unknown setting RUNTIMES: allowed are .*RUNTIME /],
    ["no assignment", "reboot", /^error: setting number 1: expected NAME='value'/],
    ["a value without quotes", "DOMAIN=x", /expected NAME='value'/],
    ["an open quote", "DOMAIN='x", /setting DOMAIN: the closing quote is missing/],
    [
      "a domain in capitals",
      formatAssignments({ ...good, DOMAIN: "WWW" }),
      /setting DOMAIN has the value 'WWW'/,
    ],
    ["no domain", formatAssignments({ ...good, DOMAIN: "" }), /setting DOMAIN has the value ''/],
    [
      "another runtime",
      formatAssignments({ ...good, RUNTIME: "ruby" }),
      /RUNTIME has the value 'ruby'.*php\|python/,
    ],
    [
      "a way out of the release",
      formatAssignments({ ...good, DOCUMENT_ROOT: "../x" }),
      /setting DOCUMENT_ROOT/,
    ],
    ["a directive in a path", formatAssignments({ ...good, HEALTH_PATH: "/x;}" }), /setting HEALTH_PATH/],
    [
      "no certificate",
      formatAssignments({ ...good, CERTIFICATE: "" }),
      /CERTIFICATE_KEY: expected PEM texts/,
    ],
    [
      "ACME without an address",
      formatAssignments({ ...good, TLS_SOURCE: "acme" }),
      /ACME_DIRECTORY and ACME_EMAIL/,
    ],
    [
      "an environment that is none",
      formatAssignments({ ...good, ENVIRONMENT: "GREETING=hello\nsecret words" }),
      /^error: setting ENVIRONMENT: expected one NAME=value a line\n$/,
    ],
    ["no password", formatAssignments({ ...good, DATABASE_PASSWORD: "" }), /DATABASE_PASSWORD: expected 12/],
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

  for (const [value, accepted] of [
    ["4", false],
    ["5", true],
    ["60", true],
    ["999", true],
    ["3600", true],
    ["3601", false],
    ["060", false],
    ["1m", false],
  ] as const) {
    it(`${accepted ? "take" : "refuse"} a request timeout of ${value}`, () => {
      const { code, error } = parse(formatAssignments({ ...good, REQUEST_TIMEOUT: value }));
      assert.equal(code, accepted ? 0 : 1, error);
    });
  }

  it("never show a secret", () => {
    const { error } = parse(formatAssignments({ ...good, DATABASE_PASSWORD: "hunter2" }));
    assert.match(error, /setting DATABASE_PASSWORD has the value '\(secret\)'/);
    assert.doesNotMatch(error, /hunter2/);
  });

  it("are never executed", () => {
    const { code } = runShell(
      ["lib/log", "lib/assignments", "lib/settings"],
      'cd "$(mktemp -d)"; (parse_assignments "DOMAIN=\'$(touch made)\'") 2>/dev/null; [ ! -e made ]',
    );
    assert.equal(code, 1, "the value is no domain, so parsing ends");
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

  it("over SFTP needs a key and the host's, in its settings", () => {
    const sftp = {
      ...good,
      BACKUP_REPOSITORY: "sftp:backups@example.org:/site",
      BACKUP_PASSWORD: "x".repeat(12),
    };
    assert.match(parse(formatAssignments(sftp)).error, /settings BACKUP_PRIVATE_KEY and BACKUP_HOST_KEY/);
    const both = { ...sftp, BACKUP_PRIVATE_KEY: "PEM", BACKUP_HOST_KEY: "ssh-ed25519 AAAA" };
    assert.equal(parse(formatAssignments(both)).code, 0);
  });
});

describe("workers and jobs on a server", () => {
  const faults: readonly (readonly [string, string, RegExp])[] = [
    [
      "a worker without a name",
      "add_worker '' true",
      /setting WORKERS: expected one NAME, a tab and a command/,
    ],
    ["a worker whose name is no unit's", "add_worker 'Mail/1' true", /got 'Mail\/1'/],
    ["a worker without a command", "add_worker mail ''", /setting WORKERS/],
    ["a job without a command", "add_job clean hourly", /setting CRON: expected one NAME, a tab, a schedule/],
    [
      "a schedule that is none",
      "add_job clean sometimes true",
      /schedule 'sometimes' of clean is none that systemd knows/,
    ],
  ];
  for (const [name, script, message] of faults) {
    it(`are refused with one line at ${name}`, () => {
      const { code, error } = runShell(
        ["lib/log", "lib/assignments", "lib/settings", "roles/tasks/role"],
        script,
      );
      assert.equal(code, 1);
      assert.match(error, message);
      assert.equal(error.trimEnd().split("\n").length, 1);
    });
  }
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

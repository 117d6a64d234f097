import assert from "node:assert/strict";
import { formatAssignments } from "../../components/server/assignments";
import { runShell } from "../support/shell";

const good = {
  DOMAIN: "www.foobar.com",
  DATABASE_PASSWORD: "twelve characters",
  CERTIFICATE: "PEM",
  CERTIFICATE_KEY: "KEY",
};

function parse(text: string) {
  return runShell(["lib/log", "lib/settings"], 'parse_assignments "$TEXT"; echo "$DOMAIN $RUNTIME"', {
    TEXT: text,
  });
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
      ["lib/log", "lib/settings"],
      'cd "$(mktemp -d)"; (parse_assignments "DOMAIN=\'$(touch made)\'") 2>/dev/null; [ ! -e made ]',
    );
    assert.equal(code, 1, "the value is no domain, so parsing ends");
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
      const { code, error } = runShell(["lib/log", "lib/settings", "roles/tasks"], script);
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
    assert.equal(runShell(["lib/log", "lib/settings"], script, { VALUE: value }).output, value);
  });
});

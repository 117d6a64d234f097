import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runShell } from "../support/shell";

const pip = `Collecting mysqlclient
  Getting requirements to build wheel: finished with status 'error'
  error: subprocess-exited-with-error

  × Getting requirements to build wheel did not run successfully.
  │ exit code: 1
  ╰─> [40 lines of output]
      /bin/sh: 1: pkg-config: not found
      Traceback (most recent call last):
        File "/tmp/x/_in_process.py", line 389, in <module>
          main()
          ~~~~^^
      Exception: Can not find valid pkg-config name.
      Specify MYSQLCLIENT_CFLAGS and MYSQLCLIENT_LDFLAGS env vars manually
      [end of output]

  note: This error originates from a subprocess, and is likely not a problem with pip.
ERROR: Failed to build 'mysqlclient' when getting requirements to build wheel
`;

const django = `Operations to perform:
  Apply all migrations: shop
Traceback (most recent call last):
  File "/srv/manage.py", line 7, in <module>
    main()
pymysql.err.OperationalError: (1146, "Table 'site.x' doesn't exist")

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/manage.py", line 9, in <module>
django.db.utils.OperationalError: (1146, "Table 'site.x' doesn't exist")
`;

const php = `PHP Fatal error:  Uncaught PDOException: SQLSTATE[42S02]: no such table in /srv/migrate.php:3
Stack trace:
#0 /srv/migrate.php(3): PDO->query()
#1 {main}
  thrown in /srv/migrate.php on line 3
`;

describe("what a failed tool of the site says", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "words-"));
    mkdirSync(join(root, "logs"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const run = (script: string) =>
    runShell(
      ["lib/front", "release/settings", "release/output", "release/words"],
      `LOG=${root}/log; FAILURE=; ${script}`,
      { RELEASE_ROOT: root },
    );
  /** What people see, without times. */
  const seen = (text: string): string[] => {
    writeFileSync(join(root, "said"), text);
    const { output, code, error } = run(`show_lines <${root}/said`);
    assert.equal(code, 0, error);
    const log = readFileSync(join(root, "log"), "utf8").replaceAll(/^\[ *[0-9.]+ s\] {3}/gm, "");
    assert.equal(log, text, "the log has all of it");
    return output
      .trim()
      .split("\n")
      .map((line) => line.replace(/^\[ *[0-9.]+ s\] +/, ""));
  };

  it("is one line instead of pip's forty of a package that can't be built", () => {
    const lines = seen(pip);
    assert.ok(lines.includes("Specify MYSQLCLIENT_CFLAGS and MYSQLCLIENT_LDFLAGS env vars manually"));
    assert.ok(!lines.some((line) => /Traceback|in_process|~~/.test(line)), lines.join("\n"));
    assert.match(lines.at(-1) ?? "", /^\(\d+ lines more: .*\/log on the server\)$/);
  });

  it("is the exceptions of a chained traceback of Python, without the inside", () => {
    const lines = seen(django);
    assert.deepEqual(lines.slice(0, 3), [
      "Operations to perform:",
      "Apply all migrations: shop",
      `pymysql.err.OperationalError: (1146, "Table 'site.x' doesn't exist")`,
    ]);
    assert.equal(lines.at(-2), `django.db.utils.OperationalError: (1146, "Table 'site.x' doesn't exist")`);
    assert.ok(!lines.some((line) => line.includes("manage.py")));
  });

  it("is the error of PHP without its stack", () => {
    assert.deepEqual(seen(php).slice(0, -1), [
      "PHP Fatal error:  Uncaught PDOException: SQLSTATE[42S02]: no such table in /srv/migrate.php:3",
    ]);
  });

  it("stays whole where there is no traceback", () => {
    assert.deepEqual(seen("one\n  two\n# 3\n"), ["one", "two", "# 3"]);
  });

  for (const [title, text, expected] of [
    ["pip's exception", pip, "Exception: Can not find valid pkg-config name."],
    ["the last exception of Python", django, /^django\.db\.utils\.OperationalError: /],
    ["PHP's error", php, /^PHP Fatal error: {2}Uncaught PDOException/],
    [
      "pip's error",
      "x\nERROR: No matching distribution found for nosuch\n",
      "ERROR: No matching distribution found for nosuch",
    ],
  ] as const) {
    it(`ends the error's line with ${title}`, () => {
      writeFileSync(join(root, "log"), text.replaceAll(/^/gm, "[  0.10 s]   "));
      const said = run("why").output.trim();
      const [, line = ""] = /^: (.*) \(all of it: .*\/log on the server\)$/.exec(said) ?? [];
      if (typeof expected === "string") assert.equal(line, expected);
      else assert.match(line, expected);
    });
  }

  it("is that gunicorn is missing, in the deployment, whether packages are listed or brought along", () => {
    mkdirSync(join(root, "srv/www/releases/abc/.venv/bin"), { recursive: true });
    const refused = run("RUNTIME=python; refuse_without_gunicorn abc");
    assert.equal(refused.code, 1);
    assert.match(refused.error, /^error: the site's Python packages lack gunicorn, .*requirements\.txt/);
    assert.equal(run("RUNTIME=php; refuse_without_gunicorn abc").code, 0);
    writeFileSync(join(root, "srv/www/releases/abc/.venv/bin/gunicorn"), "", { mode: 0o755 });
    assert.equal(run("RUNTIME=python; refuse_without_gunicorn abc").code, 0);
  });
});

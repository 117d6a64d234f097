import assert from "node:assert/strict";
import { formatAssignments, shellQuote } from "../../components/servers/assignments";
import { provisionCommand } from "../../components/servers/provision";
import { serverAssignments } from "../support/settings";
import { runShell } from "../support/shell";

describe("settings on their way to a server", () => {
  const values = {
    plain: "php",
    empty: "",
    quote: "it's",
    onlyQuotes: "''",
    shell: '$(reboot) `reboot` \\ "x" ; & | > *',
    lines: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    spaces: "  both ends  ",
    unicode: "Grüße, 世界",
    backslashAtTheEnd: "x\\",
  };

  for (const [name, value] of Object.entries(values)) {
    it(`arrive unchanged: ${name}`, () => {
      const { output, error } = runShell(
        ["lib/log", "lib/assignments", "lib/settings"],
        'parse_assignments "$TEXT"; printf %s "$MIGRATE"',
        { TEXT: formatAssignments(serverAssignments({ MIGRATE: value })) },
      );
      assert.equal(output, value, error);
    });

    it(`are one word of a shell: ${name}`, () => {
      assert.equal(runShell([], `printf %s ${shellQuote(value)}`).output, value);
    });
  }

  it("are the same text for the same settings in any order", () => {
    assert.equal(formatAssignments({ A: "1", B: "2" }), formatAssignments({ B: "2", A: "1" }));
  });

  it("refuse names that are none, and values that no shell can hold", () => {
    assert.throws(() => formatAssignments({ "A=1; reboot": "x" }), /is no name of a server setting/);
    assert.throws(() => formatAssignments({ A: "x\0y" }), /server setting A holds a NUL/);
  });
});

describe("the command that provisions", () => {
  const command = provisionCommand("ab".repeat(32), "cd".repeat(32));

  it("is a shell script without a syntax error", () => {
    assert.equal(runShell([], `bash -n <<'COMMAND'\n${command}\nCOMMAND`).error, "");
  });

  it("refuses an upload that is not whole, before anything else", () => {
    const { code, error } = runShell([], `cd "$(mktemp -d)"; export HOME=$PWD\n${command}`);
    assert.equal(code, 1);
    assert.match(error, /provision\.tar\.gz are not whole: run again/);
  });

  it("changes when the scripts do, so that an update runs it again", () => {
    assert.notEqual(command, provisionCommand("ef".repeat(32), "cd".repeat(32)));
  });
});

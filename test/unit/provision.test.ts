import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Report } from "../../components/servers/ask";
import { formatAssignments, shellQuote } from "../../components/servers/assignments";
import type { Beliefs } from "../../components/servers/beliefs";
import type { Facts } from "../../components/servers/drift";
import { planProvisioning, provisionCommand } from "../../components/servers/provisioning";
import { serverAssignments } from "../support/settings";
import { runShell } from "../support/shell";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

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
        'parse_assignments "$TEXT"; printf %s "$ALERT_COMMAND"',
        { TEXT: formatAssignments(serverAssignments({ ALERT_COMMAND: value })) },
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
    assert.throws(() => formatAssignments({ "A=1; reboot": "x" }), /is not a valid name of a server setting/);
    assert.throws(() => formatAssignments({ A: "x\0y" }), /server setting A holds a NUL/);
  });
});

const archive = { hash: "ab".repeat(32), digest: "cd".repeat(32) };
const owner = "one-server-web/prod 1a2b3c4d";
const upload = "one-server-web-provision.tar.gz";

describe("the command that provisions", () => {
  const command = provisionCommand(archive, upload, owner);

  it("is a shell script without a syntax error", () => {
    assert.equal(runShell([], `bash -n <<'COMMAND'\n${command}\nCOMMAND`).error, "");
  });

  it("refuses an upload that is not whole, before anything else", () => {
    const { code, error } = runShell([], `cd "$(mktemp -d)"; export HOME=$PWD\n${command}`);
    assert.equal(code, 1);
    assert.match(error, /provision\.tar\.gz are not whole: run again/);
  });

  it("changes when the scripts do, so that an update runs it again", () => {
    assert.notEqual(command, provisionCommand({ ...archive, hash: "ef".repeat(32) }, upload, owner));
  });
});

describe("what is done to provision a server", () => {
  const freshMark = "0f0f0f0f";
  const settings = sha256("DOMAIN='www.foobar.com'\n");
  const text = provisionCommand(archive, upload, owner);
  const inOrder: Report = {
    facts: { settings, bundle: "one-server-web-abababababababab", owner, release: "" },
    digests: { [upload]: archive.digest },
  };
  const believed: Beliefs = {
    commands: { "web-1-provision": { text, inputDigest: settings, machine: "i-1" } },
    copies: { "web-1-scripts": { remotePath: upload, hash: archive.hash } },
    databases: ["web-1"],
  };
  const plan = (reported: Report | undefined, was = believed, wanted = settings) =>
    planProvisioning("web-1", archive, { believed: was, reported, freshMark, owner }, wanted);
  const usual = { remotePath: upload, command: text, warning: undefined };

  it("is the same as ever where the server is in order, is new, or can't be asked", () => {
    assert.deepEqual(plan(inOrder), usual);
    assert.deepEqual(plan(undefined), usual);
    assert.deepEqual(plan(undefined, { commands: {}, copies: {}, databases: [] }), usual);
  });

  const drifted: readonly (readonly [title: string, facts: Facts, says: string])[] = [
    [
      "its last provisioning failed",
      { settings: "", bundle: "", owner: "" },
      "its last provisioning did not succeed, or its record is gone",
    ],
    ["it has no scripts any more", {}, "its last provisioning did not succeed, or its record is gone"],
    [
      "another stack has provisioned it",
      { ...inOrder.facts, settings: "other", owner: "one-server-web/test 99999999" },
      "another stack provisioned it last, one-server-web/test",
    ],
    [
      "it has other scripts",
      { ...inOrder.facts, bundle: "other" },
      "it was last provisioned by other scripts",
    ],
    [
      "it has other settings",
      { ...inOrder.facts, settings: "x" },
      "it was last provisioned with other settings",
    ],
  ];
  for (const [title, facts, says] of drifted) {
    it(`is done again where ${title}, and once`, () => {
      const seen = plan({ ...inOrder, facts });
      assert.equal(seen.warning, `web-1 has drifted: ${says}; this update mends it`);
      assert.equal(seen.command, `${text}\n# run ${freshMark}`);
      const mended: Beliefs = {
        ...believed,
        commands: { "web-1-provision": { text: seen.command, inputDigest: settings, machine: "i-1" } },
      };
      assert.deepEqual(plan(inOrder, mended), { ...seen, warning: undefined });
    });
  }

  it("is nothing special where a changed setting has it done anyway", () => {
    assert.deepEqual(plan(inOrder, believed, "changed"), usual);
  });

  it("is an upload to another path where the scripts are not in this login's home", () => {
    const seen = plan({ ...inOrder, digests: {} });
    assert.equal(seen.remotePath, `one-server-web-provision.${freshMark}.tar.gz`);
    assert.ok(seen.command.includes(`bundle="$HOME/${seen.remotePath}"`), seen.command);
    assert.match(seen.warning ?? "", /the uploaded scripts are not in the login's home folder/);
  });

  it("says so where the server is new to this stack and was another one's", () => {
    const facts = { ...inOrder.facts, owner: "one-server-web/test 99999999" };
    const seen = plan({ facts, digests: {} }, { commands: {}, copies: {}, databases: [] });
    assert.equal(seen.command, text);
    assert.equal(
      seen.warning,
      "web-1 was provisioned by another stack before, one-server-web/test: this stack takes it over",
    );
    assert.equal(
      plan({ facts: {}, digests: {} }, { commands: {}, copies: {}, databases: [] }).warning,
      undefined,
    );
  });

  it("is nothing special on a server that version 0.1.0 provisioned", () => {
    const old = text.replace(/^owner=.*\n/m, "");
    const was = { ...believed, commands: { "web-1-provision": { text: old, inputDigest: "", machine: "" } } };
    assert.deepEqual(plan({ facts: {}, digests: inOrder.digests }, was), usual);
  });
});

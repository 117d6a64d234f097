import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../components/servers/ask";
import { formatAssignments, shellQuote } from "../../components/servers/assignments";
import type { Beliefs } from "../../components/servers/beliefs";
import { type Facts, marked } from "../../components/servers/drift";
import { ownerIn } from "../../components/servers/owner";
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

  for (const shell of ["bash", "dash", "zsh", "fish"]) {
    const missing = existsSync(`/usr/bin/${shell}`) ? "" : ` (skipped: this host has no ${shell})`;
    it(`is understood by ${shell} as the login's shell, and its settings arrive${missing}`, function () {
      if (missing !== "") this.skip();
      const home = mkdtempSync(join(tmpdir(), "login-"));
      try {
        const bundle = join(home, upload);
        writeFileSync(bundle, "scripts");
        const digest = sha256("scripts");
        const folder = join(home, "opt");
        const text = provisionCommand({ ...archive, digest }, upload, owner).replaceAll(
          "/opt/",
          `${folder}/`,
        );
        const scripts = join(folder, "one-server-web-abababababababab");
        mkdirSync(scripts, { recursive: true });
        writeFileSync(join(scripts, "provision.sh"), '#!/bin/sh\necho "$OWNER"; cat\n', { mode: 0o755 });
        const ran = spawnSync(shell, ["-c", marked(text, "0f")], {
          env: { HOME: home, PATH: process.env.PATH },
          input: "DOMAIN='x'\n",
          encoding: "utf8",
        });
        assert.deepEqual([ran.stdout, ran.stderr, ran.status], [`${owner}\nDOMAIN='x'\n`, "", 0]);
        assert.equal(ownerIn(text), owner);
      } finally {
        rmSync(home, { recursive: true });
      }
    });
  }

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
  const plan = (reported: Report | undefined, was = believed, wanted = settings, takeOver = false) =>
    planProvisioning("web-1", archive, { believed: was, reported, freshMark, owner }, wanted, takeOver);
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

  const others = { ...inOrder.facts, settings: "other", owner: "one-server-web/test 99999999" };
  for (const [title, was, says] of [
    [
      "is new to this stack",
      { commands: {}, copies: {}, databases: [] },
      "web-1 belonged to the stack one-server-web/test: this stack takes it over",
    ],
    [
      "was taken from this stack",
      believed,
      "web-1 has drifted: another stack provisioned it last, one-server-web/test; the uploaded scripts are not in the login's home folder; this update mends it",
    ],
  ] as const) {
    it(`is refused where the server ${title} and belongs to another one, unless it is to be taken over`, () => {
      const refused = plan({ facts: others, digests: {} }, was);
      assert.match(
        refused.refusal ?? "",
        /^server web-1: it belongs to the stack one-server-web\/test, whose site .*: pulumi config set takeOver true$/,
      );
      const taken = plan({ facts: others, digests: {} }, was, settings, true);
      assert.equal(taken.refusal, undefined);
      assert.equal(taken.warning, says);
    });
  }

  it("is refused on a server of a stack of the same name in another clone", () => {
    const facts = { ...others, owner: "one-server-web/prod 99999999" };
    assert.match(
      plan({ facts, digests: {} }, { commands: {}, copies: {}, databases: [] }).refusal ?? "",
      /another stack of the same name, one-server-web\/prod, or to this one before it was destroyed/,
    );
  });

  it("is done without a question on a server that nobody or version 0.1.0 provisioned", () => {
    const none = { commands: {}, copies: {}, databases: [] };
    for (const facts of [{}, { settings: "", bundle: "", owner: "" }]) {
      const seen = plan({ facts, digests: {} }, none);
      assert.deepEqual([seen.refusal, seen.warning], [undefined, undefined]);
    }
  });

  it("is refused where the login can't do it", () => {
    const seen = plan({ facts: {}, digests: {}, problem: "its shell prints" });
    assert.equal(seen.refusal, "server web-1: its shell prints");
  });

  it("is nothing special on a server that version 0.1.0 provisioned", () => {
    const old = text.replace(/^owner=.*\n/m, "");
    const was = { ...believed, commands: { "web-1-provision": { text: old, inputDigest: "", machine: "" } } };
    assert.deepEqual(plan({ facts: {}, digests: inOrder.digests }, was), usual);
  });
});

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runShell } from "../support/shell";

describe("the way into a server", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "access-"));
    mkdirSync(join(root, "proc/net"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** The ports that stay open, where sshd says this of itself and systemd that of its socket. */
  function ports(sshd: string, listens = "", connection = ""): string {
    writeFileSync(join(root, "sshd"), `#!/bin/sh\ncat <<'END'\n${sshd}\nEND\n`);
    chmodSync(join(root, "sshd"), 0o755);
    const { output, error } = runShell(
      ["lib/log", "lib/look", "lib/access"],
      `unit_property() { printf '%s\\n' "$LISTENS"; }
       unit_is_active() { [[ -n $LISTENS ]]; }
       PATH=$LOOK_ROOT:$PATH
       ssh_ports`,
      { LOOK_ROOT: root, LISTENS: listens, SSH_CONNECTION: connection },
    );
    assert.equal(error, "");
    return output.trim();
  }

  const cases: readonly (readonly [title: string, open: string, expected: string])[] = [
    ["sshd's usual port", lines("port 22", "listenaddress [::]:22", "listenaddress 0.0.0.0:22"), "22"],
    ["that of ListenAddress 0.0.0.0:2222", lines("port 22", "listenaddress 0.0.0.0:2222"), "2222"],
    [
      "both of two",
      lines("port 22", "port 2200", "listenaddress 0.0.0.0:22", "listenaddress [::]:2200"),
      "22,2200",
    ],
    ["22 where nothing is known", "", "22"],
  ];
  for (const [title, sshd, expected] of cases) {
    it(`is ${title}`, () => assert.equal(ports(sshd), expected));
  }

  it("is that of systemd's socket, where it listens in sshd's place", () => {
    assert.equal(ports("listenaddress 0.0.0.0:22", "0.0.0.0:2222 (Stream)\n[::]:2222 (Stream)"), "2222");
  });

  it("is the port by which this run came in, whatever sshd says, also over IPv6", () => {
    assert.equal(ports("listenaddress 0.0.0.0:22", "", "192.0.2.1 40000 10.0.0.1 2022"), "22,2022");
    assert.equal(ports("", "", "2001:db8::1 40000 2001:db8::2 2022"), "2022");
  });

  const algorithms = `sshd() { [[ " $* " != *nistp521* || $OLD == no ]]; }
    . "$SCRIPTS/roles/hardening/role.sh"
    known_algorithms PubkeyAcceptedAlgorithms "\${SSH_USER_ALGORITHMS[@]}"`;
  it("takes every type of key and its certificates but those with SHA-1, as far as sshd knows them", () => {
    const known = (OLD: string) => runShell(["lib/log"], algorithms, { OLD }).output.trim().split(",");
    for (const type of [
      "ecdsa-sha2-nistp384",
      "ecdsa-sha2-nistp521",
      "sk-ssh-ed25519@openssh.com",
      "rsa-sha2-256",
    ]) {
      assert.ok(known("no").includes(type), type);
      const certificate = type.includes("@")
        ? type.replace("@", "-cert-v01@")
        : `${type}-cert-v01@openssh.com`;
      assert.ok(known("no").includes(certificate), certificate);
    }
    assert.ok(!known("no").includes("ssh-rsa"));
    assert.ok(!known("yes").some((type) => type.includes("nistp521")));
    assert.ok(known("yes").includes("ecdsa-sha2-nistp384"));
  });

  for (const [now, wanted] of [
    ["yes", "prohibit-password"],
    ["without-password", "prohibit-password"],
    ["no", "no"],
    ["forced-commands-only", "forced-commands-only"],
  ] as const) {
    it(`leaves root's login ${wanted} where it was ${now}`, () => {
      const { output } = runShell(
        ["lib/log"],
        `sshd() { echo "permitrootlogin ${now}"; }; . "$SCRIPTS/roles/hardening/role.sh"; ssh_root_login`,
      );
      assert.equal(output.trim(), wanted);
    });
  }
});

function lines(...texts: string[]): string {
  return texts.join("\n");
}

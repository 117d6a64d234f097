import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually";
import { runShell, serverScripts } from "../support/shell";
import { freePort } from "../support/sshServer";

/** The settings of sshd that a server gets, with what this host's sshd knows of algorithms. */
function hardenedSettings(): string {
  const { output, error } = runShell(
    ["lib/log"],
    `. "$SCRIPTS/roles/hardening/role.sh"
     install_template() {
       local text name
       text=$(<"$SCRIPTS/roles/$1/$2")
       while [[ $text =~ \\{\\{([A-Z0-9_]+)\\}\\} ]]; do name=\${BASH_REMATCH[1]}; text=\${text//"{{$name}}"/"\${!name}"}; done
       printf '%s\\n' "$text"
     }
     SSH_HOST_KEY_TYPE='' hardening_ssh`,
    { PATH: "/usr/sbin:/usr/bin:/bin" },
  );
  assert.equal(error, "");
  assert.match(output, /^PubkeyAcceptedAlgorithms /m);
  return output;
}

/** A real sshd with a server's settings, in front of people with all kinds of keys. */
describe("logins at a hardened sshd", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "logins-"));
  const file = (name: string) => join(folder, name);
  let port: number;
  let sshd: ChildProcess;

  const makeKey = (name: string, ...type: string[]) =>
    execFileSync("ssh-keygen", ["-q", "-N", "", "-f", file(name), "-t", ...type]);
  const login = (options: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(
      "ssh",
      [
        ...[
          "-F",
          "none",
          "-p",
          String(port),
          "-o",
          "StrictHostKeyChecking=no",
          "-o",
          "UserKnownHostsFile=/dev/null",
        ],
        ...[
          "-o",
          "BatchMode=yes",
          "-o",
          "ConnectTimeout=10",
          ...options,
          `${userInfo().username}@127.0.0.1`,
          "echo in",
        ],
      ],
      { encoding: "utf8", env: { PATH: process.env.PATH, ...env } },
    );
  const types: readonly (readonly [name: string, ...type: string[]])[] = [
    ["ed25519", "ed25519"],
    ["rsa", "rsa", "-b", "3072"],
    ["p256", "ecdsa", "-b", "256"],
    ["p384", "ecdsa", "-b", "384"],
    ["p521", "ecdsa", "-b", "521"],
  ];

  before(async () => {
    assert.ok(existsSync(join(serverScripts, "roles/hardening/ssh.conf")));
    for (const [name, ...type] of types) makeKey(name, ...type);
    for (const name of ["host", "authority", "other1", "other2", "other3", "other4", "other5"])
      makeKey(name, "ed25519");
    for (const [name] of types) {
      execFileSync("cp", [file(name), file(`${name}-signed`)]);
      execFileSync("ssh-keygen", ["-y", "-f", file(`${name}-signed`)]);
      writeFileSync(file(`${name}-signed.pub`), readFileSync(file(`${name}.pub`)));
      execFileSync("ssh-keygen", [
        "-q",
        "-s",
        file("authority"),
        "-I",
        name,
        "-n",
        userInfo().username,
        file(`${name}-signed.pub`),
      ]);
    }
    writeFileSync(
      file("authorized_keys"),
      types.map(([name]) => readFileSync(file(`${name}.pub`), "utf8")).join(""),
    );
    port = await freePort();
    writeFileSync(
      file("config"),
      [
        hardenedSettings(),
        `Port ${port}`,
        "ListenAddress 127.0.0.1",
        `HostKey ${file("host")}`,
        `AuthorizedKeysFile ${file("authorized_keys")}`,
        `TrustedUserCAKeys ${file("authority.pub")}`,
        "StrictModes no",
        "UsePAM no",
        "",
      ].join("\n"),
    );
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
    sshd = spawn("/usr/sbin/sshd", ["-D", "-f", file("config"), "-E", file("log")]);
    await eventually(
      "sshd",
      10,
      () => login(["-i", file("ed25519"), "-o", "IdentitiesOnly=yes"]).status === 0,
    );
  });
  after(() => {
    sshd.kill();
    rmSync(folder, { recursive: true });
  });

  for (const [name] of types) {
    it(`work by a key of the type ${name}`, () => {
      const ran = login(["-i", file(name), "-o", "IdentitiesOnly=yes"]);
      assert.deepEqual([ran.stdout, ran.status], ["in\n", 0], ran.stderr);
    });

    it(`work by a certificate for a key of the type ${name}, without the key being named`, () => {
      const keys = readFileSync(file("authorized_keys"));
      writeFileSync(file("authorized_keys"), "");
      try {
        const ran = login(["-i", file(`${name}-signed`), "-o", "IdentitiesOnly=yes"]);
        assert.deepEqual([ran.stdout, ran.status], ["in\n", 0], ran.stderr);
      } finally {
        writeFileSync(file("authorized_keys"), keys);
      }
    });
  }

  it("work by an agent that offers five other keys first", () => {
    const started = execFileSync("ssh-agent", ["-s"], { encoding: "utf8" });
    const socket = /SSH_AUTH_SOCK=([^;]+)/.exec(started)?.[1] ?? "";
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
    try {
      for (const name of ["other1", "other2", "other3", "other4", "other5", "p521"]) {
        execFileSync("ssh-add", ["-q", file(name)], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      }
      const ran = login([], { SSH_AUTH_SOCK: socket, HOME: folder });
      assert.deepEqual([ran.stdout, ran.status], ["in\n", 0], ran.stderr);
    } finally {
      process.kill(pid);
    }
  });

  it("fail without a key", () => {
    assert.notEqual(login(["-i", file("other1"), "-o", "IdentitiesOnly=yes"]).status, 0);
  });
});

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually";

/** A real OpenSSH server on the loopback address, with keys of its own; it serves the user who runs the tests. */
export class SshServer {
  readonly folder = mkdtempSync(join(tmpdir(), "sshd-"));
  readonly user = userInfo().username;
  port = 0;
  #server: ChildProcess | undefined;

  private constructor() {
    for (const name of ["host", "other", "client"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(this.folder, name)]);
    }
    execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-N", "locked", "-f", join(this.folder, "encrypted")]);
    const keys = ["client.pub", "encrypted.pub"].map((name) => this.read(name));
    writeFileSync(join(this.folder, "authorized_keys"), keys.join(""));
    chmodSync(join(this.folder, "authorized_keys"), 0o600);
  }

  /** Makes keys and a port, and starts the server. */
  static async start(): Promise<SshServer> {
    const server = new SshServer();
    server.port = await freePort();
    await server.start();
    return server;
  }

  /** Starts the server (again). */
  async start(): Promise<void> {
    const settings = [
      `Port ${this.port}`,
      "ListenAddress 127.0.0.1",
      // An RSA key first, so that a client has to ask for the kind it expects.
      `HostKey ${join(this.folder, "encrypted-free")}`,
      `HostKey ${join(this.folder, "host")}`,
      `AuthorizedKeysFile ${join(this.folder, "authorized_keys")}`,
      `PidFile ${join(this.folder, "pid")}`,
      "StrictModes no",
      "UsePAM no",
      "PermitRootLogin yes",
      "PasswordAuthentication no",
      "AcceptEnv ACCEPTED_*",
      "MaxStartups 100",
      "Subsystem sftp internal-sftp",
    ];
    const rsa = join(this.folder, "encrypted-free");
    if (!existsSync(rsa)) execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-N", "", "-f", rsa]);
    writeFileSync(join(this.folder, "config"), `${settings.join("\n")}\n`);
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true }); // sshd separates its privileges there.
    const program = ["/usr/sbin/sshd", "/usr/bin/sshd"].find(existsSync);
    if (!program) throw new Error("there is no sshd: apt-get install openssh-server");
    this.#server = spawn(program, ["-D", "-f", join(this.folder, "config"), "-E", join(this.folder, "log")]);
    await eventually(`sshd on port ${this.port}`, 10, () => answers(this.port));
  }

  /** Ends the server and every connection to it. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The text of a key: `host`, `client`, `encrypted` (its password is `locked`), each also with `.pub`. */
  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** A connection for a program's source, with changes. */
  connection(changes: Record<string, unknown> = {}): string {
    const connection = {
      host: "127.0.0.1",
      port: this.port,
      user: this.user,
      privateKey: this.read("client"),
      hostKey: this.read("host.pub"),
      ...changes,
    };
    return JSON.stringify(connection);
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Does anybody listen on the port? */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endChild } from "../endChild";
import { eventually } from "../eventually";
import { goTool } from "../goTool";
import { selfSigned } from "../load/certificate";

const port = 7070;

/** An S3 service (Versity's gateway over a folder) on an address of this host: over TLS, and requests have to be signed. */
export class S3Service {
  readonly hostname = "s3.foobar.com";
  readonly keys = { AWS_ACCESS_KEY_ID: "backups", AWS_SECRET_ACCESS_KEY: "of-this-test-only" };
  private readonly certificate = selfSigned(this.hostname);
  private readonly folder = mkdtempSync(join(tmpdir(), "s3-"));
  private child: ChildProcess | undefined;

  constructor(private readonly address: string) {}

  /** The URL of its buckets. */
  get url(): string {
    return `https://${this.hostname}:${port}`;
  }

  /** PEM that clients have to trust. */
  get authority(): string {
    return this.certificate.certificate.trim();
  }

  /** Builds it once, starts it, and waits until it listens. */
  async start(): Promise<void> {
    const program = await goTool(__dirname, "versitygw", "github.com/versity/versitygw/cmd/versitygw");
    const file = (name: string, text: string) => {
      writeFileSync(join(this.folder, name), text);
      return join(this.folder, name);
    };
    const data = join(this.folder, "data");
    mkdirSync(data);
    const certificate = file("certificate.pem", this.certificate.certificate);
    const key = file("key.pem", this.certificate.privateKey);
    const listen = ["--quiet", "--port", `${this.address}:${port}`, "--cert", certificate, "--key", key];
    const { AWS_ACCESS_KEY_ID: ROOT_ACCESS_KEY, AWS_SECRET_ACCESS_KEY: ROOT_SECRET_KEY } = this.keys;
    this.child = spawn(program, [...listen, "posix", data], {
      env: { ...process.env, ROOT_ACCESS_KEY, ROOT_SECRET_KEY },
      stdio: "ignore",
    });
    await eventually("the S3 service", 20, () => this.listens());
  }

  private listens(): Promise<true> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, this.address, () => {
        socket.end();
        resolve(true);
      });
      socket.on("error", reject);
    });
  }

  /** Ends it and removes what it holds. */
  async remove(): Promise<void> {
    await endChild(this.child);
    rmSync(this.folder, { recursive: true });
  }
}

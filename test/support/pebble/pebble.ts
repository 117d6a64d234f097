import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endChild } from "../endChild";
import { goTool } from "../goTool";
import { selfSigned } from "../load/certificate";

const command = "github.com/letsencrypt/pebble/v2/cmd/pebble";

/** Let's Encrypt's own test server, which issues certificates as the real one does, on an address of this host. */
export class Pebble {
  readonly hostname = "acme.foobar.com";
  private readonly certificate = selfSigned(this.hostname);
  private readonly folder = mkdtempSync(join(tmpdir(), "pebble-"));
  private child: ChildProcess | undefined;

  /**
   * @param address where it listens
   * @param dnsServer `address:port` of the DNS server that it asks for the names it is to certify
   */
  constructor(
    private readonly address: string,
    private readonly dnsServer: string,
  ) {}

  /** The URL that ACME clients are given. */
  get directory(): string {
    return `https://${this.hostname}:14000/dir`;
  }

  /** PEM that clients have to trust. */
  get authority(): string {
    return this.certificate.certificate;
  }

  /** Builds it once, starts it, and waits until it listens. */
  async start(): Promise<void> {
    const program = await goTool(__dirname, "pebble", command);
    const file = (name: string, text: string) => {
      writeFileSync(join(this.folder, name), text);
      return join(this.folder, name);
    };
    const settings = file(
      "pebble.json",
      JSON.stringify({
        pebble: {
          listenAddress: `${this.address}:14000`,
          managementListenAddress: `${this.address}:15000`,
          certificate: file("certificate.pem", this.certificate.certificate),
          privateKey: file("key.pem", this.certificate.privateKey),
          httpPort: 80,
          tlsPort: 443,
        },
      }),
    );
    const child = spawn(program, ["-config", settings, "-dnsserver", this.dnsServer], {
      // It waits some seconds before each look by itself, as a busy authority would.
      env: { ...process.env, PEBBLE_VA_NOSLEEP: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      let output = "";
      const take = (text: Buffer) => {
        output += text;
        if (output.includes("ACME directory available at")) resolve();
      };
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`Pebble ended with ${code}: ${output}`)));
    });
  }

  /** Ends it and removes what it used. */
  async remove(): Promise<void> {
    await endChild(this.child);
    rmSync(this.folder, { recursive: true });
  }
}

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes a certificate for one name, or one address as well, that is its own authority, for a machine that lives an hour. */
export function selfSigned(hostname: string, address?: string): { certificate: string; privateKey: string } {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  try {
    const made = spawnSync(
      "openssl",
      [
        ...[
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-days",
          "2",
        ],
        ...["-keyout", "key.pem", "-out", "certificate.pem", "-subj", `/CN=${hostname}`],
        ...["-addext", `subjectAltName=DNS:${hostname}${address === undefined ? "" : `,IP:${address}`}`],
      ],
      { cwd: folder, encoding: "utf8" },
    );
    if (made.status !== 0) {
      throw new Error(`openssl can't make a certificate: ${made.stderr}`);
    }
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    return { certificate: read("certificate.pem"), privateKey: read("key.pem") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { chmodSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { progressOf } from "./progress";
import { mustRunProcess } from "./runProcess";

/** The Go that is fetched where the one at hand is too old. */
export const TOOLCHAIN = "1.26.8";

/** Major, minor and patch number. */
export type GoVersion = [number, number, number];

/** A Go that can build the CLI, and the environment to run it with. */
export interface Go {
  path: string;
  environment: NodeJS.ProcessEnv;
}

/**
 * What to do about Go: use what is there; let it switch to a newer toolchain by itself (it can since 1.21); have it
 * download the toolchain as a module, and use that; or install it from the distribution first.
 */
export type ToolchainPlan = "use" | "switch" | "download" | "install";

/** Reads `go version go1.26.8 linux/amd64`; undefined when it is something else. */
export function parseGoVersion(line: string): GoVersion | undefined {
  const found = /\bgo(\d+)\.(\d+)(?:\.(\d+))?/.exec(line);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : undefined;
}

/** The version that go.mod asks for. */
export function requiredGoVersion(goModule: string): GoVersion {
  const line = /^go .*$/m.exec(goModule)?.[0].replace("go ", "go");
  const version = line === undefined ? undefined : parseGoVersion(line);
  if (!version) throw new Error("scripts/engine/cli/go.mod names no Go version");
  return version;
}

/** Decides what to do about Go. */
export function planToolchain(found: GoVersion | undefined, required: GoVersion): ToolchainPlan {
  if (!found) return "install";
  if (!isOlder(found, required)) return "use";
  return isOlder(found, [1, 21, 0]) ? "download" : "switch";
}

/** Is one version older than the other? */
export function isOlder(one: GoVersion, other: GoVersion): boolean {
  const [a, b] = [one, other].map((version) => version[0] * 1e6 + version[1] * 1e3 + version[2]);
  return (a ?? 0) < (b ?? 0);
}

/** What every run of Go needs here: nothing from a workspace around this folder, no C compiler, this platform. */
function goEnvironment(toolchain: string): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, GOFLAGS: _flags, GOROOT: _root, ...environment } = process.env;
  return { ...environment, GOWORK: "off", CGO_ENABLED: "0", GOTOOLCHAIN: toolchain };
}

/**
 * A Go that is new enough.
 *
 * @throws with what to do when there is none and it cannot be installed
 */
export async function findGo(required: GoVersion, report: (line: string) => void): Promise<Go> {
  let found = await goVersion("go");
  if (planToolchain(found, required) === "install") {
    await installGo(report);
    found = await goVersion("go");
  }
  const plan = planToolchain(found, required);
  if (plan === "use") return { path: "go", environment: goEnvironment("local") };
  if (plan === "switch") return { path: "go", environment: goEnvironment(`go${TOOLCHAIN}`) };
  if (plan === "download")
    return { path: await downloadToolchain(report), environment: goEnvironment("local") };
  throw new Error(
    `Go was installed, but \`go version\` still does not work; install Go ${required.join(".")} or newer`,
  );
}

async function goVersion(path: string): Promise<GoVersion | undefined> {
  try {
    return parseGoVersion(await mustRunProcess(path, ["version"], { env: goEnvironment("local") }));
  } catch {
    return undefined;
  }
}

/** Installs the distribution's Go, whatever its age: it can fetch the toolchain that is needed. */
async function installGo(report: (line: string) => void): Promise<void> {
  const advice = "install Go 1.26 or newer (or any Go, with access to its module proxy) and run this again";
  if (process.getuid?.() !== 0)
    throw new Error(`the Pulumi CLI must be built, but there is no Go on PATH; ${advice}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    const installed = progressOf("installing Go with apt-get", report);
    const onLine = (line: string) => installed(line.slice(0, 80));
    const options = { env, onLine, onErrorLine: onLine };
    await mustRunProcess("apt-get", ["update"], options);
    const packages = ["golang-go", "ca-certificates"];
    await mustRunProcess("apt-get", ["install", "-y", "--no-install-recommends", ...packages], options);
  } catch (error) {
    throw new Error(
      `the Pulumi CLI must be built, but there is no Go, and ${(error as Error).message}\n${advice}`,
    );
  }
}

/**
 * Has an old Go download the newer toolchain, which is published as a module and checked against Go's checksum
 * database like any other.
 *
 * @returns path of the newer `go`
 */
async function downloadToolchain(report: (line: string) => void): Promise<string> {
  const architecture = { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch;
  const module = `golang.org/toolchain@v0.0.1-go${TOOLCHAIN}.${process.platform}-${architecture}`;
  report(`downloading Go ${TOOLCHAIN}`);
  const answer = await mustRunProcess("go", ["mod", "download", "-json", module], {
    cwd: tmpdir(),
    env: goEnvironment("local"),
  });
  const folder = String(JSON.parse(answer).Dir);
  makeExecutable(folder);
  return join(folder, "bin", "go");
}

/** Modules lose the permission to run; only Go's own switch, which an old Go does not have, restores it. */
function makeExecutable(folder: string): void {
  for (const part of ["bin", join("pkg", "tool")]) {
    for (const entry of readdirSync(join(folder, part), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o755);
    }
  }
}

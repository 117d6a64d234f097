import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";

/** Runs a checker and fails with what it printed. */
function passes(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { cwd: projectFolder, encoding: "utf8" });
  assert.equal(result.status, 0, `${command} says:\n${result.error ?? ""}${result.stdout}${result.stderr}`);
}

function trackedFiles(): string[] {
  const result = spawnSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: projectFolder,
    encoding: "utf8",
  });
  assert.equal(result.status, 0, result.stderr);
  const files = result.stdout.split("\n").filter((file) => file !== "" && !file.startsWith("node_modules/"));
  return files.filter((file) => lstatSync(join(projectFolder, file), { throwIfNoEntry: false })?.isFile());
}

function isShell(file: string): boolean {
  if (file.endsWith(".sh")) return true;
  const start = readFileSync(join(projectFolder, file)).subarray(0, 40).toString("latin1");
  return /^#!\/(usr\/bin\/env )?(bin\/)?(ba)?sh\b/.test(start);
}

describe("the project", () => {
  it("is formatted and linted", () => {
    passes(join("node_modules", ".bin", "biome"), ["ci", "--colors=off", "."]);
  }).timeout(60_000);

  it("has no type errors", () => {
    passes(process.execPath, [join("node_modules", "typescript", "bin", "tsc"), "--noEmit", "-p", "."]);
  }).timeout(180_000);

  it("has no mistakes that shellcheck knows", () => {
    const files = trackedFiles().filter(isShell);
    assert.ok(files.length > 0);
    passes("shellcheck", ["-x", "--severity=style", ...files]);
  }).timeout(120_000);

  it("asks systemd in one library of the server's, so that an image can be built from the same roles", () => {
    const files = trackedFiles().filter(
      (file) => file.startsWith("scripts/server/") && !/^scripts\/server\/release(\/|\.sh$)/.test(file),
    );
    const asks = files.filter((file) =>
      /(^|[|&;({`!]|\b(if|then|do|else|while|until|timeout \d+|exec|xargs|sudo) ) *systemctl\b/m.test(
        readFileSync(join(projectFolder, file), "utf8").replaceAll(/^\s*#.*$/gm, ""),
      ),
    );
    assert.deepEqual(asks, ["scripts/server/lib/systemd.sh"]);
  });

  it("pins every package exactly", () => {
    const manifest = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")) as Record<
      string,
      Record<string, string> | undefined
    >;
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    assert.deepEqual(
      versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
    assert.equal(manifest.dependencies?.["@pulumi/command"], "1.2.1");
  });

  it("has a lockfile that a fresh clone can install from", () => {
    passes("npm", ["ci", "--dry-run", "--loglevel=error"]);
  }).timeout(60_000);

  it("names no registry in the lockfile", () => {
    assert.doesNotMatch(readFileSync(join(projectFolder, "package-lock.json"), "utf8"), /"resolved"/);
  });
});

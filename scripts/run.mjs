#!/usr/bin/env node
// Runs one of the project's own programs: `node scripts/run.mjs start` runs scripts/cli/start.ts, `bench:serve` runs
// bench/serve.ts. Needs nothing but Node: it installs the packages first when package-lock.json asks for others.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = [20, 19];

/** One clear line, and the exit code for wrong use. */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    refuse(
      `Node ${process.versions.node} is too old: expected ${oldestNode.join(".")} or newer; see https://nodejs.org`,
    );
  }
}

/** The file of a program's name, such as `start` or `bench:serve`. */
function fileOf(name) {
  if (!/^[a-z]+([:-][a-z-]+)*$/.test(name ?? "")) refuse("usage: node scripts/run.mjs NAME [ARGUMENTS]");
  const file = name.startsWith("bench:")
    ? join("bench", `${name.slice("bench:".length)}.ts`)
    : join("scripts/cli", `${name.replaceAll(":", "-")}.ts`);
  if (!existsSync(join(project, file)))
    refuse(`There is no ${file}: "${name}" is not one of this project's programs`);
  return file;
}

/** Runs a child to its end. Ctrl-C reaches it from the terminal; its own end decides ours. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: project, stdio: "inherit" });
    const pass = (signal) => child.kill(signal);
    const stay = () => {};
    process.on("SIGINT", stay);
    process.on("SIGTERM", pass);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", stay);
      process.off("SIGTERM", pass);
      resolve(signal === null ? code : 128 + constants.signals[signal]);
    });
  });
}

/** Installs the packages when the lockfile is another than the one that was installed last. */
async function installPackages() {
  const lock = createHash("sha256")
    .update(readFileSync(join(project, "package-lock.json")))
    .digest("hex");
  const marker = join(project, "node_modules", ".installed");
  if (existsSync(marker) && readFileSync(marker, "utf8") === lock) return;
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  console.error("installing the packages of package-lock.json …");
  rmSync(marker, { force: true });
  const heartbeat = setInterval(() => console.error(`installing the packages … ${seconds()} s`), 4000);
  const code = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  clearInterval(heartbeat);
  if (code !== 0)
    refuse(
      "The packages could not be installed (npm's message is above). Is the npm registry reachable? Then run this again",
    );
  writeFileSync(marker, lock);
  console.error(`installed the packages in ${seconds()} s`);
}

checkNode();
const [name, ...args] = process.argv.slice(2);
const file = fileOf(name);
await installPackages();
const path = join(project, file);
const require = createRequire(path);
// In this very process, and with the loader for CommonJS alone: a process and a loader more took a quarter of a second.
require("tsx/cjs/api").register();
process.chdir(project);
process.argv = [process.argv[0], path, ...args];
require(path);

/**
 * Runs a policy pack that brings its own loader for TypeScript (runtime options `typescript: false` and `nodeargs`).
 * The SDK's cmd/run-policy-pack does the same, but always has ts-node check the types of the pack first, which
 * takes longer than everything else in a preview; here `npm test` checks them.
 *
 * Arguments: path of the SDK's folder, address of the engine, folder of the pack.
 */
import { join } from "node:path";

/** What the language host takes as: the error is shown already. */
const BAIL = 32;

interface SdkRunner {
  run(options: {
    argv: { _: string[] };
    programStarted: () => void;
    reportLoggedError: (error: Error) => void;
    typeScript: boolean;
  }): Promise<void>;
}

const [sdk = "", , pack = ""] = process.argv.slice(2);
const shown = new Set<unknown>();
const uncaught = new Set<unknown>();
let started = false;

function onUncaught(error: Error): void {
  uncaught.add(error);
  if (!started) console.error(error.stack ?? error.message);
}

process.on("uncaughtException", onUncaught);
process.on("unhandledRejection", onUncaught);
// A pack that failed must never look as if it had found nothing.
process.on("exit", (code) => {
  if (code === 0 && uncaught.size > 0)
    process.exitCode = [...uncaught].every((error) => shown.has(error)) ? BAIL : 1;
});

const { run } = require(join(sdk, "cmd", "run-policy-pack", "run.js")) as SdkRunner;
void run({
  argv: { _: [pack] },
  programStarted: () => {
    started = true;
  },
  reportLoggedError: (error) => shown.add(error),
  typeScript: false,
}).then(() => {
  started = false;
});

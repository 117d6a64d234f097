import { spawn } from "node:child_process";
import { projectFolder } from "./project/folders";
import { Progress, type Screen } from "./project/progress";
import { openBackend } from "./project/workspace";

// `npm run pulumi -- ARGUMENTS`: the CLI with the engine, home, backend and passphrase that `npm start` made.

const quiet: Screen = {
  isTTY: false,
  columns: 100,
  write: (text) => void process.stderr.write(text),
};

async function main(args: readonly string[]): Promise<number> {
  const progress = new Progress(quiet);
  const backend = await openBackend((doing) => progress.now(doing)).finally(() => progress.close());
  return await new Promise((resolve, reject) => {
    const child = spawn(backend.engine.cli, args, {
      cwd: projectFolder,
      env: backend.environment,
      stdio: "inherit",
    });
    process.on("SIGINT", () => {}); // the terminal sends it to the CLI as well, which ends in order
    process.on("SIGTERM", () => child.kill("SIGINT"));
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);

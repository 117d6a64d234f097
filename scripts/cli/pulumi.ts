import { parseArgs } from "node:util";
import { endInOrder, interruptedCode } from "../engine/interruption";
import { runProcess } from "../engine/runProcess";
import { embeddedStack } from "./project/backend";
import { errorScreen, Progress } from "./project/progress";
import { openCli } from "./project/workspace";

// `npm run pulumi -- ARGUMENTS`: the CLI with the engine, home, backend and passphrase with which the other programs find a stack.

/** The stack that the CLI's arguments name. */
function stackOf(args: readonly string[]): string {
  const options = { stack: { type: "string", short: "s" } } as const;
  return parseArgs({ args: [...args], options, strict: false }).values.stack?.toString() ?? embeddedStack;
}

async function main(args: readonly string[]): Promise<number> {
  endInOrder();
  const progress = new Progress(errorScreen);
  const opening = openCli(stackOf(args), (doing) => progress.now(doing));
  const { engine, folder, environment } = await opening.finally(() => progress.close());
  const { code } = await runProcess(engine.cli, args, { cwd: folder, env: environment, inherit: true });
  return code;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = interruptedCode() ?? 1;
  },
);

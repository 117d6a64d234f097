import { duration, Progress, type Screen } from "./progress";
import { runUpdate } from "./runUpdate";
import { openWorkspace } from "./workspace";

/** Destroys what the stack made, and says what that was. */
export async function stop(stack: string, screen: Screen): Promise<void> {
  const started = Date.now();
  const progress = new Progress(screen);
  try {
    const workspace = await openWorkspace(stack, (doing) => progress.now(doing));
    const update = await runUpdate(workspace, ["destroy"], progress);
    const took = duration(Date.now() - started);
    progress.line(
      update.changed === 0
        ? `nothing was there to take down in the stack ${stack} (${took})`
        : `took down the stack ${stack}: ${update.changed} resources in ${took}; npm start brings it up again`,
    );
  } finally {
    progress.close();
  }
}

import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM"] as const;
type Interruption = (typeof signals)[number];

let held = 0;
let received: Interruption | undefined;
let times = 0;

/**
 * Keeps Ctrl-C and SIGTERM from ending this process while something is waited for that ends in order by itself, such as a child process.
 * @returns ends that
 */
export function holdInterruptions(): () => void {
  held += 1;
  return () => {
    held -= 1;
  };
}

/**
 * Lets a program end in order: at once where nothing is held, so that what listens to the process's end cleans up, and by its own course
 * where something is, until somebody insists.
 */
export function endInOrder(): void {
  for (const signal of signals) {
    process.on(signal, () => {
      received ??= signal;
      times += 1;
      if (held === 0 || times > 2) process.exit(interruptedCode());
    });
  }
}

/** The exit code of a program that was interrupted, as shells expect it (128 and the signal's number); undefined while none came. */
export function interruptedCode(): number | undefined {
  return received === undefined ? undefined : 128 + constants.signals[received];
}

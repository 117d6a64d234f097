import { type ChildProcess, spawn } from "node:child_process";

/**
 * Computes without an end, in slices between which it looks whether the run that started it is still there: its standard input ends with
 * that process, however that ended.
 */
const program = `
process.stdin.on("end", () => process.exit()).on("error", () => process.exit()).resume();
(function compute() {
  for (const end = Date.now() + 50; Date.now() < end; );
  setImmediate(compute);
})();
`;

/**
 * Keeps processors busy beside the tests, each with one process of its own.
 * @returns ends them
 */
export function keepBusy(processors: number): () => void {
  const children: ChildProcess[] = Array.from({ length: processors }, () =>
    spawn(process.execPath, ["--eval", program], { stdio: ["pipe", "ignore", "ignore"] }),
  );
  return () => {
    for (const child of children) child.stdin?.end();
  };
}

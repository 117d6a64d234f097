import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { processExists } from "../../scripts/engine/processExists";
import { eventually } from "../support/eventually";

/** What the kernel says of a process: its id, its name in parentheses, its state, … */
const stat = (pid: number): string => readFileSync(`/proc/${pid}/stat`, "utf8");

describe("a process", () => {
  it("is there while it runs, and gone when it has ended", () => {
    assert.equal(processExists(process.pid), true);
    assert.equal(processExists(spawnSync("true").pid), false);
  });

  it("is gone when it has ended although its parent never asked how", async () => {
    // The child waits on a pipe until the shell has become a program that asks for no child's end.
    const parent = spawn("sh", ["-c", "read -r line <&3 & echo $!; exec sleep 30"], {
      stdio: ["ignore", "pipe", "ignore", "pipe"],
    });
    const ended = once(parent, "close");
    try {
      const [line] = await once(createInterface({ input: parent.stdout as Readable }), "line");
      const pid = Number(line);
      await eventually("the shell to become sleep", 10, () => /\(sleep\) /.test(stat(Number(parent.pid))));
      assert.equal(processExists(pid), true);
      (parent.stdio[3] as Writable).end("go on\n");
      await eventually("the child to end", 10, () => /\) Z /.test(stat(pid)));
      assert.equal(processExists(pid), false);
    } finally {
      parent.kill();
      await ended;
    }
  });
});

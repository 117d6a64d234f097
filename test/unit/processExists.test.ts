import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { processExists } from "../../scripts/engine/processExists";
import { eventually } from "../support/eventually";

describe("a process", () => {
  it("is there while it runs, and gone when it has ended", () => {
    assert.equal(processExists(process.pid), true);
    assert.equal(processExists(spawnSync("true").pid), false);
  });

  it("is gone when it has ended although its parent never asked how", async () => {
    // The shell becomes a program that waits for no children, so the first one stays in the process table.
    const parent = spawn("sh", ["-c", "true & echo $!; exec sleep 30"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(parent, "close");
    try {
      const [line] = await once(createInterface({ input: parent.stdout }), "line");
      const pid = Number(line);
      await eventually("the child to end", 10, () => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
      assert.equal(processExists(pid), false);
    } finally {
      parent.kill();
      await ended;
    }
  });
});

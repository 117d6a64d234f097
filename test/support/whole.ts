import assert from "node:assert/strict";
import type { LoadReport } from "./load/underLoad";

/** Nothing failed, nothing was lost, and no page was of two releases (which would be a failure). */
export function whole({ summary, wrongWrites, acknowledged }: LoadReport): void {
  assert.equal(summary.failed, 0, JSON.stringify(summary));
  assert.deepEqual(wrongWrites, []);
  assert.ok(acknowledged > 0, JSON.stringify(summary));
}

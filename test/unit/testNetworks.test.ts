import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { testNetworks } from "../support/networks";

describe("the networks that tests make on a person's host", () => {
  /** What Pulumi.local.yaml sets, as it is shipped. */
  const shipped = { network: "local", subnet: "10.88.0.0/24" };
  const all = [shipped, ...testNetworks];

  it("have names of their own, which fit an interface's", () => {
    const names = all.map(({ network }) => network);
    assert.deepEqual(names, [...new Set(names)]);
    for (const { network } of testNetworks) assert.match(network, /^[a-z][a-z0-9-]{0,9}$/);
  });

  it("share no address with one another or with the stack of npm start", () => {
    const subnets = all.map(({ subnet }) => subnet);
    assert.deepEqual(subnets, [...new Set(subnets)]);
    for (const subnet of subnets) assert.match(subnet, /^10\.\d+\.\d+\.0\/24$/);
  });

  it("stand in one table alone", () => {
    const files = ["test/machines", "test/support", "bench"].flatMap((folder) =>
      readdirSync(join(projectFolder, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && file !== "networks.ts")
        .map((file) => join(folder, file)),
    );
    const written = files.flatMap((file) => {
      const text = readFileSync(join(projectFolder, file), "utf8");
      return [...text.matchAll(/10\.\d+\.\d+\.0\/24/g)].map(([subnet]) => `${file}: ${subnet}`);
    });
    assert.deepEqual(written, []);
  });
});

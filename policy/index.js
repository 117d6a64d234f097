// The entry is plain JavaScript: it has esbuild join the pack's TypeScript into one piece, without type checking, in a tenth of a second. The
// type-checking ts-node that Pulumi registers for every pack took seconds at each preview, and a loader that takes files one by one
// half a second. `npm test` checks the types.
const { buildSync } = require("esbuild");
const { join } = require("node:path");

const entry = join(__dirname, "pack.ts");
const { outputFiles } = buildSync({
  entryPoints: [entry],
  bundle: true,
  packages: "external",
  platform: "node",
  target: `node${process.versions.node}`,
  format: "cjs",
  write: false,
});
// As if it stood in pack.ts: packages, and the folder of the price tables, are found from there.
module._compile(outputFiles[0].text, entry);

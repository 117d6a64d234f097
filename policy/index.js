// The entry is plain JavaScript so that tsx compiles the pack's TypeScript without type checking, in milliseconds, and not the type-checking ts-node that
// Pulumi registers for every pack, which took seconds at each preview. `npm test` checks the types.
const Module = require("node:module");

// For programs that send functions to a cloud Pulumi's SDK loads npm's tree walker, half a second of code. A pack has no such functions: an empty module
// stands in. Where the SDK no longer loads it there is nothing to replace.
try {
  const unused = Module.createRequire(require.resolve("@pulumi/pulumi")).resolve("@npmcli/arborist");
  require.cache[unused] ??= Object.assign(new Module(unused), { loaded: true });
} catch {}

// Packages come first: once tsx is there it would read and parse them as well, though they are JavaScript already.
require("@pulumi/policy");
require("zod");
require("tsx/cjs/api").register();
require("./pack.ts");

// The entry is plain JavaScript so that tsx compiles the pack's TypeScript without type checking, in milliseconds, and not the type-checking ts-node that
// Pulumi registers for every pack, which took seconds at each preview. `npm test` checks the types.

// Packages come first: once tsx is there it would read and parse them as well, though they are JavaScript already.
require("@pulumi/policy");
require("zod");
require("tsx/cjs/api").register();
require("./pack.ts");

// The entry is plain JavaScript, so that the pack's TypeScript is compiled by tsx, without type checking, and not by the type-checking
// ts-node that Pulumi registers for every pack: that alone took seconds at each preview. `npm test` checks the types.
require("tsx/cjs/api").register();
require("./pack.ts");

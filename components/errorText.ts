import { inspect } from "node:util";

/**
 * From here on errors say themselves how they are shown: by their stacks, one below the other. Pulumi shows an error that ends the program
 * in colours, and Node 20 never comes back from colouring a stack that names a file right inside a scope's folder, such as
 * node_modules/@pulumi/output.ts, which the SDK's source maps do: instead of the error, `pulumi up` would show nothing, for ever.
 */
export function showErrorsPlainly(): void {
  Object.defineProperty(Error.prototype, inspect.custom, {
    value: function (this: Error): string {
      return errorText(this);
    },
    configurable: true,
    writable: true,
  });
}

function errorText({ stack, message, cause }: Error): string {
  const own = stack ?? message;
  return cause instanceof Error ? `${own}\ncaused by ${errorText(cause)}` : own;
}

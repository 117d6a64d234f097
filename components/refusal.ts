import * as pulumi from "@pulumi/pulumi";

/**
 * A fault of the settings: Pulumi prints the message alone and makes nothing.
 *
 * The stack is left out because the SDK formats the error in colours even where it shows no stack, and Node 20 takes a
 * minute of processor time over the paths that the SDK's source maps give (its util.inspect loops on a scoped package's
 * file that lies directly below `node_modules/@scope`).
 */
export function refusal(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}

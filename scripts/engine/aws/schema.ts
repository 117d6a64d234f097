import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What AWS's own SDK for Pulumi says of a resource type. */
export interface Schema {
  /** What a program may give. */
  readonly inputs: readonly string[];
  /** What only AWS tells. */
  readonly outputs: readonly string[];
  /** Secret whatever they are made from. */
  readonly secrets: readonly string[];
}

const sdk = dirname(require.resolve("@pulumi/aws/package.json"));

/**
 * The schema of a type, read from the class that the SDK's generator made for it: its constructor lists every input and every output.
 * @param token such as `aws:ec2/vpc:Vpc`
 */
export function schemaOf(token: string): Schema {
  const path = token.split(":")[1] ?? "";
  const source = readFileSync(join(sdk, `${path}.js`), "utf8");
  const names = (pattern: RegExp) => [
    ...new Set([...source.matchAll(pattern)].map(([, name]) => name as string)),
  ];
  const secretList = /additionalSecretOutputs: \[([^\]]*)\]/.exec(source)?.[1] ?? "";
  return {
    inputs: names(/resourceInputs\["(\w+)"\] = .*\bargs\?\./g),
    outputs: names(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g),
    secrets: [...secretList.matchAll(/"(\w+)"/g)].map(([, name]) => name as string),
  };
}

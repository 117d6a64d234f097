import type { Properties, Value } from "../values";

/** The runtime options of Pulumi.yaml or PulumiPolicy.yaml that the Node host knows. */
export interface RuntimeOptions {
  /** Run TypeScript through ts-node (the SDK does it); with false, nodeargs must bring a loader. Default: true. */
  typescript: boolean;
  /** Arguments for node itself, such as `--import tsx`. */
  nodeArguments: string[];
  /** Path of a tsconfig.json for ts-node. */
  tsconfig?: string;
}

/**
 * Reads the options of a runtime.
 *
 * @throws when an option has the wrong type
 */
export function runtimeOptions(options: Properties): RuntimeOptions {
  const typescript = options.typescript ?? true;
  if (typeof typescript !== "boolean")
    throw new Error(`runtime option typescript must be true or false${shown(typescript)}`);
  const nodeargs = options.nodeargs ?? "";
  if (typeof nodeargs !== "string")
    throw new Error(`runtime option nodeargs must be a text${shown(nodeargs)}`);
  const tsconfig = options.tsconfig ?? undefined;
  if (tsconfig !== undefined && typeof tsconfig !== "string") {
    throw new Error(`runtime option tsconfig must be the path of a file${shown(tsconfig)}`);
  }
  return {
    typescript,
    nodeArguments: splitArguments(nodeargs),
    ...(tsconfig === undefined ? {} : { tsconfig }),
  };
}

/** Splits a command line into words: spaces separate, single and double quotes keep together. */
export function splitArguments(line: string): string[] {
  const words = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
}

function shown(value: Value): string {
  return `, not ${JSON.stringify(value)}`;
}

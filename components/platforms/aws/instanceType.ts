export type Architecture = "arm64" | "amd64";

/** The processor of an instance type. Graviton families have a `g` among the letters behind their number (`t4g`, `c7gn`; `g5` is a GPU). */
export function architectureOf(instanceType: string): Architecture {
  const family = instanceType.split(".")[0] ?? "";
  const attributes = /^[a-z]+\d+([a-z]*)/.exec(family)?.[1] ?? "";
  return family === "a1" || attributes.includes("g") ? "arm64" : "amd64";
}

/** The memory of burstable types can't be bought without their credits, which are worth an alarm. */
export function isBurstable(instanceType: string): boolean {
  return /^t\d/.test(instanceType);
}

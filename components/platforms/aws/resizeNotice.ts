import * as pulumi from "@pulumi/pulumi";

/** Tells, at preview and before the update, that another size stops a server for a while. */
export function resizeNotice(): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    "resize-notice",
    ({ name, oldInputs, newInputs }) => {
      const text = resizeText(name, oldInputs?.instanceType, newInputs?.instanceType);
      if (text !== undefined) pulumi.log.warn(text);
    },
    { onDryRun: true, ignoreErrors: true },
  );
}

/** What a changed instance type means to visitors; nothing when it stays. */
export function resizeText(server: string, before: unknown, after: unknown): string | undefined {
  if (typeof before !== "string" || typeof after !== "string" || before === after) return undefined;
  return (
    `${server} is resized in place from ${before} to ${after}: it is stopped and started, and the site is down for about a minute; ` +
    "its address and its data stay"
  );
}

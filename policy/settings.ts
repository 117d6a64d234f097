import type { PolicyConfigSchema } from "@pulumi/policy";
import { z } from "zod";
import { rungs } from "./vocabulary";

/** Leaves one resource out of a policy, for a reason, until a day. */
const exemption = z.strictObject({
  resource: z.string().min(1).describe("The resource's name or URN; * stands for any characters."),
  reason: z.string().min(10).describe("Why, for the people who read this next year."),
  until: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, "expected a day as YYYY-MM-DD")
    .refine(isDay, "expected a day of the calendar as YYYY-MM-DD")
    .describe(
      "The last day on which it counts, such as 2027-03-31. From the next day on the policy reports the resource again.",
    ),
});
export type Exemption = z.infer<typeof exemption>;

const exemptions = z.array(exemption).default([]).describe("Resources that this policy leaves out.");

function isDay(value: string): boolean {
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

/** Every policy takes these. */
export const commonSettings = z.strictObject({ exemptions });

export const singlePointSettings = commonSettings.extend({
  scopes: z
    .array(z.enum(["machine", "zone", "region"]))
    .min(1)
    .default(["machine", "zone", "region"])
    .describe("What failing counts: one machine, one zone, the region."),
});

export const ttlSettings = commonSettings.extend({
  maximumTtl: z
    .number()
    .int()
    .min(0)
    .max(604800)
    .default(300)
    .describe("Seconds that a name may be remembered."),
});

export const targetSettings = z.strictObject({
  minimumRung: z
    .enum(rungs)
    .optional()
    .describe("The lowest rung that the stack may stand on, without gaps."),
  maxMonthlyCost: z.number().positive().optional().describe("US dollars a month, by the pack's price table."),
  minAvailability: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe("Percent, derived from published SLAs, such as 99.9."),
});
export type TargetSettings = z.infer<typeof targetSettings>;

export const tagSettings = commonSettings.extend({
  tags: z
    .array(z.string().min(1))
    .min(1)
    .default(["Name"])
    .describe("Tags that machines, databases and load balancers must have."),
});

/** The same settings as the engine checks them: JSON schema. */
export function configSchema(settings: z.ZodObject): PolicyConfigSchema {
  const schema = z.toJSONSchema(settings, { io: "input", target: "draft-7" });
  return {
    properties: schema.properties as PolicyConfigSchema["properties"],
    required: schema.required ?? [],
  };
}

/**
 * Reads a policy's configuration.
 * @throws Error that names the policy, the key, the value and what is allowed
 */
export function readSettings<T>(policy: string, settings: z.ZodType<T>, config: object): T {
  const { enforcementLevel: _, ...rest } = config as Record<string, unknown>;
  const result = settings.safeParse(rest);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const key = [policy, ...issue.path].join(".");
    return `${key}: ${issue.message} (got ${JSON.stringify(valueAt(rest, issue.path))})`;
  });
  throw new Error(`Wrong configuration of the policy pack: ${lines.join("; ")}. See policy/README.md.`);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

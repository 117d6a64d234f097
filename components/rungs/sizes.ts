import type { Tier } from "../../policy/vocabulary";
import type { Settings } from "../settings/settings";

/** The size of a server with these tiers where the settings name one: of its tiers the first that `sizes` names decides. */
export function sizeOf(tiers: readonly Tier[], { sizes }: Pick<Settings, "sizes">): string | undefined {
  return tiers.map((tier) => sizes[tier]).find((size) => size !== undefined);
}

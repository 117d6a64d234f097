import type { Tier } from "../../policy/vocabulary";

/** The servers of a stack and their tiers, by how many there are. */
export const layouts: Readonly<Record<number, Readonly<Record<string, readonly Tier[]>>>> = {
  1: { "web-1": ["web", "app", "database"] },
  2: { "web-1": ["web", "app"], "database-1": ["database"] },
  4: {
    "load-balancer-1": ["load-balancer"],
    "web-1": ["web", "app"],
    "web-2": ["web", "app"],
    "database-1": ["database"],
  },
  7: {
    "load-balancer-1": ["load-balancer"],
    "load-balancer-2": ["load-balancer"],
    "web-1": ["web", "app"],
    "web-2": ["web", "app"],
    "database-1": ["database"],
    "database-2": ["database"],
    "database-3": ["database"],
  },
};

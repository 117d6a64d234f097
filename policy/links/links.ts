import type { ResourceEdges, UnionFind } from "../unionFind";

/** How members belong together. */
export interface Links {
  /** Members that stand in for one another share a root. */
  readonly unions: UnionFind;
  /** Pairs of keys: the first sends requests to the second. */
  readonly edges: ResourceEdges;
  /** Keys of members that get requests only while they live. */
  readonly balanced: Set<string>;
}

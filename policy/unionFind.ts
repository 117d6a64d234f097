/** Pairs of resource keys: the first sends requests to the second. */
export type ResourceEdges = (readonly [string, string])[];

/** Joins keys into sets; the smallest key of a set stands for it, so that the order of joining doesn't matter. */
export class UnionFind {
  private readonly parents = new Map<string, string>();

  find(key: string): string {
    let root = key;
    for (let parent = this.parents.get(root); parent !== undefined; parent = this.parents.get(root))
      root = parent;
    for (let next = key; next !== root; ) {
      const parent = this.parents.get(next) as string;
      this.parents.set(next, root);
      next = parent;
    }
    return root;
  }

  union(left: string, right: string): void {
    const [first, second] = [this.find(left), this.find(right)].sort() as [string, string];
    if (first !== second) this.parents.set(second, first);
  }

  unionAll(keys: readonly string[]): void {
    for (const key of keys.slice(1)) this.union(keys[0] as string, key);
  }
}

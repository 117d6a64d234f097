/** One way by which requests reach a member. */
export interface Way {
  readonly by: "balancer" | "content delivery" | "accelerator" | "gateway" | "name";
  /** False where only the inside of the network gets there: an internal balancer, a private zone. */
  readonly open: boolean;
  /** The ports that the way is about, where they can be seen. */
  readonly ports: readonly number[];
}

/** For each resource, by key, the ways that lead to it. */
export type Ways = ReadonlyMap<string, readonly Way[]>;

import * as balanced from "./balanced";
import * as beanstalk from "./beanstalk";
import type { TestStack } from "./builder";
import * as fleets from "./fleets";
import * as managed from "./managed";
import * as oneServer from "./oneServer";
import * as others from "./others";

/** Stacks in other people's styles, each with what is to be said about it. */
export const stacks: readonly TestStack[] = [oneServer, balanced, beanstalk, fleets, managed, others].flatMap(
  (module) => Object.values(module),
);

import * as balanced from "./balanced";
import * as beanstalk from "./beanstalk";
import type { TestStack } from "./builder";
import * as fleets from "./fleets";
import * as ladder from "./ladder";
import * as managed from "./managed";
import * as oneServer from "./oneServer";
import * as others from "./others";
import * as regions from "./regions";

/** Stacks in other people's styles, each with what is to be said about it. */
export const stacks: readonly TestStack[] = [
  oneServer,
  balanced,
  beanstalk,
  fleets,
  ladder,
  managed,
  others,
  regions,
].flatMap((module) => Object.values(module));

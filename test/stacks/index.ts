import * as balanced from "./balanced";
import * as beanstalk from "./beanstalk";
import type { TestStack } from "./builder";
import * as containers from "./containers";
import * as fleets from "./fleets";
import * as ladder from "./ladder";
import * as managed from "./managed";
import * as oneServer from "./oneServer";
import * as others from "./others";
import * as programs from "./programs";
import * as regions from "./regions";

/** Stacks in other people's styles, each with what is to be said about it. */
export const stacks: readonly TestStack[] = [
  oneServer,
  balanced,
  beanstalk,
  containers,
  fleets,
  ladder,
  managed,
  others,
  programs,
  regions,
].flatMap((module) => Object.values(module));

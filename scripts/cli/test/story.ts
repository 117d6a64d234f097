import type { Suite, Test } from "mocha";

/** On a suite whose tests are the steps of one story. A key that every copy of this module shares. */
const mark = Symbol.for("one-server-web.story");

/**
 * As Mocha's `describe`, for tests that are the steps of one story: each may stand on what those before it left, such as a release that is
 * live. `npm test -- --grep TEXT` then runs a step with all those before it. Everything within a plain `describe` passes alone.
 */
export function story(title: string, body: (this: Suite) => void): Suite {
  const suite = describe(title, body);
  Object.assign(suite, { [mark]: true });
  return suite;
}

/**
 * Leaves of a tree of suites only the tests whose full title holds a text, and in a story those before them as well.
 * @param root changed in place
 */
export function chooseTests(root: Suite, text: string): void {
  const chosen = new Set(wantedBelow(root, text));
  for (const suite of suitesBelow(root)) suite.tests = suite.tests.filter((test) => chosen.has(test));
}

function wantedBelow(suite: Suite, text: string): Test[] {
  if (mark in suite) {
    const steps = suitesBelow(suite).flatMap(({ tests }) => tests);
    return steps.slice(0, steps.findLastIndex((test) => test.fullTitle().includes(text)) + 1);
  }
  const own = suite.tests.filter((test) => test.fullTitle().includes(text));
  return [...own, ...suite.suites.flatMap((inner) => wantedBelow(inner, text))];
}

/** A suite and all within it, in the order in which Mocha runs them: a suite's own tests come before its suites. */
function suitesBelow(suite: Suite): Suite[] {
  return [suite, ...suite.suites.flatMap(suitesBelow)];
}

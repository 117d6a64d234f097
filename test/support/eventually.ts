import { setTimeout as pause } from "node:timers/promises";

/**
 * Asks again and again until there is an answer, at most for `seconds`.
 * @param what completes the sentence "waited 10 s for …"
 * @throws when the time is over, with the last fault
 */
export async function eventually<Value>(
  what: string,
  seconds: number,
  question: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  const deadline = Date.now() + seconds * 1000;
  let fault: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await question();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      fault = error;
    }
    await pause(100);
  }
  throw new Error(`waited ${seconds} s for ${what}`, { cause: fault });
}

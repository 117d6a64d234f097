import { Agent, request } from "node:https";
import type { Target } from "./load/generator";

/** What many visitors at once have met. */
export interface Visited {
  readonly right: number;
  /** Wrong answers and broken connections, each with what was seen. */
  readonly failures: readonly string[];
}

/** Visitors who each ask again as soon as they have an answer, over a connection of their own, until `enough` says so. */
export async function visit(
  target: Target,
  path: string,
  visitors: number,
  expected: RegExp,
  enough: () => boolean,
): Promise<Visited> {
  const failures: string[] = [];
  let right = 0;
  const agent = new Agent({
    ca: target.authority,
    servername: target.host,
    host: target.address,
    keepAlive: true,
  });
  const visitor = async () => {
    while (!enough()) {
      const answer = await ask(agent, target, path).catch((error: Error) => `failed: ${error.message}`);
      if (expected.test(answer)) right += 1;
      else failures.push(answer.slice(0, 200));
    }
  };
  await Promise.all(Array.from({ length: visitors }, visitor));
  agent.destroy();
  return { right, failures };
}

function ask(agent: Agent, { host }: Target, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, path, headers: { host }, timeout: 60_000 }, (response) => {
      let text = `${response.statusCode} `;
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("error", reject).on("end", () => resolve(text));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within 60 s")));
    asked.on("error", reject).end();
  });
}

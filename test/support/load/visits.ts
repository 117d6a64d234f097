import { setTimeout as pause } from "node:timers/promises";
import { askAt } from "../../../scripts/cli/project/answer";
import type { Target } from "./generator";

/** What visitors saw behind a balancer that sends each request to any of the servers. */
export interface Visits {
  readonly pages: number;
  readonly files: number;
  /** Requests that failed, and files that were another release's than their page. */
  readonly faults: readonly string[];
  /** Marks of the pages, in the order in which they first came. */
  readonly marks: readonly string[];
}

/**
 * Visits pages until something is done, each page at the servers in turn and its files at the next server. A page names its files between
 * quotes, in `href="…"`, and says its release's mark as `[mark:…]`, as do the files.
 */
export async function visitMeanwhile(
  servers: readonly Target[],
  doing: () => Promise<void>,
): Promise<Visits> {
  const faults: string[] = [];
  const marks = new Set<string>();
  let [pages, files, done] = [0, 0, false];
  const markOf = (body: string) => /\[mark:([^\]]*)\]/.exec(body)?.[1];
  const get = async (number: number, path: string): Promise<string> => {
    const server = servers[number % servers.length];
    if (server === undefined) throw new Error("visits need a server");
    const { status, body } = await askAt(server.address, `https://${server.host}${path}`, server.authority);
    if (status !== 200) throw new Error(`${path} at ${server.address}: status ${status}`);
    return body;
  };
  const visit = async (number: number) => {
    const page = await get(number, "/");
    const mark = markOf(page);
    if (mark === undefined) throw new Error(`a page without a mark: ${page}`);
    pages += 1;
    marks.add(mark);
    for (const [, path = ""] of page.matchAll(/href="([^"]*)"/g)) {
      const file = markOf(await get(number + 1, path));
      files += 1;
      if (file !== mark) faults.push(`a page of ${mark} got ${path} of ${file}`);
    }
  };
  const keepVisiting = async (first: number) => {
    for (let number = first; !done; number += 1) {
      await visit(number).catch((error: Error) => faults.push(error.message));
      await pause(20);
    }
  };
  const visitors = servers.map((_, first) => keepVisiting(first));
  try {
    await doing();
    // Those that were sent a page just before the end get its files.
    await pause(1000);
  } finally {
    done = true;
    await Promise.all(visitors);
  }
  return { pages, files, faults, marks: [...marks] };
}

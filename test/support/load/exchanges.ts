import type { Answer, Exchange } from "./generator";
import type { PlannedRequest } from "./schedule";

/** How long the slow page takes, in seconds. */
export const slowSeconds = 5;

/**
 * The requests that the site in test/support/load/site understands, and what is right about their answers. Each acknowledged write is told
 * to `acknowledged` by its token.
 */
export function siteExchanges(
  run: string,
  acknowledged: (token: string) => void,
): (planned: PlannedRequest) => Exchange {
  return ({ kind, number }) => {
    switch (kind) {
      case "write": {
        const token = `${run}-${number}`;
        return {
          method: "POST",
          path: "/write",
          body: `token=${token}`,
          check: (answer) => {
            if (answer.status === 200 && answer.body === `written ${token}`) {
              acknowledged(token);
              return undefined;
            }
            return wrong(answer);
          },
        };
      }
      case "file":
        return { method: "GET", path: "/mark.css", check: (answer) => mixture(answer, 1) };
      case "slow":
        return { method: "GET", path: `/slow?seconds=${slowSeconds}`, check: (answer) => mixture(answer, 3) };
      case "page":
        return { method: "GET", path: "/", check: (answer) => mixture(answer, 3) };
    }
  };
}

/** Finds `[mark:…]` in an answer: all of them must name one release's mark, and none may be missing. */
export function mixture(answer: Answer, marks: number): string | undefined {
  if (answer.status !== 200) {
    return wrong(answer);
  }
  const found = [...answer.body.matchAll(/\[mark:([^\]]*)\]/g)].map(([, mark]) => mark ?? "");
  if (found.length !== marks) {
    return `${found.length} marks on a page of ${marks}`;
  }
  return new Set(found).size === 1 ? undefined : `a page of mixed releases: ${found.join(", ")}`;
}

function wrong({ status, body }: Answer): string {
  return `status ${status}${status < 500 ? ` "${body.slice(0, 40)}"` : ""}`;
}

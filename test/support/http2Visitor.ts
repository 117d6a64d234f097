import { type ClientHttp2Session, connect, constants } from "node:http2";
import { setTimeout as pause } from "node:timers/promises";
import type { Target } from "./load/generator";

/** What a visitor over HTTP/2 saw. */
export interface Visit {
  readonly answered: number;
  /** The releases that answered, in the order in which they were first seen. */
  readonly releases: readonly string[];
  readonly failures: readonly string[];
}

/**
 * Asks for the front page over and over on one HTTP/2 connection, as a browser does: it opens another one when the server says that it
 * takes no more requests on this one, and sends again only what the server says it has not begun (RFC 9113, 6.8 and 8.7).
 */
export class Http2Visitor {
  private session: ClientHttp2Session | undefined;
  private readonly releases = new Set<string>();
  private readonly failures: string[] = [];
  private answered = 0;

  constructor(private readonly target: Target) {}

  /** Visits until `doing` has ended. */
  async during(doing: () => Promise<void>): Promise<Visit> {
    let ended = false;
    const visiting = (async () => {
      while (!ended) {
        await this.visit();
        await pause(20);
      }
    })();
    try {
      await doing();
    } finally {
      ended = true;
      await visiting;
      this.session?.close();
    }
    return { answered: this.answered, releases: [...this.releases], failures: this.failures };
  }

  private async visit(): Promise<void> {
    try {
      const { status, release } = await this.ask();
      if (status !== 200) this.failures.push(`status ${status}`);
      this.answered += 1;
      this.releases.add(release);
    } catch (error) {
      if (!wasRefused(error)) this.failures.push(String(error));
    }
  }

  private open(): ClientHttp2Session {
    if (this.session !== undefined && !this.session.closed && !this.session.destroyed) return this.session;
    const { host, address, authority } = this.target;
    const session = connect(`https://${address}`, { ca: authority, servername: host });
    // What becomes of a connection is seen in its requests.
    session.on("error", () => {});
    session.on("goaway", () => session.close());
    this.session = session;
    return session;
  }

  private ask(): Promise<{ status: number; release: string }> {
    return new Promise((resolve, reject) => {
      const stream = this.open().request({ ":path": "/", ":authority": this.target.host });
      let status = 0;
      let release = "";
      stream.on("response", (headers) => {
        status = Number(headers[":status"]);
        release = String(headers["x-release"]);
      });
      stream.on("error", (error) => reject(Object.assign(error, { refusedBy: stream.rstCode })));
      stream.on("end", () => resolve({ status, release }));
      stream.setTimeout(30_000, () => stream.close(constants.NGHTTP2_CANCEL));
      stream.resume();
      stream.end();
    });
  }
}

/** Whether the server said that it has not begun with the request. */
function wasRefused(error: unknown): boolean {
  return (error as { refusedBy?: number }).refusedBy === constants.NGHTTP2_REFUSED_STREAM;
}

import { Agent, request } from "node:https";
import { type Load, type PlannedRequest, planLoad } from "./schedule";
import type { Outcome } from "./summary";

/** Where a load goes to. */
export interface Target {
  /** The name in the URL and the certificate. */
  readonly host: string;
  /** The address that is connected to. */
  readonly address: string;
  /** 443 when unset. */
  readonly port?: number;
  /** PEM of the authority that signed the certificate. */
  readonly authority: string;
}

/** What a request asks for, and when an answer is right. */
export interface Exchange {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  /** Says what is wrong with an answer, if anything. */
  check(answer: Answer): string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly release: string;
  readonly body: string;
}

export interface RunningLoad {
  /** Milliseconds since the load began. */
  elapsed(): number;
  /** How many requests have been sent so far. */
  sent(): number;
  /** Sends no more requests; those that are on their way are waited for. */
  stop(): void;
  /** Every request that was sent, in order, once each has an answer or has failed. */
  readonly outcomes: Promise<Outcome[]>;
}

/** After this long, in milliseconds, a request without an answer has failed. */
const patience = 30_000;

/** Connections that are kept at most: enough that none waits for another's answer. */
const keptConnections = 128;

/**
 * Sends requests at a constant rate, whatever the answers, and nothing twice: a connection that breaks is a failed request, even where
 * a browser would try again.
 */
export function startLoad(
  target: Target,
  load: Load,
  exchange: (planned: PlannedRequest) => Exchange,
): RunningLoad {
  const plan = planLoad(load);
  const tls = {
    ca: target.authority,
    servername: target.host,
    host: target.address,
    port: target.port ?? 443,
  };
  // With a time of its own an agent heeds the one that a server names for idle connections, as browsers do. It is not the one of
  // requests: where they are the same, Node leaves that of the idle connection standing when a request takes it.
  const kept = new Agent({
    ...tls,
    ...{ keepAlive: true, maxSockets: keptConnections, scheduling: "lifo", timeout: patience + 1 },
  });
  const fresh = new Agent({ ...tls, keepAlive: false, maxCachedSessions: 0 });
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  let stopped = false;
  let sent = 0;

  const outcomes = new Promise<Outcome[]>((resolve) => {
    const done: Outcome[] = [];
    let ended = false;
    const finishWhenAllAnswered = () => {
      if (ended && done.length === sent) {
        clearInterval(clock);
        kept.destroy();
        fresh.destroy();
        resolve(done.sort((left, right) => left.number - right.number));
      }
    };
    const tick = () => {
      for (let next = plan[sent]; !stopped && next !== undefined && next.at <= elapsed(); next = plan[sent]) {
        sent += 1;
        void send(target, next.keepAlive ? kept : fresh, next, exchange(next), elapsed).then((outcome) => {
          done.push(outcome);
          finishWhenAllAnswered();
        });
      }
      if (!ended && (stopped || sent === plan.length)) {
        ended = true;
        finishWhenAllAnswered();
      }
    };
    const clock = setInterval(tick, 1);
  });
  return {
    elapsed,
    sent: () => sent,
    outcomes,
    stop: () => {
      stopped = true;
    },
  };
}

function send(
  target: Target,
  agent: Agent,
  planned: PlannedRequest,
  exchange: Exchange,
  elapsed: () => number,
): Promise<Outcome> {
  const { number, kind, at } = planned;
  return new Promise((resolve) => {
    const end = (failure?: string, release?: string) =>
      resolve({
        number,
        kind,
        at,
        latency: elapsed() - at,
        ...(failure === undefined ? {} : { failure: `${kind}: ${failure}` }),
        ...(release === undefined ? {} : { release }),
      });
    const headers: Record<string, string | number> = { host: target.host };
    if (exchange.body !== undefined) {
      headers["content-type"] = "application/x-www-form-urlencoded";
      headers["content-length"] = Buffer.byteLength(exchange.body);
    }
    const sending = request(
      { agent, method: exchange.method, path: exchange.path, headers, timeout: patience },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          body += part;
        });
        response.on("error", (error: Error) => end(`answer broken off: ${codeOf(error)}`));
        response.on("end", () => {
          const release = String(response.headers["x-release"] ?? "");
          const status = response.statusCode ?? 0;
          end(exchange.check({ status, release, body }), release);
        });
      },
    );
    sending.on("timeout", () => sending.destroy(new Error(`no answer within ${patience / 1000} s`)));
    sending.on("error", (error) =>
      end(`${codeOf(error)}${sending.reusedSocket ? " on a kept connection" : ""}`),
    );
    sending.end(exchange.body);
  });
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}

import { createWriteStream, existsSync, readFileSync, statSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { pipeline } from "node:stream/promises";
import * as tls from "node:tls";
import { proxyFor } from "./proxy";

/** Where distributions keep the authorities that the host trusts, which may be more than Node.js knows. */
const SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";
const MOST_REDIRECTS = 5;
/** A download that brings nothing for this long has failed, in milliseconds. */
const LONGEST_STALL = 20_000;

/** How a request is made. */
export interface RequestOptions {
  method?: "GET" | "HEAD";
  headers?: { [name: string]: string };
  signal?: AbortSignal;
}

/**
 * Requests a URL, through a proxy where the environment names one, and follows redirects.
 *
 * @returns the answer, whatever its status, not yet read
 * @throws when there is no answer, or the signal is aborted first (name resolution included)
 */
export async function request(address: string, options: RequestOptions = {}): Promise<http.IncomingMessage> {
  let url = new URL(address);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await requestOnce(url, options);
    const { location } = answer.headers;
    if (!location || ![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0)) return answer;
    answer.resume();
    url = new URL(location, url);
  }
  throw new Error(`${address} redirects more than ${MOST_REDIRECTS} times`);
}

async function requestOnce(url: URL, options: RequestOptions): Promise<http.IncomingMessage> {
  const { signal } = options;
  signal?.throwIfAborted();
  const socket = url.protocol === "https:" ? await tunnel(url, signal) : undefined;
  const proxy = url.protocol === "http:" ? proxyFor(url, process.env) : undefined;
  return new Promise((resolve, reject) => {
    const { request: send } = url.protocol === "https:" ? https : http;
    const target = proxy ? { hostname: proxy.host, port: proxy.port, path: url.href, setHost: false } : {};
    const sent = send(url, {
      method: options.method ?? "GET",
      headers: { ...options.headers, host: url.host },
      ca: authorities(),
      agent: false,
      ...(socket
        ? { createConnection: () => tls.connect({ socket, servername: url.hostname, ca: authorities() }) }
        : {}),
      ...target,
    });
    // Not the request's own `signal`: it would leave a name resolution that hangs to itself, and wait for it.
    const stop = () => {
      sent.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", stop, { once: true });
    sent.once("response", (answer) => {
      signal?.removeEventListener("abort", stop);
      signal?.addEventListener("abort", () => answer.destroy(signal.reason as Error), { once: true });
      resolve(answer);
    });
    sent.once("error", (error) => {
      signal?.removeEventListener("abort", stop);
      reject(error);
    });
    sent.end();
  });
}

/** A connection through the proxy to the host of a URL, or undefined where none is set. */
async function tunnel(
  url: URL,
  signal: AbortSignal | undefined,
): Promise<import("node:net").Socket | undefined> {
  const proxy = proxyFor(url, process.env);
  if (!proxy) return undefined;
  const login =
    proxy.login === undefined
      ? {}
      : { "proxy-authorization": `Basic ${Buffer.from(proxy.login).toString("base64")}` };
  return new Promise((resolve, reject) => {
    const place = `${url.hostname}:${url.port || 443}`;
    const connect = http.request({ ...proxy, method: "CONNECT", path: place, headers: login, agent: false });
    const stop = () => {
      connect.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", stop, { once: true });
    connect.once("error", reject);
    connect.once("connect", (answer, socket) => {
      signal?.removeEventListener("abort", stop);
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(
        new Error(
          `the proxy ${proxy.host}:${proxy.port} refuses ${place}: ${answer.statusCode} ${answer.statusMessage}`,
        ),
      );
    });
    connect.end();
  });
}

let trusted: string[] | undefined;

function authorities(): string[] {
  trusted ??= [
    ...tls.rootCertificates,
    ...(existsSync(SYSTEM_AUTHORITIES) ? [readFileSync(SYSTEM_AUTHORITIES, "utf8")] : []),
  ];
  return trusted;
}

/**
 * Downloads to a file; what is there already of an earlier attempt is not fetched again.
 *
 * @param progress called with how many bytes of how many are there
 * @throws when the server does not give the file, or the download stalls
 */
export async function download(
  address: string,
  file: string,
  progress: (bytes: number, of: number) => void,
): Promise<void> {
  const have = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const stall = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(new Error(`no data for ${LONGEST_STALL / 1000} s`)), LONGEST_STALL);
  };
  alive();
  try {
    const headers: { [name: string]: string } = have > 0 ? { range: `bytes=${have}-` } : {};
    const answer = await request(address, { headers, signal: stall.signal });
    const { statusCode } = answer;
    if (statusCode === 416) return void answer.resume(); // The range is empty: all of it is here.
    if (statusCode !== 200 && statusCode !== 206)
      throw new Error(`${address}: ${statusCode} ${answer.statusMessage}`);
    let bytes = statusCode === 206 ? have : 0;
    const length = answer.headers["content-length"];
    const total = length === undefined ? 0 : bytes + Number(length);
    answer.on("data", (chunk: Buffer) => {
      alive();
      bytes += chunk.length;
      progress(bytes, total);
    });
    await pipeline(answer, createWriteStream(file, { flags: statusCode === 206 ? "a" : "w" }));
    if (total > 0 && bytes !== total) throw new Error(`${address}: ended after ${bytes} of ${total} bytes`);
  } finally {
    clearTimeout(timer);
  }
}

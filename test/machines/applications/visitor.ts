import { request } from "node:https";
import type { Target } from "../../support/load/generator";

/** What a visitor is answered. */
export interface Page {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: Buffer;
  readonly text: string;
}

/** A file that a form sends. */
export interface SentFile {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

/** A browser without a screen: keeps cookies, fills in forms, follows redirects. */
export class Visitor {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly target: Target) {}

  async get(path: string): Promise<Page> {
    return await this.follow(await this.ask("GET", path));
  }

  /** Sends a form of a page with its own values, changed by the given ones; a file makes it multipart. */
  async submit(
    page: Page,
    action: string,
    values: Readonly<Record<string, string | SentFile>>,
  ): Promise<Page> {
    const all = { ...fieldsOf(page.text), ...values };
    const boundary = "----------------one-server-web";
    const parts = Object.entries(all).map(([name, value]) => part(boundary, name, value));
    const body = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
    return await this.post(action, body, { "content-type": `multipart/form-data; boundary=${boundary}` });
  }

  async post(path: string, body: Buffer | string, headers: Readonly<Record<string, string>>): Promise<Page> {
    return await this.follow(await this.ask("POST", path, headers, body));
  }

  private async follow(page: Page): Promise<Page> {
    if (page.status < 300 || page.status > 399 || page.location === undefined) return page;
    const { pathname, search } = new URL(page.location, `https://${this.target.host}/`);
    return await this.get(pathname + search);
  }

  private ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body: Buffer | string = "",
  ): Promise<Page> {
    const { host, address, authority } = this.target;
    const origin = `https://${host}`;
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: address,
          servername: host,
          ca: authority,
          agent: false,
          method,
          path,
          timeout: 30_000,
          headers: {
            host,
            cookie,
            referer: `${origin}/`,
            "content-length": Buffer.byteLength(body),
            ...headers,
          },
        },
        (answer) => {
          for (const line of answer.headers["set-cookie"] ?? []) {
            const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
            this.cookies.set(name, value);
          }
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => {
            const all = Buffer.concat(chunks);
            const { statusCode = 0, headers: answered } = answer;
            resolve({ status: statusCode, location: answered.location, body: all, text: all.toString() });
          });
        },
      );
      asked.on("timeout", () => asked.destroy(new Error(`${path} did not answer within 30 s`)));
      asked.on("error", reject).end(body);
    });
  }
}

/** The values that a page's inputs and text areas begin with, as a browser would send them. */
function fieldsOf(html: string): Record<string, string> {
  const inputs = [...html.matchAll(/<input\b[^>]*>/g)].flatMap(([tag]) => {
    const name = attribute(tag, "name");
    const type = attribute(tag, "type");
    const left = ["submit", "button", "file", "image"].includes(type ?? "");
    const off = ["checkbox", "radio"].includes(type ?? "") && !/\bchecked\b/.test(tag);
    return name === undefined || left || off ? [] : [[name, attribute(tag, "value") ?? ""]];
  });
  const areas = [...html.matchAll(/<textarea\b([^>]*)>([^<]*)/g)].flatMap(([, tag = "", text = ""]) => {
    const name = attribute(tag, "name");
    return name === undefined ? [] : [[name, text.trim()]];
  });
  return Object.fromEntries([...inputs, ...areas]) as Record<string, string>;
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}=["']([^"']*)["']`).exec(tag)?.[1];
  return value?.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

function part(boundary: string, name: string, value: string | SentFile): Buffer {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
  return typeof value === "string"
    ? Buffer.from(`${head}\r\n\r\n${value}\r\n`)
    : Buffer.concat([
        Buffer.from(`${head}; filename="${value.name}"\r\nContent-Type: ${value.type}\r\n\r\n`),
        value.content,
        Buffer.from("\r\n"),
      ]);
}

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { download, request } from "../../scripts/engine/download";
import { proxyFor } from "../../scripts/engine/proxy";
import { probeVendor } from "../../scripts/engine/vendor";

describe("the proxy for a URL", () => {
  const cases = [
    { url: "https://a.example/x", environment: {}, proxy: undefined },
    {
      url: "https://a.example/x",
      environment: { HTTPS_PROXY: "http://p:3128" },
      proxy: { host: "p", port: 3128 },
    },
    {
      url: "https://a.example/x",
      environment: { https_proxy: "p.example:8080" },
      proxy: { host: "p.example", port: 8080 },
    },
    { url: "https://a.example/x", environment: { HTTP_PROXY: "http://p:1" }, proxy: undefined },
    { url: "http://a.example/x", environment: { HTTP_PROXY: "http://p" }, proxy: { host: "p", port: 80 } },
    { url: "https://a.example/x", environment: { ALL_PROXY: "http://p:1" }, proxy: { host: "p", port: 1 } },
    {
      url: "https://a.example/x",
      environment: { HTTPS_PROXY: "http://u:p%40@p:1" },
      proxy: { host: "p", port: 1, login: "u:p@" },
    },
    {
      url: "https://a.example/x",
      environment: { HTTPS_PROXY: "http://p:1", NO_PROXY: "b.example, .example" },
      proxy: undefined,
    },
    {
      url: "https://a.example/x",
      environment: { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" },
      proxy: undefined,
    },
    {
      url: "https://a.example/x",
      environment: { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.example:8443" },
      proxy: { host: "p", port: 1 },
    },
    {
      url: "https://ba.example/x",
      environment: { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.example" },
      proxy: { host: "p", port: 1 },
    },
  ];
  for (const { url, environment, proxy } of cases) {
    it(`of ${url} with ${JSON.stringify(environment)} is ${JSON.stringify(proxy)}`, () => {
      assert.deepEqual(proxyFor(new URL(url), environment), proxy);
    });
  }

  it("must be an HTTP proxy", () => {
    const of = (setting: string) => () => proxyFor(new URL("https://a"), { HTTPS_PROXY: setting });
    assert.throws(of("socks5://p:1"), /only http:\/\/ proxies are supported/);
    assert.throws(of("http://"), /HTTPS_PROXY must be a URL such as/);
  });
});

describe("a download", () => {
  let server: Server | undefined;
  let folder: string;
  const environment = { ...process.env };
  const serve = async (listener: RequestListener): Promise<string> => {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "download-"));
    for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
      delete process.env[name];
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    process.env = { ...environment };
    rmSync(folder, { recursive: true });
  });

  it("follows redirects and goes on where an earlier one ended", async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((incoming, answer) => {
      if (incoming.url === "/moved") return void answer.writeHead(302, { location: "/file" }).end();
      asked.push(incoming.headers.range);
      const range = /bytes=(\d+)-/.exec(incoming.headers.range ?? "");
      answer.writeHead(range ? 206 : 200).end("0123456789".slice(Number(range?.[1] ?? 0)));
    });
    const file = join(folder, "file");
    writeFileSync(file, "0123");
    await download(`${url}/moved`, file, () => undefined);
    assert.equal(readFileSync(file, "utf8"), "0123456789");
    assert.deepEqual(asked, ["bytes=4-"]);
  });

  it("fails when the server ends it half-way, and the next attempt completes it", async () => {
    let attempts = 0;
    const url = await serve((incoming, answer) => {
      attempts += 1;
      const from = Number(/bytes=(\d+)-/.exec(incoming.headers.range ?? "")?.[1] ?? 0);
      answer.writeHead(from > 0 ? 206 : 200, { "content-length": 10 - from });
      if (attempts === 1) answer.write("01234", () => answer.socket?.end());
      else answer.end("0123456789".slice(from));
    });
    const file = join(folder, "file");
    await assert.rejects(download(`${url}/file`, file, () => undefined));
    await download(`${url}/file`, file, () => undefined);
    assert.equal(readFileSync(file, "utf8"), "0123456789");
  });

  it("fails with the status when the server has no such file", async () => {
    const url = await serve((_, answer) => void answer.writeHead(404).end());
    await assert.rejects(
      download(`${url}/file`, join(folder, "file"), () => undefined),
      /404 Not Found/,
    );
  });

  it("goes through the proxy", async () => {
    const url = await serve((incoming, answer) => void answer.end(`for ${incoming.url}`));
    process.env.HTTP_PROXY = url;
    process.env.NO_PROXY = "";
    const answer = await request("http://nowhere.invalid/file");
    assert.equal(Buffer.concat(await answer.toArray()).toString(), "for http://nowhere.invalid/file");
  });

  it("asks the proxy for a tunnel to an HTTPS server", async () => {
    const places: (string | undefined)[] = [];
    const url = await serve(() => undefined);
    server?.on("connect", (incoming, socket) => {
      places.push(incoming.url);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    process.env.HTTPS_PROXY = url;
    process.env.NO_PROXY = "";
    await assert.rejects(
      request("https://nowhere.invalid/file"),
      /the proxy .* refuses nowhere.invalid:443: 403 Forbidden/,
    );
    assert.deepEqual(places, ["nowhere.invalid:443"]);
  });

  it("finds the vendor in reach", async () => {
    const url = await serve(
      (incoming, answer) => void answer.writeHead(incoming.method === "HEAD" ? 200 : 500).end(),
    );
    assert.equal((await probeVendor(url)).reachable, true);
  });

  it("finds the vendor out of reach when there is no answer in time", async () => {
    const url = await serve(() => undefined);
    const began = Date.now();
    assert.deepEqual(await probeVendor(url, 200), { reachable: false, reason: "no answer within 0.2 s" });
    assert.ok(Date.now() - began < 2000);
  });

  it("finds the vendor out of reach when the connection is refused", async () => {
    const url = await serve(() => undefined);
    server?.close();
    const { reachable, reason } = await probeVendor(url);
    assert.equal(reachable, false);
    assert.match(reason, /ECONNREFUSED/);
  });
});

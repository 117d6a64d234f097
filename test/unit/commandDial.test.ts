import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { type AuthContext, Server as SshServer } from "ssh2";
import { type Endpoint, FinalError } from "../../scripts/engine/command/connection";
import { dial } from "../../scripts/engine/command/dial";
import type { Call } from "../../scripts/engine/providerServer";
import { keyPair } from "../support/keyPair";

describe("reaching a machine", () => {
  const hostKey = keyPair();
  const otherKey = keyPair();
  const login = keyPair();
  let server: Server | SshServer;
  let attempts: string[];
  let shown: string[];
  let controller: AbortController;
  let call: Call;
  beforeEach(() => {
    attempts = [];
    shown = [];
    controller = new AbortController();
    const log: Call["log"] = (_, line) => void shown.push(line);
    call = { urn: "", name: "", signal: controller.signal, log };
  });
  afterEach(() => void server.close());

  /** An SSH server that takes whom `accept` takes; gives the way to it. */
  const listen = async (accept: (attempt: AuthContext) => void): Promise<Endpoint> => {
    const created = new SshServer({ hostKeys: [hostKey.private] }, (client) => {
      client.on("authentication", (attempt) => {
        attempts.push(attempt.method);
        accept(attempt);
      });
      client.on("error", () => undefined);
    });
    server = created;
    await new Promise<void>((resolve) => created.listen(0, "127.0.0.1", resolve));
    return endpoint((created.address() as AddressInfo).port);
  };
  const endpoint = (port: number): Endpoint => ({
    host: "127.0.0.1",
    port,
    user: "deploy",
    dialErrorLimit: 0,
    perDialTimeout: 5,
  });

  it("logs in with a password", async () => {
    const accept = (attempt: AuthContext) =>
      attempt.method === "password" && attempt.password === "hush"
        ? attempt.accept()
        : attempt.reject(["password"]);
    (await dial(call, { ...(await listen(accept)), password: "hush" })).end();
    assert.deepEqual(attempts, ["password"]);
  });

  it("answers with the password where the machine asks for it", async () => {
    const accept = (attempt: AuthContext) => {
      if (attempt.method !== "keyboard-interactive") return attempt.reject(["keyboard-interactive"]);
      attempt.prompt([{ prompt: "Password: ", echo: false }], (answers) =>
        answers[0] === "hush" ? attempt.accept() : attempt.reject(),
      );
    };
    (await dial(call, { ...(await listen(accept)), password: "hush" })).end();
    assert.deepEqual(attempts, ["password", "keyboard-interactive"]);
  });

  it("tries the key before the password", async () => {
    const machine = await listen((attempt) =>
      attempt.method === "publickey" ? attempt.accept() : attempt.reject(),
    );
    (await dial(call, { ...machine, privateKey: login.private, password: "hush" })).end();
    assert.deepEqual([...new Set(attempts)], ["publickey"]);
  });

  it("says that the login was refused, and never the password", async () => {
    const machine = { ...(await listen((attempt) => attempt.reject())), password: "hush-hush" };
    await assert.rejects(dial(call, machine), (error: Error) => {
      assert.match(error.message, /deploy@127\.0\.0\.1:\d+ in 0 s \(1 try\): the login was refused/);
      assert.match(error.message, /look with: ssh -p \d+ deploy@127\.0\.0\.1$/);
      return !error.message.includes("hush");
    });
  });

  it("believes only the expected host key, and tells a wrong machine nothing", async () => {
    const accept = (attempt: AuthContext) => attempt.accept();
    const machine = await listen(accept);
    (await dial(call, { ...machine, password: "hush", hostKey: hostKey.public })).end();
    attempts = [];
    const wrong = { ...machine, password: "hush", hostKey: otherKey.public, dialErrorLimit: -1 };
    await assert.rejects(dial(call, wrong), (error) => error instanceof FinalError);
    assert.deepEqual(attempts, []);
  });

  it("gives up on a machine that takes the connection and says nothing", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    server = silent;
    await once(silent, "listening");
    const machine = { ...endpoint((silent.address() as AddressInfo).port), perDialTimeout: 0.2 };
    await assert.rejects(dial(call, machine), /\(1 try\): no answer in time/);
  });

  it("tries again as often as it may, shows the wait, and ends at once when it is cancelled", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    server = closed;
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    await assert.rejects(
      dial(call, { ...endpoint(port), dialErrorLimit: 2 }),
      /\(3 tries\): connection refused/,
    );
    assert.deepEqual(
      shown,
      [1, 2].map((tries) => `waiting for deploy@127.0.0.1:${port}: connection refused (try ${tries})`),
    );
    const endless = dial(call, { ...endpoint(port), dialErrorLimit: -1 });
    controller.abort(new Error("cancelled"));
    await assert.rejects(endless, /^Error: cancelled$/);
  });

  it("fails when the proxy does, and says which one", async () => {
    const machine = await listen((attempt) => attempt.reject());
    const behind = { ...endpoint(1), proxy: { ...machine, user: "jump", password: "x" } };
    await assert.rejects(dial(call, behind), /jump@127\.0\.0\.1/);
  });
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create as pack } from "tar";
import { type Engine, ensureEngine } from "../../scripts/engine/ensure";
import { EngineError } from "../../scripts/engine/errors";
import { eventually } from "../support/eventually";

/** Stands for the CLI: says its version, and installs plugins unless FAKE_PLUGINS is `none`. */
const CLI = `#!/bin/sh
case "$1" in
version) echo v3.259.0 ;;
plugin)
  [ "$FAKE_PLUGINS" = none ] && { echo "error: no such host" >&2; exit 1; }
  folder="$PULUMI_HOME/plugins/resource-$4-v$5"
  mkdir -p "$folder" && echo vendor > "$folder/pulumi-resource-$4" ;;
esac
`;

/** Stands for Go: writes what it was asked into a log; \`build\` waits while the file FAKE_GO_WAIT is there. */
const GO = `#!/bin/sh
case "$1" in
version) echo "go version go1.26.8 linux/amd64"; exit ;;
list) echo "go: downloading example.com/module v1.0.0" >&2; printf 'a\\nb\\n'; exit ;;
esac
echo "$1" >> "$FAKE_GO_LOG"
[ "$FAKE_GO" = broken ] && { echo "no space left on device" >&2; exit 1; }
while [ -e "$FAKE_GO_WAIT" ]; do sleep 0.1; done
echo a >&2
while [ "$1" != -o ]; do shift; done
cp "$FAKE_CLI" "$2"
`;

/** No Go, no vendor and no wait: what decides and what goes wrong are the real code, the programs it runs stand-ins. */
describe("getting an engine", function () {
  this.timeout(60_000);
  let folder: string;
  let server: Server | undefined;
  let lines: string[];
  const environment = { ...process.env };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "ensure-"));
    lines = [];
    for (const name of ["bin", "project", "home"]) mkdirSync(join(folder, name));
    executable("bin/go", GO);
    executable("cli/pulumi", CLI);
    executable("cli/pulumi-language-nodejs", "#!/bin/sh\n");
    for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "ONE_SERVER_WEB_ENGINE"])
      delete process.env[name];
    Object.assign(process.env, {
      HOME: join(folder, "home"),
      XDG_CACHE_HOME: join(folder, "cache"),
      PATH: `${join(folder, "bin")}:${dirname(process.execPath)}:/usr/bin:/bin`,
      FAKE_CLI: join(folder, "cli", "pulumi"),
      FAKE_GO_LOG: join(folder, "go.log"),
      FAKE_GO_WAIT: join(folder, "wait"),
      ONE_SERVER_WEB_RELEASES: "http://127.0.0.1:9", // Nobody listens on the port that discards.
    });
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    process.env = { ...environment };
    rmSync(folder, { recursive: true });
  });

  const executable = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  const ensure = (project = "project") =>
    ensureEngine({ projectFolder: join(folder, project), report: (line) => lines.push(line) });
  const builds = () =>
    existsSync(join(folder, "go.log"))
      ? readFileSync(join(folder, "go.log"), "utf8").trim().split("\n").length
      : 0;
  const summary = ({ source, plugins }: Engine) => ({ source, command: plugins[0]?.source });
  const serve = async (listener: RequestListener) => {
    server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    process.env.ONE_SERVER_WEB_RELEASES = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const archive = async () => {
    mkdirSync(join(folder, "packed", "pulumi"), { recursive: true });
    for (const name of readdirSync(join(folder, "cli")))
      symlinkSync(join(folder, "cli", name), join(folder, "packed", "pulumi", name));
    await pack({ gzip: true, follow: true, cwd: join(folder, "packed"), file: join(folder, "archive") }, [
      "pulumi",
    ]);
    return readFileSync(join(folder, "archive"));
  };

  it("takes the vendor's CLI and plugin where they can be downloaded", async () => {
    const content = await archive();
    await serve((request, answer) => {
      assert.match(request.url ?? "", /^\/pulumi-v3\.259\.0-/);
      answer
        .writeHead(200, { "content-length": content.length })
        .end(request.method === "HEAD" ? undefined : content);
    });
    const engine = await ensure();
    assert.deepEqual(summary(engine), { source: "vendor", command: "vendor" });
    assert.equal(readFileSync(engine.cli, "utf8"), CLI);
    assert.ok(existsSync(join(dirname(engine.cli), "pulumi-language-nodejs")));
    assert.equal(
      engine.environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION,
      undefined,
      "other plugins come by themselves",
    );
    server?.close();
    assert.deepEqual(summary(await ensure()), { source: "vendor", command: "vendor" });
    mkdirSync(join(folder, "clone"));
    assert.deepEqual(
      summary(await ensure("clone")),
      { source: "vendor", command: "vendor" },
      "from the cache",
    );
    assert.equal(builds(), 0);
  });

  it("takes its own command plugin when only that of the vendor cannot be had", async () => {
    const content = await archive();
    await serve((request, answer) => void answer.end(request.method === "HEAD" ? undefined : content));
    process.env.FAKE_PLUGINS = "none";
    const engine = await ensure();
    assert.deepEqual(summary(engine), { source: "vendor", command: "built" });
    assert.match(lines.join("\n"), /the vendor's command plugin is unavailable .*no such host/s);
    assert.ok(
      statSync(join(engine.pulumiHome, "plugins/resource-command-v1.2.1/pulumi-resource-command")).mode &
        0o100,
    );
  });

  it("builds the CLI when the vendor's download breaks off", async () => {
    const content = await archive();
    await serve((request, answer) => {
      answer.writeHead(200, { "content-length": content.length });
      if (request.method === "HEAD") answer.end();
      else answer.write(content.subarray(0, content.length / 2), () => answer.socket?.end());
    });
    assert.deepEqual(summary(await ensure()), { source: "built", command: "built" });
    assert.match(lines.join("\n"), /the vendor's download failed \(.*\): the CLI is built here/);
    assert.equal(builds(), 1);
  });

  it("builds the CLI when the vendor cannot be reached, once for all clones, and leaves ~/.pulumi alone", async () => {
    const engine = await ensure();
    assert.deepEqual(summary(engine), { source: "built", command: "built" });
    assert.match(lines.join("\n"), /cannot be reached \(.*ECONNREFUSED.*\): the CLI is built here/);
    assert.match(lines.join("\n"), /building the Pulumi CLI 3\.259\.0/);
    assert.deepEqual(
      readdirSync(dirname(engine.cli)).filter((name) => !name.endsWith(".js")),
      ["pulumi", "pulumi-language-nodejs"],
    );
    mkdirSync(join(folder, "clone"));
    lines = [];
    await ensure("clone");
    await ensure("clone");
    assert.equal(builds(), 1);
    assert.deepEqual(lines, [], "nothing to say where nothing is done");
    assert.deepEqual(readdirSync(join(folder, "home")), []);
  });

  it("goes on working when the cache is emptied", async () => {
    const { cli } = await ensure();
    rmSync(join(folder, "cache"), { recursive: true });
    assert.equal((await ensure()).cli, cli);
    assert.equal(readFileSync(cli, "utf8"), CLI);
    assert.equal(builds(), 1);
  });

  it("mends a home whose CLI was cut", async () => {
    const { cli } = await ensure();
    rmSync(cli);
    writeFileSync(cli, CLI.slice(0, 10));
    assert.equal(readFileSync((await ensure()).cli, "utf8"), CLI);
    assert.equal(builds(), 1);
  });

  it("builds once for two at the same time", async () => {
    mkdirSync(join(folder, "clone"));
    const engines = await Promise.all([ensure(), ensure("clone")]);
    assert.deepEqual(
      engines.map(({ source }) => source),
      ["built", "built"],
    );
    assert.equal(builds(), 1);
  });

  it("starts again after a build that was killed, and takes nothing half-made for whole", async () => {
    writeFileSync(join(folder, "wait"), "");
    const program = `require(${JSON.stringify(join(__dirname, "../../scripts/engine/ensure.ts"))}).ensureEngine({ projectFolder: ${JSON.stringify(join(folder, "project"))}, report: () => undefined })`;
    const child = spawn(process.execPath, ["--require", "tsx/cjs", "-e", program], {
      stdio: "ignore",
      detached: true,
      cwd: __dirname,
    });
    const ended = once(child, "exit");
    await eventually("the build", 30, () => builds() === 1);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await ended;
    rmSync(join(folder, "wait"));
    const { cli } = await ensure();
    assert.equal(readFileSync(cli, "utf8"), CLI);
    assert.equal(builds(), 2);
    const left = readdirSync(join(folder, "cache", "one-server-web", "engine")).filter((name) =>
      /making|lock/.test(name),
    );
    assert.deepEqual(left, []);
  });

  it("says why a build failed, and leaves nothing behind", async () => {
    process.env.FAKE_GO = "broken";
    await assert.rejects(
      ensure(),
      (error: Error) => error instanceof EngineError && /no space left on device/.test(error.message),
    );
    assert.deepEqual(readdirSync(join(folder, "cache", "one-server-web", "engine")), []);
    delete process.env.FAKE_GO;
    await ensure();
  });

  it("says what to do where there is no Go and it cannot be installed", async () => {
    rmSync(join(folder, "bin/go"));
    for (const name of ["sh", "cp", "sleep", "mkdir"]) symlinkSync(`/bin/${name}`, join(folder, "bin", name));
    executable("bin/apt-get", "#!/bin/sh\necho 'E: Could not resolve' >&2\nexit 100\n");
    process.env.PATH = join(folder, "bin");
    await assert.rejects(ensure(), /there is no Go.*install Go 1\.26 or newer/s);
  });

  it("refuses a wrong setting before anything is made", async () => {
    process.env.ONE_SERVER_WEB_ENGINE = "fast";
    await assert.rejects(ensure(), /ONE_SERVER_WEB_ENGINE must be vendor or built, not "fast"/);
    assert.deepEqual(readdirSync(join(folder, "project")), []);
  });
});

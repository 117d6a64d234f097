import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runShell } from "../support/shell";

/** A line of /proc/net/tcp and the like. */
const socket = (address: string, port: number, state: string, inode: number) =>
  `   0: ${address}:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 0 0 ${inode} 1 0 100\n`;
const any = "00000000";
const any6 = any.repeat(4);
const listens = "0A";
const udp = "07";

describe("a look at a machine that was there already", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "look-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  /** A process that holds these sockets. */
  const process = (pid: number, name: string, ...inodes: number[]) => {
    write(`proc/${pid}/comm`, `${name}\n`);
    mkdirSync(join(root, `proc/${pid}/fd`), { recursive: true });
    for (const inode of inodes) symlinkSync(`socket:[${inode}]`, join(root, `proc/${pid}/fd/${inode}`));
  };
  const run = (script: string, environment: Record<string, string> = {}) =>
    runShell(["lib/log", "lib/settings", "lib/roles", "lib/look"], script, {
      LOOK_ROOT: root,
      STATE: join(root, "state"),
      BUNDLE: join(root, "bundle"),
      SSH_PORTS: "22",
      OPEN_PORTS: "",
      TAKE_OVER: "no",
      ...environment,
    });
  const things = (environment?: Record<string, string>) =>
    run("foreign_things", environment).output.split("\n").filter(Boolean);

  /** What a fresh machine of a cloud has. */
  function fresh(): void {
    write(
      "proc/net/tcp",
      `sl local rem st\n${socket(any, 22, listens, 1)}${socket("3500007F", 53, listens, 2)}${socket("0100007F", 25, listens, 3)}${socket("0A00000A", 22, "01", 9)}`,
    );
    write(
      "proc/net/tcp6",
      `sl local rem st\n${socket(any6, 22, listens, 4)}${socket(any6, 5355, listens, 5)}`,
    );
    write(
      "proc/net/udp",
      `sl local rem st\n${socket(any, 68, udp, 6)}${socket(any, 123, udp, 7)}${socket(any, 41234, udp, 8)}`,
    );
    process(100, "sshd", 1, 4);
    process(101, "systemd-resolve", 2, 5);
    process(102, "exim4", 3);
    process(103, "ntpsec", 7, 8);
    write("etc/nginx/sites-enabled/default", "server {}");
    mkdirSync(join(root, "var/lib/mysql/mysql"), { recursive: true });
  }

  it("finds nothing on a fresh machine", () => {
    fresh();
    assert.deepEqual(things(), []);
  });

  it("finds services that would lose their ports, but for those that stay open", () => {
    fresh();
    write(
      "proc/net/tcp6",
      `sl local rem st\n${socket(any6, 8080, listens, 20)}${socket(any6, 443, listens, 21)}`,
    );
    write("proc/net/udp6", `sl local rem st\n${socket(any6, 51820, udp, 0)}${socket(any6, 1194, udp, 22)}`);
    process(200, "node", 20);
    process(201, "caddy", 21);
    process(202, "openvpn", 22);
    assert.deepEqual(things(), [
      "node listens on port 8080/tcp",
      "caddy listens on port 443/tcp",
      "the kernel listens on port 51820/udp",
      "openvpn listens on port 1194/udp",
    ]);
    assert.deepEqual(things({ OPEN_PORTS: "8080/tcp 443/tcp 51820/udp 1194/udp" }), [
      "caddy listens on port 443/tcp",
    ]);
  });

  it("finds sites of nginx and Apache, databases, containers, firewalls and files where the site's would be", () => {
    fresh();
    write("etc/nginx/sites-enabled/shop", "server {\n  server_name shop.example.com www.example.com;\n}\n");
    write("etc/apache2/sites-enabled/wiki.conf", "<VirtualHost *:80>\n  ServerName wiki.example.com\n");
    mkdirSync(join(root, "var/lib/mysql/shop"));
    write("proc/300/cgroup", "0::/system.slice/docker-0123abc.scope\n");
    write("etc/ufw/ufw.conf", "ENABLED=yes\n");
    write("srv/www/index.html", "");
    assert.deepEqual(things(), [
      "a web server has the sites /etc/nginx/sites-enabled/shop (shop.example.com www.example.com), /etc/apache2/sites-enabled/wiki.conf (wiki.example.com)",
      "/var/lib/mysql has the databases shop",
      "containers run (1 processes)",
      "the firewall ufw is on (it has to admit ports 80 and 443)",
      "files in /srv/www",
    ]);
  });

  it("refuses a server in use on one line, unless it is to be taken over or is this project's already", () => {
    fresh();
    mkdirSync(join(root, "var/lib/mysql/shop"));
    const refused = run("refuse_foreign");
    assert.equal(refused.code, 1);
    assert.match(
      refused.error,
      /^error: this server is in use already: \/var\/lib\/mysql has the databases shop\. Nothing was changed\. .*openPorts.*takeOver true\)\n$/,
    );
    assert.equal(run("refuse_foreign", { TAKE_OVER: "yes" }).code, 0);
    mkdirSync(join(root, "state"));
    assert.equal(run("refuse_foreign").code, 0, "version 0.1.0 has provisioned it");
  });

  it("frees the site's ports from other web servers alone, where a server is taken over", () => {
    fresh();
    write(
      "proc/net/tcp6",
      `sl local rem st\n${socket(any6, 80, listens, 20)}${socket(any6, 443, listens, 21)}`,
    );
    process(200, "nginx", 20);
    process(201, "caddy", 21);
    write("proc/200/cgroup", "0::/system.slice/nginx.service\n");
    write("proc/201/cgroup", "0::/system.slice/caddy.service\n");
    const free = (ROLES: string) =>
      run(`FOREIGN=it; refuse_foreign_ports; echo "\${FOREIGN_UNITS[*]}"`, { ROLES, TAKE_OVER: "yes" });
    assert.equal(free("base nginx").output.trim(), "caddy.service");
    assert.equal(free("base apache").output.trim(), "nginx.service caddy.service");
    assert.equal(free("base mysql").output.trim(), "");
    write("proc/201/comm", "docker-proxy\n");
    write("proc/201/cgroup", "0::/system.slice/docker.service\n");
    assert.match(
      free("base nginx").error,
      /^error: port 443, which the site needs, is held by docker-proxy \(docker\.service\): stop that first\n$/,
    );
  });

  it("leaves another stack's server to it; one of version 0.1.0 names none", () => {
    const owned = (environment: Record<string, string>) => run("refuse_other_owner", environment);
    assert.equal(owned({ OWNER: "p/a 01" }).code, 0);
    write("state/owner", "p/a 01");
    assert.equal(owned({ OWNER: "p/a 01" }).code, 0);
    assert.equal(owned({ OWNER: "p/b 02", TAKE_OVER: "yes" }).code, 0);
    assert.match(
      owned({ OWNER: "p/b 02" }).error,
      /^error: this server belongs to the stack p\/a, whose site/,
    );
  });
});

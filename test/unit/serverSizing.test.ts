import assert from "node:assert/strict";
import { runShell } from "../support/shell";

const all = "base tls nginx php-fpm mysql site";

function size(
  ram: number,
  cores: number,
  roles = all,
  runtime = "php",
  cache = "''",
): Record<string, number> {
  const { output, error } = runShell(
    ["lib/sizing"],
    `size_machine ${ram} ${cores} "${roles}" ${runtime} ${cache}`,
  );
  assert.equal(error, "");
  return Object.fromEntries(
    output
      .trim()
      .split("\n")
      .map((line) => line.split("="))
      .map(([name, value]) => [name, Number(value)]),
  );
}

/** Memory in MiB, cores → what follows. */
const table = [
  { ram: 512, cores: 1, pool: 64, children: 3, opcache: 32, connections: 29, schema: 0 },
  { ram: 1024, cores: 1, pool: 256, children: 5, opcache: 64, connections: 33, schema: 0 },
  { ram: 2048, cores: 2, pool: 512, children: 18, opcache: 128, connections: 61, schema: 0 },
  { ram: 4096, cores: 2, pool: 1024, children: 37, opcache: 256, connections: 99, schema: 1 },
  { ram: 8192, cores: 2, pool: 2048, children: 64, opcache: 256, connections: 153, schema: 1 },
  { ram: 16384, cores: 4, pool: 4096, children: 128, opcache: 256, connections: 285, schema: 1 },
  { ram: 32768, cores: 8, pool: 8192, children: 256, opcache: 256, connections: 549, schema: 1 },
  { ram: 65536, cores: 16, pool: 16384, children: 512, opcache: 256, connections: 1077, schema: 1 },
];

/** As above, on a server that keeps sessions in Valkey. */
const withValkey = [
  { ram: 512, cores: 1, valkey: 32, most: 128, children: 3 },
  { ram: 1024, cores: 1, valkey: 64, most: 192, children: 3 },
  { ram: 2048, cores: 2, valkey: 128, most: 320, children: 14 },
  { ram: 4096, cores: 2, valkey: 256, most: 576, children: 29 },
  { ram: 8192, cores: 2, valkey: 512, most: 1088, children: 64 },
  { ram: 16384, cores: 2, valkey: 1024, most: 2112, children: 64 },
  { ram: 65536, cores: 16, valkey: 1024, most: 2112, children: 512 },
];

describe("swap", () => {
  for (const [what, asked, made] of [
    ["is made where there is none", "1024 0 20000 machine", 1024],
    ["is left alone where there is some", "1024 512 20000 machine", 0],
    ["is not made in a container", "1024 0 20000 container", 0],
    ["takes no disk that is scarce", "1024 0 4095 machine", 0],
    ["takes a quarter of the free disk at most", "1024 0 4096 machine", 1024],
  ] as const) {
    it(what, () => {
      const { output, error } = runShell(["lib/sizing"], `swap_to_make ${asked}`);
      assert.equal(error, "");
      assert.equal(Number(output), made);
    });
  }
});

describe("sizes by the machine", () => {
  for (const { ram, cores, ...expected } of table) {
    it(`${ram} MiB and ${cores} cores`, () => {
      const sizes = size(ram, cores);
      assert.deepEqual(
        {
          pool: sizes.INNODB_POOL_MIB,
          children: sizes.APP_CHILDREN,
          opcache: sizes.OPCACHE_MIB,
          connections: sizes.MAX_CONNECTIONS,
          schema: sizes.PERFORMANCE_SCHEMA,
        },
        expected,
      );
    });

    it(`${ram} MiB and ${cores} cores hold what they are asked to, both colours' caches included`, () => {
      const sizes = size(ram, cores);
      const { INNODB_POOL_MIB: pool = 0, APP_CHILDREN: children = 0, OPCACHE_MIB: opcache = 0 } = sizes;
      const database = pool * (13 / 12) + (sizes.PERFORMANCE_SCHEMA ? 450 : 190);
      const total = (sizes.SYSTEM_MIB ?? 0) + database + 2 * opcache + children * 40;
      // The smallest machine has swap for what does not fit: three processes are the least that serve.
      assert.ok(total <= ram + (ram < 1024 ? 100 : 0), `${total} MiB of ${ram}`);
    });

    it(`${ram} MiB and ${cores} cores have a connection for every process`, () => {
      const sizes = size(ram, cores);
      assert.ok((sizes.MAX_CONNECTIONS ?? 0) >= 2 * (sizes.APP_CHILDREN ?? 0) + 20);
    });
  }

  for (const { ram, cores, ...expected } of withValkey) {
    it(`${ram} MiB and ${cores} cores with Valkey, which the processes make room for`, () => {
      const sizes = size(ram, cores, `${all} valkey`, "php", "valkey");
      const { VALKEY_MIB: valkey = 0, VALKEY_MOST_MIB: most = 0, APP_CHILDREN: children = 0 } = sizes;
      assert.deepEqual({ valkey, most, children }, expected);
      const database = (sizes.INNODB_POOL_MIB ?? 0) * (13 / 12) + (sizes.PERFORMANCE_SCHEMA ? 450 : 190);
      const total =
        (sizes.SYSTEM_MIB ?? 0) + database + valkey * 1.5 + 2 * (sizes.OPCACHE_MIB ?? 0) + children * 40;
      assert.ok(total <= ram + (ram < 1024 ? 148 : 0), `${total} MiB of ${ram}`);
    });
  }

  it("take nothing for a Valkey that nobody asked for", () => {
    assert.equal(size(4096, 2, `${all} valkey`).VALKEY_MIB, 0);
    assert.equal(size(4096, 2, `${all} valkey`).APP_CHILDREN, size(4096, 2).APP_CHILDREN);
  });

  it("give the memory to the database where it is alone", () => {
    assert.equal(size(8192, 2, "base mysql").INNODB_POOL_MIB, 5734);
    assert.equal(size(8192, 2, "base mysql").APP_CHILDREN, 0);
  });

  it("let a database that is alone take as many connections as its memory carries", () => {
    const connections = (ram: number) => size(ram, 2, "base mysql").MAX_CONNECTIONS;
    assert.deepEqual([512, 2048, 8192, 65536].map(connections), [200, 256, 1024, 4000]);
  });

  it("give the database nothing where it is elsewhere", () => {
    assert.equal(size(8192, 2, "base nginx php-fpm").INNODB_POOL_MIB, 0);
  });

  for (const [ram, asked, children] of [
    [8192, 10, 10],
    [8192, 90, 90],
    [8192, 1, 1],
    [1024, 10, 5],
  ] as const) {
    it(`hold ${children} processes ready where ${asked} are asked for of ${ram} MiB`, () => {
      const sizes = size(ram, 2, all, "php", `'' ${asked}`);
      assert.deepEqual([sizes.APP_CHILDREN, sizes.APP_SPARE], [children, children]);
      assert.ok((sizes.MAX_CONNECTIONS ?? 0) >= 2 * children + 20);
    });
  }

  it("grow with the memory and never shrink", () => {
    const children = table.map(({ ram }) => size(ram, 16).APP_CHILDREN ?? 0);
    assert.deepEqual(
      children,
      [...children].sort((a, b) => a - b),
    );
  });

  it("follow Gunicorn's rule of two workers a core and one, as far as memory goes", () => {
    const sizes = size(8192, 4, "base nginx python mysql", "python");
    assert.equal(sizes.GUNICORN_WORKERS, 9);
    assert.ok((sizes.GUNICORN_WORKERS ?? 0) * (sizes.GUNICORN_THREADS ?? 0) <= (sizes.APP_CHILDREN ?? 0));
  });
});

describe("the machine as it is measured", () => {
  const measure = (memory: number, files: Record<string, string>) => {
    const writes = Object.entries(files).map(
      ([name, text]) => `mkdir -p "$(dirname ${name})"; echo ${text} >${name}`,
    );
    return runShell(
      ["lib/system"],
      `cd "$(mktemp -d)"; echo "MemTotal: ${memory * 1024} kB" >meminfo; mkdir group\n${writes.join("\n")}\nmeasure_memory meminfo group`,
    ).output.trim();
  };

  it("has its memory", () => assert.equal(measure(2000, {}), "2000"));
  it("has no more than its control group", () =>
    assert.equal(measure(2000, { "group/memory.max": "1073741824" }), "1024"));
  it("has no more than its control group of the older kind", () =>
    assert.equal(measure(2000, { "group/memory/memory.limit_in_bytes": "536870912" }), "512"));
  it("is not limited by a group without a limit", () => {
    assert.equal(measure(2000, { "group/memory.max": "max" }), "2000");
    assert.equal(measure(2000, { "group/memory/memory.limit_in_bytes": "9223372036854771712" }), "2000");
  });
});

describe("the systems that are supported", () => {
  const detect = (release: string) =>
    runShell(
      ["lib/log", "lib/system"],
      'cd "$(mktemp -d)"; printf %s "$RELEASE" >os; detect_system os; echo "$SYSTEM_ID $SYSTEM_VERSION $(default_database "$SYSTEM_ID" "$SYSTEM_VERSION")"',
      { RELEASE: release },
    );
  const systems: readonly (readonly [string, string])[] = [
    ['ID=debian\nVERSION_ID="13"\n', "debian 13 mariadb"],
    ["ID=debian\nVERSION_CODENAME=sid\n", "debian sid mysql"],
    ['ID=ubuntu\nVERSION_ID="22.04"\n', "ubuntu 22.04 mysql"],
    ['ID=ubuntu\nVERSION_ID="24.04"\n', "ubuntu 24.04 mysql"],
    ['ID=ubuntu\nVERSION_ID="26.04"\n', "ubuntu 26.04 mysql"],
  ];
  for (const [release, expected] of systems) {
    it(expected, () => assert.equal(detect(release).output.trim(), expected));
  }
  for (const release of [
    'ID=debian\nVERSION_ID="12"\n',
    'ID=ubuntu\nVERSION_ID="20.04"\n',
    "ID=fedora\nVERSION_ID=44\n",
  ]) {
    it(`not ${JSON.stringify(release)}`, () =>
      assert.match(detect(release).error, /is not supported: use Debian 13/));
  }
});

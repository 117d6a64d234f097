import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { machineNumber } from "../../components/platforms/local/numbers";
import { subnetOf } from "../../components/settings/settings";
import { projectFolder } from "../../scripts/cli/project/folders";

/** Calls the shell's functions, one call a line, in one shell. What fails is "no", what succeeds in silence is "yes". */
function call(calls: readonly (readonly string[])[]): string[] {
  const script = `
    source "$1"
    while read -ra call; do
      if answer=$("\${call[@]}"); then echo "\${answer:-yes}"; else echo no; fi
    done`;
  const result = spawnSync("bash", ["-c", script, "-", join(projectFolder, "scripts/host/addresses.sh")], {
    input: calls.map((words) => `${words.join(" ")}\n`).join(""),
    encoding: "utf8",
  });
  assert.equal(result.stderr, "");
  return result.stdout.trimEnd().split("\n");
}

/** One test for each line: the call, and its answer. */
function table(rows: readonly (readonly [call: string, answer: string])[]): void {
  it(`answers ${rows.length} calls rightly`, () => {
    const answers = call(rows.map(([words]) => words.split(" ")));
    assert.deepEqual(
      rows.map(([words], index) => `${words} → ${answers[index]}`),
      rows.map(([words, answer]) => `${words} → ${answer}`),
    );
  });
}

describe("addresses of the platform local", () => {
  describe("address_number", () => {
    table([
      ["address_number 10.0.0.1", "167772161"],
      ["address_number 255.255.255.255", "4294967295"],
      ["address_number 0.0.0.0", "0"],
      ["address_number 256.0.0.1", "no"],
      ["address_number 10.0.0", "no"],
      ["address_number 10.0.0.1.2", "no"],
      ["address_number 010.0.0.1", "no"],
      ["address_number ten", "no"],
    ]);
  });

  describe("subnet_valid", () => {
    table([
      ["subnet_valid 10.90.0.0/24", "yes"],
      ["subnet_valid 172.16.0.0/16", "yes"],
      ["subnet_valid 192.168.1.16/28", "yes"],
      ["subnet_valid 10.90.0.1/24", "no"],
      ["subnet_valid 10.90.0.0/29", "no"],
      ["subnet_valid 10.0.0.0/8", "no"],
      ["subnet_valid 10.90.0.0", "no"],
      ["subnet_valid 10.90.0.0/33", "no"],
      ["subnet_valid 10.90.0.0/024", "no"],
      ["subnet_valid 10.90.0/24", "no"],
    ]);
  });

  describe("subnets_overlap", () => {
    table([
      ["subnets_overlap 10.90.0.0/24 10.90.0.0/24", "yes"],
      ["subnets_overlap 10.90.0.0/24 10.0.0.0/8", "yes"],
      ["subnets_overlap 10.0.0.0/8 10.90.0.0/24", "yes"],
      ["subnets_overlap 10.90.0.0/24 10.90.0.255", "yes"],
      ["subnets_overlap 10.90.0.0/24 10.90.1.0", "no"],
      ["subnets_overlap 10.90.0.0/24 10.90.0.77/25", "yes"],
      ["subnets_overlap 10.90.0.128/25 10.90.0.0/25", "no"],
      ["subnets_overlap 10.90.0.0/24 0.0.0.0/0", "yes"],
    ]);
  });

  describe("subnet_address and subnet_holds", () => {
    table([
      ["subnet_address 10.90.0.0/24 1", "10.90.0.1"],
      ["subnet_address 10.90.0.0/16 300", "10.90.1.44"],
      ["subnet_address 10.90.0.0/24 254", "10.90.0.254"],
      ["subnet_address 10.90.0.0/24 255", "no"],
      ["subnet_address 10.90.0.0/24 0", "no"],
      ["subnet_address 10.90.0.0/24 x", "no"],
      ["subnet_holds 10.90.0.0/24 10.90.0.2", "yes"],
      ["subnet_holds 10.90.0.0/24 10.90.0.1", "no"],
      ["subnet_holds 10.90.0.0/24 10.90.0.255", "no"],
      ["subnet_holds 10.90.0.0/24 10.90.1.2", "no"],
      ["subnet_holds 10.90.0.0/24 none", "no"],
    ]);
  });

  describe("free_subnet", () => {
    table([
      ["free_subnet", "10.90.0.0/24"],
      ["free_subnet 10.90.0.0/24 10.91.0.7 192.168.0.0/16", "10.92.0.0/24"],
      ["free_subnet 10.0.0.0/9", "10.128.0.0/24"],
      ["free_subnet 10.0.0.0/8", "no"],
    ]);
  });

  it("accepts every subnet that the settings propose", () => {
    const subnets = ["local", "prod", "a", "two-stacks"].map(subnetOf);
    assert.deepEqual(new Set(call(subnets.map((subnet) => ["subnet_valid", subnet]))), new Set(["yes"]));
  });
});

describe("machineNumber", () => {
  const rows = [
    ["web-1", 10],
    ["web-30", 39],
    ["app-1", 50],
    ["database-1", 100],
    ["load-balancer-2", 151],
  ] as const;
  for (const [name, number] of rows) {
    it(`${name} is ${number}`, () => assert.equal(machineNumber(name), number));
  }

  for (const name of ["web", "web-0", "web-31", "web-01", "mail-1", "", "web-1x", "web-100"]) {
    it(`refuses "${name}" and says what is right`, () => {
      assert.throws(() => machineNumber(name), /^Error: server: ".*" is not a name .*for example web-1$/);
    });
  }
});

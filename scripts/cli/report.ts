import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { runProgram } from "./project/program";
import { reportHtml } from "./report/html";
import { reportMarkdown } from "./report/markdown";
import { reportModel } from "./report/model";
import { readStack } from "./report/source";

const usage = `usage: npm run report [-- [--file state.json | --stack NAME [--preview]] [--output report.html] [--markdown report.md]]

Writes a page that shows what would take a stack's site down, and the way up. It needs no network.

      --file FILE      what \`pulumi stack export\` or \`pulumi preview --json --show-sames\` wrote; - for standard input
  -s, --stack NAME     a stack of this project (default: local)
      --preview        the stack as the next \`pulumi up\` would make it
      --output FILE    where the page goes (default: report.html)
      --markdown FILE  also write Markdown, for a pull request's comment
  -h, --help           this text`;

const options = {
  file: { type: "string" },
  stack: { type: "string", short: "s" },
  preview: { type: "boolean", default: false },
  output: { type: "string", default: "report.html" },
  markdown: { type: "string" },
} as const;

void runProgram(usage, options, async ({ values }) => {
  const { title, views } = await readStack(values);
  const model = reportModel(title, views);
  const output = resolve(values.output);
  writeFileSync(output, await reportHtml(model));
  console.log(`${output}: rung ${model.assessment.rung}, ${model.assessment.findings.length} findings`);
  if (values.markdown !== undefined) {
    writeFileSync(resolve(values.markdown), reportMarkdown(model));
    console.log(resolve(values.markdown));
  }
  return 0;
});

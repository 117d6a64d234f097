import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { reportHtml } from "./report/html";
import { reportMarkdown } from "./report/markdown";
import { reportModel } from "./report/model";
import { readOptions, textOf } from "./report/options";
import { readStack } from "./report/source";

// `npm run report`: a page that shows what would take a stack's site down, and the way up.

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(
    "npm run report -- [--file state.json | --stack NAME [--preview]] [--output report.html] [--markdown report.md]",
    {
      file: {
        value: "FILE",
        describe: "what `pulumi stack export` or `pulumi preview --json` wrote; - for standard input",
      },
      stack: { value: "NAME", describe: "a stack of this project (default: local)" },
      preview: { describe: "the stack as the next `pulumi up` would make it" },
      output: { value: "FILE", describe: "where the page goes (default: report.html)" },
      markdown: { value: "FILE", describe: "also write Markdown, for a pull request's comment" },
    },
    args,
  );
  const { title, views } = await readStack({
    file: textOf(options.file),
    stack: textOf(options.stack),
    preview: options.preview === true,
  });
  const model = reportModel(title, views);
  const output = resolve(textOf(options.output) ?? "report.html");
  writeFileSync(output, await reportHtml(model));
  console.log(`${output}: ${model.assessment.findings.length} findings, rung ${model.assessment.rung}`);
  const markdown = textOf(options.markdown);
  if (markdown === undefined) return;
  writeFileSync(resolve(markdown), reportMarkdown(model));
  console.log(resolve(markdown));
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

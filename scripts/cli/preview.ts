import { writeFileSync } from "node:fs";
import { preview } from "./preview/run";
import { markdown, terminalText } from "./preview/summary";
import { runProgram, stackOption } from "./project/program";

const usage = `usage: npm run preview [-- --stack NAME] [--offline] [--markdown FILE]

Shows what "pulumi up" would change on a stack, with the policy pack's findings, and the monthly cost and the
availability before and after. Changes nothing.

Runs on the backend that PULUMI_BACKEND_URL, PULUMI_ACCESS_TOKEN or a login name, else on this clone's own.

  -s, --stack NAME      the stack (default: local)
      --offline         without AWS: the test plugin of this project answers instead of the vendor's
      --markdown FILE   writes the same as Markdown, for a comment on a pull request
  -h, --help            this text

Exit code 0: fine. 1: a mandatory finding, or the preview failed.`;

void runProgram(
  usage,
  {
    ...stackOption,
    offline: { type: "boolean", default: false },
    markdown: { type: "string" },
  },
  async ({ values }) => {
    if (values.offline) {
      console.log("OFFLINE: AWS is not asked; the test plugin of this project stands for it.");
    }
    const result = await preview(values.stack, values.offline);
    if (values.markdown !== undefined) writeFileSync(values.markdown, markdown(result, new Date()));
    console.log(terminalText(result, new Date()));
    return result.code;
  },
);

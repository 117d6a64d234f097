import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "./project/folders";
import { runProgram } from "./project/program";
import { describedSettings, settingsMarkdown, settingsText } from "./settings/table";

const usage = `usage: npm run settings -- [KEY]... --markdown

Lists every key that "pulumi config set" takes, with what it means, what is allowed, its default and an example.

  KEY              only these
      --markdown   as the table in docs/settings.md
  -h, --help       this text`;

const options = { markdown: { type: "boolean", default: false } } as const;

void runProgram(usage, options, async ({ values, positionals }) => {
  const all = describedSettings(readFileSync(join(projectFolder, "Pulumi.yaml"), "utf8"));
  const unknown = positionals.find((name) => !all.some((setting) => setting.name === name));
  if (unknown !== undefined) {
    console.error(`${unknown}: there is no such key; npm run settings lists them all`);
    return 2;
  }
  const chosen = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));
  console.log(values.markdown === true ? settingsMarkdown(chosen) : settingsText(chosen));
  return 0;
});

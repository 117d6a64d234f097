import { WrongUse } from "./project/faults";
import { projectFolder } from "./project/folders";
import { runProgram } from "./project/program";
import { describedSettings, settingsMarkdown, settingsText } from "./settings/table";
import { writeMadeFiles } from "./settings/write";

const usage = `usage: npm run settings [-- [KEY]... [--markdown | --write]]

Lists every key that "pulumi config set" takes, with what it means, what is allowed, its default and an example.

  KEY              only these
      --markdown   as the tables in docs/settings.md
      --write      write Pulumi.yaml's config block and docs/settings.md from the table in components/settings
  -h, --help       this text`;

const options = {
  markdown: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
} as const;

void runProgram(
  usage,
  options,
  async ({ values, positionals }) => {
    const all = describedSettings();
    const unknown = positionals.find((name) => !all.some((setting) => setting.name === name));
    if (unknown !== undefined) throw new WrongUse(`${unknown}: unknown key; npm run settings lists them all`);
    if (values.write) {
      if (positionals.length > 0) throw new WrongUse("--write writes all keys; leave out KEY");
      const written = writeMadeFiles(projectFolder);
      console.log(written.length === 0 ? "nothing changed" : `wrote ${written.join(" and ")}`);
      return 0;
    }
    const chosen = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));
    console.log(values.markdown ? settingsMarkdown(chosen) : settingsText(chosen));
    return 0;
  },
  Number.POSITIVE_INFINITY,
);

import { entryOf, settingNames } from "../../components/settings/table";

/** The settings that have to be set with `--secret`. */
export const secretSettings = settingNames.filter((name) => entryOf(name).secret === true);

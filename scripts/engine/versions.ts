/** The version of the CLI: that of npm's `pulumi` package, and of its Go module in cli/go.mod. */
export const CLI_VERSION = "3.259.0";
/** The version of npm's @pulumi/command, whose meaning our command plugin keeps. */
export const COMMAND_VERSION = "1.2.1";

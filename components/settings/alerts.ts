import { environmentLines } from "./formats";
import { type Fields, setting } from "./setting";
import { command, environment } from "./values";

/** How somebody is notified that something failed. */
export const alertTable = {
  alertCommand: setting(command, {
    about:
      "A command line that gets the text of an alarm on standard input (a backup, a certificate, a disk, a job, a service), such as curl to a chat.",
    example:
      'curl --fail --silent --variable %TOPIC --expand-url "https://ntfy.example.com/{{TOPIC}}" --data-binary @-',
    field: "command",
    server: { roles: ["base"] },
  }),
  alertEnvironment: setting(environment, {
    about: "Environment variables for alertCommand, such as a token.",
    default: {},
    example: '{"TOPIC": "…"}',
    secret: true,
    field: "environment",
    only: { alertCommand: true },
    server: { roles: ["base"], format: environmentLines },
  }),
};

/** Without a command line no notification is sent. */
export type AlertSettings = Required<Fields<typeof alertTable>>;

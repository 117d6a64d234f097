import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Server } from "../platforms/platform";
import { type Ask, dial, type Report } from "./ask";
import { type Beliefs, readBeliefs, rolloutName } from "./beliefs";
import { ownerIn } from "./owner";

/** What is known of a server when its commands are planned. */
export interface Sight {
  /** What the stack's state says was done on it; empty for a server that is new to the stack. */
  readonly believed: Beliefs;
  /** What it says of itself; undefined where there is nothing to compare, or it could not be asked. */
  readonly reported: Report | undefined;
  /** A mark that no command had before. */
  readonly freshMark: string;
  /** Names this stack on its servers: the same in every run. */
  readonly owner: string;
}

/** How the survey reaches the world outside of the program. */
export interface SurveyEdges {
  readonly readBeliefs: () => Promise<Beliefs | undefined>;
  readonly dial: typeof dial;
  /** Eight hexadecimal digits. */
  readonly freshMark: () => string;
}

const realEdges: SurveyEdges = { readBeliefs, dial, freshMark: () => randomBytes(4).toString("hex") };

const nothing: Beliefs = { commands: {}, copies: {}, databases: [] };

/**
 * Compares what the stack's state says of its servers with what they say of themselves, before their commands are registered: all servers at
 * once, each over one connection. A preview does so, too.
 */
export class Survey {
  private readonly sights = new Map<Server, pulumi.Output<Sight>>();
  private readonly mark: string;
  private beliefs: Promise<Beliefs | undefined> | undefined;

  constructor(private readonly edges: SurveyEdges = realEdges) {
    this.mark = edges.freshMark();
  }

  /** What is known of a server; known at preview for a server that is new to the stack. */
  of(server: Server): pulumi.Output<Sight> {
    const known = this.sights.get(server) ?? this.look(server);
    this.sights.set(server, known);
    return known;
  }

  /** The names of the servers that hold the database as the state says; none where it can't be read. */
  async databases(): Promise<readonly string[]> {
    this.beliefs ??= this.edges.readBeliefs();
    return (await this.beliefs)?.databases ?? [];
  }

  /** The text of the rollout that the stack's state says was run; undefined where there was none. */
  rollout(): pulumi.Output<string | undefined> {
    this.beliefs ??= this.edges.readBeliefs();
    return pulumi.output(this.beliefs.then((all) => all?.commands[rolloutName]?.text));
  }

  private look(server: Server): pulumi.Output<Sight> {
    this.beliefs ??= this.edges.readBeliefs();
    let mayAnswer: boolean | undefined;
    // Where the connection is known already it is made while the state is read.
    const dialled = pulumi
      .output(server.connection)
      .apply((connection) => (mayAnswer === false ? noAnswer : this.edges.dial(connection)));
    return pulumi.output(this.beliefs).apply((all) => {
      const believed = ofServer(all ?? nothing, server.serverName);
      const [command] = Object.values(believed.commands);
      // A machine that this stack makes says nothing before its first provisioning; one that was there already may be another stack's.
      mayAnswer = command !== undefined || (all !== undefined && server.platform === "ssh");
      const seen = { believed, freshMark: this.mark, owner: ownerOf(all, this.mark) };
      if (!mayAnswer) {
        dialled.apply((ask) => ask(undefined));
        return pulumi.output<Sight>({ ...seen, reported: undefined });
      }
      const paths = Object.values(believed.copies).map(({ remotePath }) => remotePath);
      return pulumi.unsecret(
        pulumi.all([dialled, server.instanceId]).apply(async ([ask, machine]): Promise<Sight> => {
          // On another machine everything is done anyway.
          const replaced = command !== undefined && machine !== command.machine;
          return { ...seen, reported: await ask(replaced ? undefined : paths) };
        }),
      );
    });
  }
}

const noAnswer: Ask = async () => undefined;

/**
 * The stack's name on its servers. What makes it unique is in the text of its commands since their first run, and so in the state.
 * @param beliefs undefined where the state can't be read: then the name has to do
 */
function ownerOf(beliefs: Beliefs | undefined, mark: string): string {
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  if (beliefs === undefined) return stack;
  const texts = Object.values(beliefs.commands).map(({ text }) => text);
  return texts.map(ownerIn).find((owner) => owner !== undefined) ?? `${stack} ${mark}`;
}

/** What is said of one server's resources: their names begin with its name. */
function ofServer({ commands, copies, databases }: Beliefs, server: string): Beliefs {
  const own = <Value>(entries: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => name.startsWith(`${server}-`)));
  return {
    commands: own(commands),
    copies: own(copies),
    databases: databases.filter((name) => name === server),
  };
}

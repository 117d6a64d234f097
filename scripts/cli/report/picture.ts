import { instance } from "@viz-js/viz";
import type { Group } from "../../../policy/topology";
import { tierLabels } from "../../../policy/vocabulary";
import { mark, themed } from "./colours";
import { escapeHtml } from "./escape";
import { groupKind, groupNames, groupPlace, type ReportModel } from "./model";

/** More groups of one tier than this are drawn as one. */
const largestTier = 5;

/** A node of the picture: a group, or the many groups of a large tier. */
export interface PictureNode {
  readonly id: string;
  readonly heading: string;
  readonly lines: readonly string[];
  readonly alone: boolean;
}

export interface Picture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly (readonly [string, string])[];
}

/** What is drawn: the visitors, every group, and the way of a request from one to the next. */
export function pictureOf(model: ReportModel): Picture {
  const nodes: PictureNode[] = [];
  const nodeOfGroup = new Map<string, string>();
  const nodesOfTier = model.way.map(({ tier, groups }) => {
    const drawn =
      groups.length > largestTier
        ? [manyGroups(groups, model)]
        : groups.map((group) => oneGroup(group, model));
    for (const node of drawn) nodes.push({ ...node, id: `n${nodes.length}` });
    const first = nodes.length - drawn.length;
    groups.forEach((group, index) => {
      nodeOfGroup.set(group.id, `n${first + (drawn.length === 1 ? 0 : index)}`);
    });
    return { tier, ids: nodes.slice(first).map(({ id }) => id) };
  });
  const known = model.site.groups.flatMap((group) =>
    group.dependsOn.flatMap((to) => pair(nodeOfGroup.get(group.id), nodeOfGroup.get(to))),
  );
  return { nodes, edges: unique([...entry(nodesOfTier), ...known, ...usual(model, nodesOfTier, known)]) };
}

type TierNodes = readonly { readonly tier: string; readonly ids: readonly string[] }[];

/** From the visitors to the first tier. */
function entry(tiers: TierNodes): (readonly [string, string])[] {
  const serving =
    tiers.find(({ tier }) => tier !== "database" && tier !== "cache" && tier !== "storage") ?? tiers[0];
  return (serving?.ids ?? []).map((id) => ["visitors", id] as const);
}

/** Where the resources don't show who asks whom: from each tier to those that it usually asks. */
function usual(
  model: ReportModel,
  tiers: TierNodes,
  known: readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  const asked = new Set(known.map(([, to]) => to));
  const asking = new Set(known.map(([from]) => from));
  return model.site.tiers.flatMap(({ name, dependsOn }) => {
    const from = tiers.find(({ tier }) => tier === name)?.ids ?? [];
    const targets = dependsOn.flatMap((next) => tiers.find(({ tier }) => tier === next)?.ids ?? []);
    return from.flatMap((id) =>
      targets.filter((to) => !asked.has(to) || !asking.has(id)).flatMap((to) => pair(id, to)),
    );
  });
}

function pair(from: string | undefined, to: string | undefined): (readonly [string, string])[] {
  return from === undefined || to === undefined || from === to ? [] : [[from, to]];
}

function unique(edges: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return [...new Map(edges.map((edge) => [edge.join(" "), edge])).values()];
}

function oneGroup(group: Group, model: ReportModel): Omit<PictureNode, "id"> {
  return {
    heading: group.tiers.map((tier) => tierLabels[tier]).join(", "),
    lines: [groupKind(group), groupNames(group).join(", "), groupPlace(group)].filter((line) => line !== ""),
    alone: model.alone.has(group.id),
  };
}

function manyGroups(groups: readonly Group[], model: ReportModel): Omit<PictureNode, "id"> {
  const alone = groups.filter(({ id }) => model.alone.has(id)).length;
  const [first] = groups as [Group];
  return {
    heading: first.tiers.map((tier) => tierLabels[tier]).join(", "),
    lines: [
      `${groups.length} × ${first.members[0]?.kind ?? "part"}`,
      ...(alone > 0 ? [`${alone} of them alone`] : []),
    ],
    alone: alone > 0,
  };
}

/** Draws the picture as SVG, laid out by Graphviz: for larger letters than the page shows, since devices' fonts differ in width. */
export async function drawPicture(picture: Picture, description: string): Promise<string> {
  const viz = await instance();
  const nodes = picture.nodes.map(
    ({ id, heading, lines, alone }) =>
      `${id} [label=${quoted([heading, ...lines, ...(alone ? ["single point of failure"] : [])])}, class="${alone ? "alone" : "part"}", color="${mark(alone ? "danger" : "line")}", fillcolor="${mark(alone ? "dangerCard" : "card")}", penwidth=${alone ? 2.5 : 1}]`,
  );
  const edges = picture.edges.map(([from, to]) => `${from} -> ${to}`);
  const source = `digraph {
    graph [bgcolor="transparent", rankdir=TB, nodesep=0.25, ranksep=0.4, margin=0.05]
    node [shape=box, style="filled,rounded", fontname="Arial", fontsize=16, fontcolor="${mark("text")}", margin="0.2,0.12"]
    edge [color="${mark("accent")}", penwidth=1.6, arrowsize=0.8]
    visitors [label="Visitors", shape=oval, color="${mark("accent")}", fillcolor="${mark("page")}"]
    ${[...nodes, ...edges].join("\n    ")}
  }`;
  const svg = viz.renderString(source, { format: "svg" });
  return accessible(themed(svg.slice(svg.indexOf("<svg"))), description);
}

/** A label of several lines, each centred. */
function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replaceAll("\\", "\\\\").replaceAll('"', '\\"')).join("\\n")}"`;
}

/** One image to screen readers, with a description; the parts' own titles, which only hold node numbers, are dropped. */
function accessible(svg: string, description: string): string {
  return svg
    .replace(/<title>[^<]*<\/title>\n?/g, "")
    .replace(/<!--[\s\S]*?-->\n?/g, "")
    .replace(
      "<svg ",
      `<svg role="img" aria-label="${escapeHtml(description)}" style="min-width: ${leastWidth(svg)}px" `,
    )
    .replaceAll(/ id="[^"]*"/g, "");
}

/** A picture may shrink a little to fit a phone; a wider one scrolls in its frame. Graphviz measures in points. */
function leastWidth(svg: string): number {
  const points = Number(/width="(\d+)pt"/.exec(svg)?.[1] ?? 0);
  const pixelsPerPoint = 4 / 3;
  return Math.round(points * pixelsPerPoint * 0.75);
}

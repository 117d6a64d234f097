/// <reference lib="dom" />
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { source as axe } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { reportHtml } from "../../scripts/cli/report/html";
import { reportModel } from "../../scripts/cli/report/model";
import { stacks } from "../stacks";
import { startChromium } from "./chromium";

const devices: readonly (readonly [string, BrowserContextOptions])[] = [
  ["desktop-light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["desktop-dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  [
    "phone-light",
    { viewport: { width: 390, height: 844 }, colorScheme: "light", isMobile: true, deviceScaleFactor: 2 },
  ],
  [
    "phone-dark",
    { viewport: { width: 390, height: 844 }, colorScheme: "dark", isMobile: true, deviceScaleFactor: 2 },
  ],
];

/** The stacks that differ most on the page; test/unit/report.test.ts reads the pages of all. */
const looked = [
  "this-project-on-local",
  "two-instances-behind-an-alb-with-rds-in-one-zone",
  "two-instances-by-weighted-names-without-health-checks",
  "imported-certificate-and-three-servers-of-this-project",
  "a-thousand-resources",
  "empty-stack",
].flatMap((name) => stacks.find((stack) => stack.name === name) ?? []);

/** Where to keep pictures for people to look at: `REPORT_SCREENSHOTS=folder npm test`. */
const screenshots = process.env.REPORT_SCREENSHOTS;

describe("the report in Chromium", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  let browser: Browser;

  before(async function () {
    this.timeout(600_000);
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [index, stack] of looked.entries())
    describe(stack.name, () => {
      const file = join(folder, `${stack.name}.html`);
      before(async () => {
        writeFileSync(file, await reportHtml(reportModel(stack.name, stack.updated())));
      });

      // Every device for the first two; one for the others, to keep the test short.
      const chosen =
        index < 2 ? devices : devices.slice(index % devices.length, (index % devices.length) + 1);
      for (const [device, options] of chosen)
        it(`is accessible, fits and needs no network on ${device}`, async () => {
          await withPage(browser, options, file, async (page, requests) => {
            assert.deepEqual(requests, [pathToFileURL(file).href], "the page asked for more than itself");
            assert.deepEqual(await violations(page), []);
            const { inner, scroll } = await page.evaluate(() => ({
              inner: document.documentElement.clientWidth,
              scroll: document.documentElement.scrollWidth,
            }));
            assert.ok(scroll <= inner, `the page is ${scroll - inner} px too wide`);
            await look(page, `${stack.name}-${device}`);
          });
        });

      it("shows every certain single point of failure in red and in words", async () => {
        await withPage(browser, {}, file, async (page) => {
          const drawn = await page.locator(".picture svg").getByText("single point of failure").count();
          assert.equal(drawn > 0, stack.expected.singlePoints.length > 0);
          for (const point of stack.expected.singlePoints)
            for (const name of point
              .replace(/^\w+: /, "")
              .split(", ")
              .slice(0, 2))
              assert.ok((await page.getByText(name).count()) > 0, `${name} isn't on the page`);
        });
      });
    });

  it("marks the single point of failure with the theme's red, in light and dark", async () => {
    const file = join(folder, "red.html");
    const [stack] = looked;
    assert.ok(stack);
    writeFileSync(file, await reportHtml(reportModel(stack.name, stack.updated())));
    for (const [scheme, red] of [
      ["light", "rgb(179, 23, 13)"],
      ["dark", "rgb(255, 143, 133)"],
    ] as const)
      await withPage(browser, { colorScheme: scheme }, file, async (page) => {
        const strokes = await page
          .locator(".picture svg path")
          .evaluateAll((paths) => paths.map((path) => getComputedStyle(path).stroke));
        assert.ok(strokes.includes(red), strokes.join("; "));
      });
  });

  it("would be told by axe of a text that can't be read, and by the browser of a page that is too wide", async () => {
    const file = join(folder, "bad.html");
    const [stack] = looked;
    assert.ok(stack);
    const html = await reportHtml(reportModel(stack.name, stack.updated()));
    writeFileSync(
      file,
      html.replace("<h2 ", '<p style="color: #999; background: #aaa; width: 3000px">faint</p><h2 '),
    );
    await withPage(browser, {}, file, async (page) => {
      assert.match((await violations(page)).join("\n"), /^color-contrast: /);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) > 3000);
    });
  });

  it("takes names that look like markup as text", async () => {
    const file = join(folder, "hostile.html");
    const views = [
      {
        type: "aws:ec2/instance:Instance",
        name: `<img src=x onerror="document.title='hacked'">`,
        properties: { instanceType: "t3.small", tags: { Name: "</script><b>&\"'" } },
      },
    ];
    writeFileSync(file, await reportHtml(reportModel("<script>document.title='hacked'</script>", views)));
    await withPage(browser, {}, file, async (page, requests) => {
      assert.equal(requests.length, 1);
      assert.doesNotMatch(await page.title(), /^hacked/);
      assert.equal(await page.locator("img, script").count(), 0);
    });
  });
});

async function withPage(
  browser: Browser,
  options: BrowserContextOptions,
  file: string,
  check: (page: Page, requests: readonly string[]) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ ...options, offline: true });
  const requests: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
    await check(page, requests);
  } finally {
    await context.close();
  }
}

/** What axe finds, in one line each. */
async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate(async (script) => {
    // The page's own policy forbids scripts in it; this runs from outside.
    new Function(script)();
    const run = (
      window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe;
    return (await run.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  }, axe);
  return found;
}

async function look(page: Page, name: string): Promise<void> {
  if (screenshots === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

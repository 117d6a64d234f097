import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Starts the real Chromium of the distribution, and installs it first where it is missing and can be.
 * @throws Error that says how to get it
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = installed() ?? install();
  return await chromium.launch({
    executablePath,
    // Chromium refuses its sandbox to root; the pages are our own.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

function installed(): string | undefined {
  return places.find((place) => existsSync(place));
}

function install(): string {
  try {
    execFileSync("apt-get", ["update", "-q"], { stdio: "ignore" });
    execFileSync(
      "apt-get",
      ["install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-liberation"],
      {
        stdio: "ignore",
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      },
    );
  } catch {
    // What is missing is said below.
  }
  const found = installed();
  if (found === undefined) throw new Error("The report's test needs Chromium: apt-get install -y chromium");
  return found;
}

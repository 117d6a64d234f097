// Fills in what only the browser can measure: looking up the name, connecting, and waiting for the answer.
"use strict";

function milliseconds(value) {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function measurements(timing) {
  const reused = timing.connectEnd - timing.connectStart < 0.05;
  return {
    name: reused ? "known" : milliseconds(timing.domainLookupEnd - timing.domainLookupStart),
    connect: reused ? "connected before" : milliseconds(timing.connectEnd - timing.connectStart),
    response: milliseconds(timing.responseEnd - timing.requestStart),
  };
}

function show() {
  const [timing] = performance.getEntriesByType("navigation");
  if (!timing) return;
  for (const [name, text] of Object.entries(measurements(timing))) {
    const place = document.querySelector(`[data-measure="${name}"]`);
    if (place) place.textContent = text;
  }
}

// Times in the visitor's own zone and language.
for (const time of document.querySelectorAll("time")) {
  const written = new Date(time.dateTime);
  if (!Number.isNaN(written.valueOf())) {
    time.textContent = written.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  }
}

// The navigation's entry is whole once the page has been loaded.
if (document.readyState === "complete") show();
else addEventListener("load", () => setTimeout(show));

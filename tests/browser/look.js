// Opens a page as people would and tells, as JSON on stdout, what they would run into.
//
//   node look.js CHROMIUM PAGE FOLDER
//
// In FOLDER it leaves a picture of each look and the page as it prints on A4.
"use strict";

const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const puppeteer = require("puppeteer-core");

const LOOKS = { wide: [1280, "light"], dark: [1280, "dark"], phone: [390, "light"] };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds, one entry an element, in words. */
async function faults(page) {
  await page.evaluate(fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  const found = await page.evaluate(
    (values) => window.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }),
    RULES,
  );
  return found.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`),
  );
}

/** The elements that reach beyond the right edge and lie in nothing that scrolls by itself. */
function beyond() {
  const edge = document.documentElement.clientWidth;
  const scrolls = (item) => item && (/auto|scroll|hidden/.test(getComputedStyle(item).overflowX) || scrolls(item.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((item) => item.getBoundingClientRect().right > edge + 1 && !scrolls(item.parentElement))
    .map((item) => `${item.tagName.toLowerCase()}: ${item.textContent.trim().slice(0, 60)}`);
}

/** How many elements can take the focus, and which of them the tab key does not reach or shows nothing for. */
async function keyboard(page) {
  const wanted = await page.evaluate(() => {
    const able = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";
    const seen = [...document.querySelectorAll(able)].filter((item) => item.checkVisibility());
    seen.forEach((item, index) => item.setAttribute("data-tab", String(index)));
    return seen.map((item) => `${item.tagName.toLowerCase()}: ${item.textContent.trim().slice(0, 60)}`);
  });
  const reached = new Set();
  const unmarked = new Set();
  for (let step = 0; step < wanted.length + 2; step += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => {
      const item = document.activeElement;
      const style = getComputedStyle(item);
      const marked = (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
      return { index: item.getAttribute("data-tab"), marked };
    });
    if (now.index !== null) {
      reached.add(Number(now.index));
      if (!now.marked) unmarked.add(Number(now.index));
    }
  }
  return {
    able: wanted.length,
    missed: wanted.filter((_, index) => !reached.has(index)),
    unmarked: wanted.filter((_, index) => unmarked.has(index)),
  };
}

async function main([executablePath, file, folder]) {
  const options = { executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] };
  const browser = await puppeteer.launch(options);
  try {
    const page = await browser.newPage();
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    const found = { faults: {}, beyond: {} };
    const open = async (width, mobile, scheme) => {
      await page.setViewport({ width, height: 844, isMobile: mobile, hasTouch: mobile });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.goto(pathToFileURL(path.resolve(file)).href);
    };
    for (const [name, [width, scheme]] of Object.entries(LOOKS)) {
      await open(width, name === "phone", scheme);
      await page.evaluate(() => document.querySelectorAll("details").forEach((item) => (item.open = true)));
      found.faults[name] = await faults(page);
      found.beyond[name] = await page.evaluate(beyond);
      await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
    }
    await open(LOOKS.wide[0], false, "light");
    found.keyboard = await keyboard(page);
    await page.pdf({ path: path.join(folder, "paper.pdf"), format: "A4", printBackground: false });
    found.said = said;
    found.asked = asked.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"));
    process.stdout.write(JSON.stringify(found));
  } finally {
    await browser.close();
  }
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

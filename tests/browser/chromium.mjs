// The browser in which pages are tested. The one that can only be without a screen costs a third less.
import { existsSync } from "node:fs";

const found = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find(existsSync);
export const CHROMIUM = process.env.KG_CHROMIUM || found || "/usr/bin/chromium";

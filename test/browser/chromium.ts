import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's; the package that drives it brings none along. */
const CHROMIUM = '/usr/bin/chromium';

export const hasChromium = existsSync(CHROMIUM);
/** For the name of what is skipped without it. */
export const WITH_CHROMIUM = hasChromium
  ? 'in Chromium'
  : `SKIPPED: there is no ${CHROMIUM} (apt-get install chromium)`;
if (!hasChromium) console.warn(`test/browser: ${WITH_CHROMIUM}`);

/** Asks nothing of the network by itself. Root, as in a container, may not have a sandbox. */
export function launchChromium(): Promise<Browser> {
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking'];
  const still = ['--disable-component-update', '--disable-sync', '--disable-gpu'];
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: CHROMIUM, args: [...quiet, ...still, ...asRoot] });
}

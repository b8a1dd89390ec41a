/**
 * Loaded into a program that is measured: tells on descriptor 3 what it cost, at its end and, when
 * BENCH_SAMPLE_MS is set, on the way. The same on every system, and it counts the start of Node, too.
 */
import { readFileSync, writeSync } from 'node:fs';

const USAGE = 3;

function tell(): void {
  const { user, system } = process.cpuUsage();
  writeSync(
    USAGE,
    `${JSON.stringify({ atMs: Date.now(), cpuMs: (user + system) / 1000, peakMb: peakMb() })}\n`,
  );
}

/** `maxRSS` begins with what the parent had; Linux keeps a mark of the program's own. */
function peakMb(): number {
  if (process.platform === 'linux') {
    const mark = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (mark !== undefined) return (Number(mark) * 1024) / 1e6;
  }
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}

const everyMs = Number(process.env.BENCH_SAMPLE_MS ?? 0);
if (everyMs > 0) setInterval(tell, everyMs).unref();
process.on('exit', tell);

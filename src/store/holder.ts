/** Who holds a lease, precisely enough to know from the same machine whether it still exists. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** One process, told apart from a later one with the same number. */
export interface ProcessIdentity {
  readonly host: string;
  /** Null where the system has none (anything but Linux). */
  readonly bootId: string | null;
  readonly pidNamespace: string | null;
  readonly pid: number;
  readonly startTime: string | null;
}

export interface Holder extends ProcessIdentity {
  readonly runId: string;
  /** Whether a process of this machine, boot and PID namespace still runs. */
  isAlive(process: Pick<ProcessIdentity, 'pid' | 'startTime'>): boolean;
}

export interface ThisProcess {
  readonly pid: number;
  /** Unique to this run. */
  readonly runId: string;
  /** Whether any process has this number (signal 0). */
  readonly exists: (pid: number) => boolean;
}

export function thisHolder({ pid, runId, exists }: ThisProcess): Holder {
  return {
    runId,
    host: hostname(),
    bootId: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
    pid,
    startTime: startTimeOf(pid),
    isAlive: (other) =>
      exists(other.pid) && (other.startTime === null || startTimeOf(other.pid) === other.startTime),
  };
}

/** True only when it certainly is: same host, boot and namespace, and no such process any more. */
export function isGone(other: ProcessIdentity, self: Holder): boolean {
  const samePlace =
    other.host === self.host && other.bootId === self.bootId && other.pidNamespace === self.pidNamespace;
  return samePlace && !self.isAlive(other);
}

/** Field 22 of /proc/PID/stat; null without /proc, and for a zombie, which holds nothing any more. */
function startTimeOf(pid: number): string | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === null) return null;
  // The command's name, in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

function attempt(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

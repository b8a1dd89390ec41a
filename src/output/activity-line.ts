import type { Activity } from '../domain/activity.ts';
import { SECRET_FLAWS } from '../domain/webhook-secret-flaw.ts';
import type { WorthKnowing } from '../domain/worth-knowing.ts';
import { count, counted, printable, span, utc } from './figures.ts';

export interface Line {
  readonly text: string;
  readonly weight: 'warning' | 'note' | 'detail';
}

/** One line for what happened; undefined for what shows as progress only. */
export function activityLine(activity: Activity): Line | undefined {
  switch (activity.kind) {
    case 'store_opened':
      return note(`store ${printable(activity.path)}`);
    case 'reading': {
      const how = activity.because === 'start' ? 'reading' : 'reading on';
      const text = `${how} from ${utc(activity.fromMs)} to now (${utc(activity.toMs)})`;
      return activity.because === 'polling' ? detail(text) : note(text);
    }
    case 'committed':
      return activity.late > 0
        ? note(
            `${counted(activity.late, 'event')} became visible late and ${activity.late === 1 ? 'was' : 'were'} taken`,
          )
        : detail(
            `${count(activity.fetched)} read, ${count(activity.added)} new, at ${utc(activity.positionMs)}`,
          );
    case 'retrying': {
      const again = `trying again in ${span(activity.delayMs)} (attempt ${activity.attempt})`;
      return warning(`${printable(activity.reason)}; ${again}`);
    }
    case 'recovered':
    case 'back':
      return note(`the API answers again, after ${span(activity.afterMs)}`);
    case 'away':
      return warning(`${printable(activity.reason)}; still trying`);
    case 'type_refused': {
      const nearest = activity.nearest === undefined ? '' : ` (did you mean ${activity.nearest}?)`;
      return warning(
        `the API does not know the type ${printable(activity.name)}${nearest}: left out, asked for again tomorrow`,
      );
    }
    case 'types_widened':
      return note(
        `new types are read from now on: ${activity.names.join(', ')}. Their past: ${activity.command}`,
      );
    case 'cursor_lost':
      return warning(
        `the API no longer lists the last event read (${printable(activity.cursorId)}); reading on by time, from ${utc(activity.fromMs)}`,
      );
    case 'ranges_ignored':
      return note('this API ignores time ranges: reading its list from one end to the other');
    case 'start_clamped':
      return warning(
        `${utc(activity.askedMs)} is before what the API keeps (90 days); reading starts at ${utc(activity.fromMs)}`,
      );
    case 'gap':
      return warning(
        `gap: ${utc(activity.fromMs)} to ${utc(activity.toMs)} can no longer be read. Acknowledge it with: workos-events store ack-gap`,
      );
    case 'reconciling':
      return note(`reading ${utc(activity.fromMs)} to ${utc(activity.toMs)}`);
    case 'left_out': {
      const why =
        activity.reason === 'horizon'
          ? 'the stream does not remember what it processed then'
          : 'the API no longer lists it (90 days)';
      return warning(`left out: ${utc(activity.fromMs)} to ${utc(activity.toMs)}, ${why}`);
    }
    case 'compared':
      return detail(`${count(activity.count)} compared, at ${utc(activity.positionMs)}`);
    case 'conflict':
      return warning(`event ${printable(activity.eventId)} came again with other content; both are kept`);
    case 'environment_proven':
      return note(
        `the ${activity.change === 'key' ? 'API key' : 'API address'} changed; event ${printable(activity.eventId)} shows that it is the same environment`,
      );
    case 'delivered':
      return detail(`${counted(activity.total, 'event')} delivered`);
    case 'delivery_failed':
      return detail(
        `${printable(activity.eventId)}: ${printable(activity.reason)}; attempt ${activity.attempt}, the next in ${span(activity.delayMs)}`,
      );
    case 'dead':
      return warning(
        `${printable(activity.eventId)} (${printable(activity.type)}) is dead: ${printable(activity.reason)}`,
      );
    case 'sink_down': {
      const next =
        activity.probeEveryMs === undefined
          ? 'what is pending waits for the next run'
          : `tried again every ${span(activity.probeEveryMs)}`;
      return warning(`${printable(activity.sink)} takes no events: ${printable(activity.reason)}; ${next}`);
    }
    case 'sink_back':
      return note(`${printable(activity.sink)} takes events again`);
    case 'delivered_elsewhere':
      return note('another run delivers this stream: new events are left to it');
    case 'report_written':
      return note(`report ${printable(activity.path)}`);
    case 'caught_up':
      return detail(`caught up at ${utc(activity.atMs)}`);
    case 'waiting':
      return detail(`next poll at ${utc(activity.untilMs)}`);
    case 'listening':
      return note(
        `webhooks at ${printable(activity.url)}, into the stream ${printable(activity.stream)}${handedText(activity)}; ` +
          `secret from ${activity.secrets.map(printable).join(', ')}`,
      );
    case 'secret_flawed': {
      const { what, hint } = SECRET_FLAWS[activity.flaw];
      return warning(`the secret from ${printable(activity.from)} ${what}. ${hint}`);
    }
    case 'webhooks_kept':
      return undefined;
    case 'webhooks_refused':
      return warning(refusalText(activity));
    case 'malformed':
      return warning(
        `a webhook is signed and no event: kept as ${printable(activity.eventId)}, which is dead until you drop it`,
      );
    case 'store_failing':
      return warning(`${printable(activity.reason)} Webhooks are answered 503, and sent again by WorkOS`);
    case 'store_back':
      return note(`the store takes webhooks again, after ${span(activity.afterMs)}`);
    case 'draining':
      return note('ending: what is under way is finished');
    case 'tailing':
      return note(
        activity.follows
          ? `from ${utc(activity.fromMs)} on, as events come; Ctrl-C ends`
          : `from ${utc(activity.fromMs)} to now`,
      );
    case 'held_back':
      return note('WorkOS lists an event a few seconds after it happened; it is shown then');
    case 'marks_late':
      return note('* marks an event that became visible late, after newer ones had been shown');
    case 'worth_knowing':
      return warning(`${printable(activity.type)}: ${WORTH_KNOWING[activity.what]}`);
    default:
      return unreachable(activity);
  }
}

const WORTH_KNOWING: Readonly<Record<WorthKnowing, string>> = {
  members_go_silently:
    'no dsync.user.deleted or dsync.group.deleted follows for the members of a deleted directory',
  certificate_ends_sign_in: 'sign-ins through this connection fail once its certificate has expired',
};

function handedText({ handing, sinks }: Extract<Activity, { kind: 'listening' }>): string {
  switch (handing) {
    case 'kept':
      return ', which keeps them';
    case 'left':
      return ', pending for the run that delivers it';
    case 'routed':
      return `, and on to ${sinks.map(printable).join(', ')}`;
  }
}

/** Behind a proxy it is what a header says, which may be anything. */
const LONGEST_SENDER = 60;

type Refused = Extract<Activity, { kind: 'webhooks_refused' }>;

const REFUSALS: Readonly<Record<Refused['reason'], string>> = {
  missing_header: 'it has no WorkOS-Signature',
  malformed_header: 'its WorkOS-Signature cannot be read',
  signature_mismatch: 'its signature does not match; workos-events verify-signature finds out why',
  timestamp_too_old: 'it was signed too long ago',
  timestamp_in_future: 'it is signed with a time to come',
  address: 'it is not from an address of --allow-ip; behind a proxy or a tunnel, --trust-proxy says so',
  too_large: 'it is larger than --max-body',
  timed_out: 'it came too slowly',
  malformed_request: 'it is no HTTP request',
  overloaded: 'too much was under way; it is sent again',
};

function refusalText({ reason, count: times, sender, ageMs }: Refused): string {
  const what =
    times === 1 ? 'a webhook was refused' : `${count(times)} webhooks were refused in the last minutes`;
  const from =
    sender === undefined
      ? ''
      : ` (${times === 1 ? 'from' : 'the last from'} ${printable(sender.slice(0, LONGEST_SENDER))})`;
  const isOfTime = reason === 'timestamp_too_old' || reason === 'timestamp_in_future';
  const age =
    isOfTime && ageMs !== undefined
      ? `, ${span(Math.abs(ageMs))} ${ageMs < 0 ? 'ahead of' : 'behind'} this machine's clock`
      : '';
  return `${what}${from}: ${REFUSALS[reason]}${age}`;
}

function note(text: string): Line {
  return { text, weight: 'note' };
}

function detail(text: string): Line {
  return { text, weight: 'detail' };
}

function warning(text: string): Line {
  return { text, weight: 'warning' };
}

function unreachable(activity: never): never {
  throw new Error(`no line for ${JSON.stringify(activity)}`);
}

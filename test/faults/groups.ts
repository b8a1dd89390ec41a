import type { FaultGroup } from './fault-case.ts';
import { apiAnswers } from './groups/api-answers.ts';
import { clock } from './groups/clock.ts';
import { closedOutputs } from './groups/closed-outputs.ts';
import { commandLine } from './groups/command-line.ts';
import { content } from './groups/content.ts';
import { damagedStores } from './groups/damaged-stores.ts';
import { deliveryAnswers } from './groups/delivery-answers.ts';
import { deliveryClean } from './groups/delivery-clean.ts';
import { deliveryCommands } from './groups/delivery-commands.ts';
import { deliveryDefects } from './groups/delivery-defects.ts';
import { deliveryInterrupts } from './groups/delivery-interrupts.ts';
import { deliveryKills } from './groups/delivery-kills.ts';
import { deliveryMutants } from './groups/delivery-mutants.ts';
import { deliveryOutages } from './groups/delivery-outages.ts';
import { deliveryPowerLoss } from './groups/delivery-power-loss.ts';
import { deliveryRetries } from './groups/delivery-retries.ts';
import { deliverySignals } from './groups/delivery-signals.ts';
import { deliverySyscalls } from './groups/delivery-syscalls.ts';
import { deliveryTakeover } from './groups/delivery-takeover.ts';
import { deliveryTogether } from './groups/delivery-together.ts';
import { deliveryTwentyKills } from './groups/delivery-twenty-kills.ts';
import { disk } from './groups/disk.ts';
import { follow } from './groups/follow.ts';
import { generatedPayloads } from './groups/generated-payloads.ts';
import { killPoints } from './groups/kill-points.ts';
import { listenAnswers } from './groups/listen-answers.ts';
import { listenKills } from './groups/listen-kills.ts';
import { listenMutants } from './groups/listen-mutants.ts';
import { listenPowerLoss } from './groups/listen-power-loss.ts';
import { listenSyscalls } from './groups/listen-syscalls.ts';
import { listenTogether } from './groups/listen-together.ts';
import { listenTroubles } from './groups/listen-troubles.ts';
import { mutants } from './groups/mutants.ts';
import { names } from './groups/names.ts';
import { network } from './groups/network.ts';
import { paging } from './groups/paging.ts';
import { payloads } from './groups/payloads.ts';
import { powerLoss } from './groups/power-loss.ts';
import { reconcile } from './groups/reconcile.ts';
import { reconcileMutants } from './groups/reconcile-mutants.ts';
import { reconcilePowerLoss } from './groups/reconcile-power-loss.ts';
import { reconcileSyscalls } from './groups/reconcile-syscalls.ts';
import { scheduleMutants } from './groups/schedule-mutants.ts';
import { schedules, spawnedSchedules } from './groups/schedules.ts';
import { secrets } from './groups/secrets.ts';
import { signals } from './groups/signals.ts';
import { signatureMutants } from './groups/signature-mutants.ts';
import { storeFiles } from './groups/store-files.ts';
import { syscalls } from './groups/syscalls.ts';
import { takeover } from './groups/takeover.ts';
import { throwPoints } from './groups/throw-points.ts';
import { together } from './groups/together.ts';
import { transport } from './groups/transport.ts';

/** Ways to break the program: `npm run test:faults`. */
export const FAULT_GROUPS: readonly FaultGroup[] = [
  killPoints,
  throwPoints,
  follow,
  takeover,
  together,
  clock,
  signals,
  syscalls,
  powerLoss,
  apiAnswers,
  transport,
  network,
  names,
  content,
  paging,
  payloads,
  generatedPayloads,
  disk,
  storeFiles,
  damagedStores,
  commandLine,
  closedOutputs,
  secrets,
  deliveryClean,
  deliveryKills,
  deliveryDefects,
  deliverySignals,
  deliveryInterrupts,
  deliverySyscalls,
  deliveryPowerLoss,
  deliveryTakeover,
  deliveryTogether,
  deliveryTwentyKills,
  deliveryRetries,
  deliveryOutages,
  deliveryAnswers,
  deliveryCommands,
  reconcile,
  reconcileSyscalls,
  reconcilePowerLoss,
  listenKills,
  listenSyscalls,
  listenPowerLoss,
  listenAnswers,
  listenTroubles,
  listenTogether,
  schedules,
  spawnedSchedules,
];

/** Ways to break the suite: `npm run test:mutants`. */
export const MUTANT_GROUPS: readonly FaultGroup[] = [
  mutants,
  deliveryMutants,
  reconcileMutants,
  scheduleMutants,
  signatureMutants,
  listenMutants,
];

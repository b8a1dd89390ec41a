import { type Bare, type Finding, type FindingOf, type Sentences, told } from '../finding.ts';

export interface NodeFacts {
  /** `22.12.0`. */
  readonly nodeVersion: string;
  /** Why the native part of the store does not load; undefined when it does. */
  readonly nativeFailure: { readonly message: string; readonly hint: string } | undefined;
}

interface NodeCodes {
  readonly node_supported: { readonly version: string };
  readonly node_unsupported: { readonly version: string };
  readonly native_part_loads: Bare;
  readonly no_native_part: { readonly message: string; readonly hint: string };
}

const SUPPORTED = 'Node 20 from 20.19, 22 from 22.12, 24 and newer';

export const SENTENCES = {
  node_supported: ({ version }) => ({ status: 'pass', detail: `Node ${version} is supported.` }),
  node_unsupported: ({ version }) => ({
    status: 'fail',
    detail: `Node ${version} is not supported.`,
    fixes: [`Install a supported version: ${SUPPORTED}.`],
  }),
  native_part_loads: () => ({ status: 'pass', detail: 'The native part of the store loads.' }),
  no_native_part: ({ message, hint }) => ({ status: 'warn', detail: message, fixes: [hint] }),
} satisfies Sentences<NodeCodes>;

export function judgeNode({ nodeVersion: version, nativeFailure }: NodeFacts): FindingOf<NodeCodes>[] {
  return [
    { code: isSupported(version) ? 'node_supported' : 'node_unsupported', version },
    nativeFailure ? { code: 'no_native_part', ...nativeFailure } : { code: 'native_part_loads' },
  ];
}

export function nodeFindings(facts: NodeFacts): readonly Finding[] {
  return told<NodeCodes>(SENTENCES, judgeNode(facts));
}

/** As `engines` of package.json has it; odd lines end before they are done. */
function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 12;
  return major >= 24;
}

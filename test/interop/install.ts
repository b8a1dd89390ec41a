import { installLines } from './official-sdk.ts';

export default function setup(): void {
  installLines();
}

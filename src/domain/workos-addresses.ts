/** From where WorkOS sends webhooks, by its documentation; it has changed before, so it stands here only. */
export const SENT_FROM: readonly string[] = [
  '3.217.146.166',
  '23.21.184.92',
  '34.204.154.149',
  '44.213.245.178',
  '44.215.236.82',
  '50.16.203.9',
  '52.1.251.34',
  '52.21.49.187',
  '174.129.36.47',
];

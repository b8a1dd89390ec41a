export interface World {
  readonly seed: number;
  readonly lists: {
    organizations: { id: string }[];
    connections: { id: string }[];
    directories: { id: string }[];
    webhookEndpoints: { id: string }[];
  };
}
export function createWorld(seed: number): World {
  return {
    seed,
    lists: {
      organizations: [{ id: 'org_01A' }],
      connections: [{ id: 'conn_01A' }],
      directories: [{ id: 'directory_01A' }],
      webhookEndpoints: [{ id: 'we_01A' }],
    },
  };
}

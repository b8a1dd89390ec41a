/** What every object of an organization refers to. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
}

/** Names to draw from. */
export const FIRST_NAMES: readonly string[] = (
  'Ada Amara André Aisha Ben Carlos Chen Chloé Daniel Elena Emeka Fatima Grace Hana Ingrid ' +
  'Ivan Jamal José Julia Kenji Laura Liam Lucía Maya Mei Mohammed Nadia Noah Olivia Omar ' +
  'Priya Ravi Rosa Sofia Sven Tariq Thandi Tom Yuki Zoë'
).split(' ');

export const LAST_NAMES: readonly string[] = (
  'Adeyemi Andersen Bauer Brown Castro Chowdhury Costa Dubois Eriksson Fischer García Gupta ' +
  'Haddad Hoffmann Ito Ivanova Jensen Johnson Kaya Khan Kim Kowalski Lee López Martin Mbeki ' +
  "Meyer Müller Nakamura Nguyen O'Brien Okafor Patel Rossi Santos Silva Smith Tanaka Walsh " +
  'Zhang'
).split(' ');

/** The first word, in small letters, is the company's domain. */
export const COMPANIES: readonly string[] = (
  'Acme Logistics, Northwind Traders, Globex, Initech, Umbrella Insurance, Hooli, ' +
  'Vandelay Industries, Stark Metals, Wonka Foods, Cyberdyne, Soylent, Tyrell Robotics, ' +
  'Wayne Holdings, Oscorp, Massive Dynamic, Pied Piper, Dunder Paper, Sterling & Cooper, ' +
  'Bluth Homes, Gringotts Bank, Monsters Power, Planet Express, Prestige Worldwide, ' +
  'Gekko Capital, Duff Brewing, Los Pollos, Kwik Retail, Spacely Sprockets, Cogswell Cogs, ' +
  'Slate Quarries, Virtucon, Zorg Supply, Weyland Mining, Aperture Labs, Mesa Research, ' +
  'Abstergo, Oceanic Air, Ajira Airways, Bubba Seafood, Nakatomi Trading'
).split(', ');

export const GROUP_NAMES: readonly string[] =
  'Everyone, Engineering, Finance, Sales, Support, Administrators, Marketing, Contractors, Legal'.split(', ');

export const JOB_TITLES: readonly string[] = (
  'Software Engineer, Account Executive, Controller, Product Manager, Support Specialist, ' +
  'Site Reliability Engineer, Recruiter, Data Analyst, Counsel'
).split(', ');

const PLAIN = new Map(
  [...FIRST_NAMES, ...LAST_NAMES].map((name) => {
    const letters = name.normalize('NFD').replace(/[^A-Za-z]/g, '');
    return [name, letters.toLowerCase()];
  }),
);

/** `Lucía`, `O'Brien` → `lucia.obrien`. */
export function emailName(firstName: string, lastName: string): string {
  return `${PLAIN.get(firstName)}.${PLAIN.get(lastName)}`;
}

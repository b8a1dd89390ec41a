import { catalogueFindings } from '../../domain/doctor/findings/events-catalogue.ts';
import { askedTypes } from '../doctor/asked-types.ts';
import type { Check } from '../doctor/check.ts';

export const eventsCatalogue: Check = async (run) => {
  const { types: asked, patterns } = run.setup;
  return catalogueFindings({ ...(await askedTypes(run)), asked, patterns });
};

import type { Format } from './format.ts';
import type { FORMAT_NAMES } from './formatNames.ts';
import { github } from './github.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { sarif } from './sarif.ts';
import { table, wide } from './table.ts';
import { yaml } from './yaml.ts';

export type FormatName = (typeof FORMAT_NAMES)[number];

/** The formats of reports, by the name that `-o` takes. A format is one file and one line here. */
export const FORMATS: Readonly<Record<FormatName, Format>> = { table, wide, json, yaml, sarif, junit, github };

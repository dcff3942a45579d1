import { NAME_PREFIX } from '../../api/names.ts';

export const QUOTA = `${NAME_PREFIX}quota`;
export const LIMIT_RANGE = `${NAME_PREFIX}limits`;

/** What an element may have, as junit-10.xsd of Jenkins' xunit plugin has it, which refuses a report that breaks it. */
interface ElementRule {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly children: readonly string[];
  readonly hasText?: true;
}

const SAID: ElementRule = { required: [], optional: ['type', 'message'], children: [], hasText: true };

const RULES: Readonly<Record<string, ElementRule>> = {
  testsuites: { required: [], optional: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: { required: ['name'], optional: ['time', 'classname', 'group'], children: ['skipped', 'error', 'failure'] },
  failure: SAID,
  error: SAID,
  skipped: SAID,
};

const TOKEN = /<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
/** XML 1.0 has no other characters, not even escaped. */
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** What is wrong with a report: it is no XML, or breaks a rule. */
export function junitMistakes(xml: string): readonly string[] {
  const [, body] = /^<\?xml version="1.0" encoding="UTF-8"\?>\n(.*)$/s.exec(xml) ?? [];
  if (body === undefined) return ['it has no declaration'];
  const mistakes: string[] = NO_CHARACTER.test(xml) ? ['it holds what is no character of XML'] : [];
  const open: string[] = [];
  let end = 0;
  for (const token of body.matchAll(TOKEN)) {
    end = token.index + token[0].length;
    const [, closes, name, attributes = '', isEmpty, text] = token;
    const parent = open.at(-1);
    if (text !== undefined || name === undefined) mistakes.push(...textMistakes(text ?? '', parent));
    else if (closes === '/') mistakes.push(...(open.pop() === name ? [] : [`${name} ends what it did not begin`]));
    else {
      mistakes.push(...elementMistakes(name, attributes, parent));
      if (isEmpty !== '/') open.push(name);
    }
  }
  return [...mistakes, ...(end === body.length ? [] : [`no XML at ${body.slice(end, end + 20)}`]), ...open];
}

const isEscaped = (text: string): boolean => !/&(?!(amp|lt|gt|quot|apos);)/.test(text) && !text.includes(']]>');

function textMistakes(text: string, parent: string | undefined): readonly string[] {
  const mayBe = text.trim() === '' || (parent !== undefined && RULES[parent]?.hasText === true);
  return [...(mayBe ? [] : [`text in ${parent}: ${text}`]), ...(isEscaped(text) ? [] : [`not escaped: ${text}`])];
}

function elementMistakes(name: string, attributes: string, parent: string | undefined): readonly string[] {
  const rule = RULES[name];
  const mayStand = parent === undefined ? name === 'testsuites' : RULES[parent]?.children.includes(name) === true;
  if (rule === undefined || !mayStand) return [`${name} may not stand in ${parent ?? 'the file'}`];
  const names = [...attributes.matchAll(/ ([\w-]+)="[^"<]*"/g)].map(([, one]) => one ?? '');
  return [
    ...rule.required.filter((one) => !names.includes(one)).map((one) => `${name} has no ${one}`),
    ...names.filter((one) => ![...rule.required, ...rule.optional].includes(one)).map((one) => `${name} has ${one}`),
    ...(new Set(names).size === names.length ? [] : [`${name} has an attribute twice`]),
    ...(isEscaped(attributes) ? [] : [`not escaped: ${attributes}`]),
  ];
}

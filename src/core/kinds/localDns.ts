import { list, record, texts } from '../../k8s/json.ts';

/** The addresses that a node-local DNS cache listens on: hostNetwork pods, which no selector can name. Given a pod's spec. */
export const localDnsOf = (podSpec: unknown): readonly string[] =>
  list(record(podSpec).containers).flatMap((container) => {
    const { command, args } = record(container);
    return localAddresses([...texts(command), ...texts(args)]);
  });

/** `-localip a,b` or `-localip=a,b`, with one dash or two, as Go's flag package reads it. */
function localAddresses(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    const [, value] = /^--?localip(?:=(.*))?$/.exec(arg) ?? [undefined, undefined];
    if (!/^--?localip(=|$)/.test(arg)) return [];
    return (value ?? args[index + 1] ?? '')
      .split(',')
      .map((address) => address.trim())
      .filter((address) => address !== '');
  });
}

import type { JsonRecord } from '../../../k8s/json.ts';
import { list, record, text } from '../../../k8s/json.ts';
import type { PodCheck } from '../check.ts';
import { isUnset } from '../pod.ts';

const ALLOWED: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

export const restrictedVolumes: PodCheck = {
  id: 'restrictedVolumes',
  level: 'restricted',
  reason: 'restricted volume types',
  fix: `use one of ${[...ALLOWED].join(', ')}`,
  revisions: [
    {
      since: 0,
      find: ({ spec }) =>
        list(spec.volumes).flatMap((item) => {
          const volume = record(item);
          const [source] = sourcesOf(volume);
          // The API server makes an emptyDir of a volume without a source.
          if (source === undefined || sourcesOf(volume).some((name) => ALLOWED.has(name))) return [];
          return [{ container: '', field: `spec.volumes[${text(volume.name)}]`, value: source }];
        }),
    },
  ],
};

const sourcesOf = (volume: JsonRecord): readonly string[] =>
  Object.keys(volume).filter((key) => key !== 'name' && !isUnset(volume[key]));

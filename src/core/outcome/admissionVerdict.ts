/** Whether the `admission` of a baseline is in force: the condition AdmissionEnforced. */
export interface AdmissionVerdict {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason:
    | 'Enforced'
    | 'NotEnforced'
    | 'NotEvaluated'
    | 'NotProved'
    | 'NotServed'
    | 'NotSynced'
    | 'NotWritten'
    | 'RightsMissing';
  readonly message: string;
}

/** Only a right that somebody grants helps. */
export const stallsBaseline = ({ reason }: AdmissionVerdict): boolean => reason === 'RightsMissing';

/** It could not be written yet, and is tried again, or what stands is not known yet: it is not in force, and may be soon. */
export const isOnTheWay = ({ reason }: AdmissionVerdict): boolean => reason === 'NotWritten' || reason === 'NotSynced';

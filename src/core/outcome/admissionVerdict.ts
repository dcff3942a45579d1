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

/** It could not be written yet, and is tried again. */
export const isRetried = ({ reason }: AdmissionVerdict): boolean => reason === 'NotWritten';

/** How far a stage is: counts as they come, `total` where it is known. */
export type Progress = (event: { readonly stage: string; readonly done: number; readonly total?: number }) => void;

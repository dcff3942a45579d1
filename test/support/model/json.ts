// biome-ignore lint/suspicious/noExplicitAny: the models read JSON as the wire has it, and trust no type of ours
export type Json = any;
